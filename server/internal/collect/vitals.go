package collect

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/metric"
)

func vitalsFamilies() []metric.Family {
	return []metric.Family{
		{
			Name: "vitals.cpu", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2,
			Help:       "Processor time that Vitals itself uses, of one processor",
			Prometheus: "vitals_process_cpu_ratio", OpenTelemetry: "process.cpu.utilization",
		},
		{
			Name: "vitals.memory", Unit: metric.Bytes, Kind: metric.Gauge, Help: "Memory that Vitals itself keeps resident",
			Prometheus: "vitals_process_resident_memory_bytes", OpenTelemetry: "process.memory.usage",
		},
	}
}

// vitalsSensor observes the process that it is part of.
type vitalsSensor struct {
	usedBefore time.Duration
	readBefore time.Time
}

func (s *vitalsSensor) Name() string              { return "vitals" }
func (s *vitalsSensor) Families() []metric.Family { return vitalsFamilies() }

// Read returns the share of one processor since the read before (from the second read on) and the resident memory.
func (s *vitalsSensor) Read(now time.Time) ([]metric.Event, error) {
	var events []metric.Event
	used, err := ownProcessorTime()
	if err == nil {
		if elapsed := now.Sub(s.readBefore); !s.readBefore.IsZero() && elapsed > 0 {
			share := 100 * (used - s.usedBefore).Seconds() / elapsed.Seconds()
			events = append(events, metric.Event{Metric: "vitals.cpu", Value: share})
		}
		s.usedBefore, s.readBefore = used, now
	}
	resident, memoryErr := residentBytes("/proc/self/statm")
	if memoryErr == nil {
		events = append(events, metric.Event{Metric: "vitals.memory", Value: float64(resident)})
	}
	return events, errors.Join(err, memoryErr)
}

func ownProcessorTime() (time.Duration, error) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("read own processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// residentBytes reads the second number of statm: resident pages.
func residentBytes(statm string) (uint64, error) {
	text, err := readSmall(statm, make([]byte, 128))
	if err != nil {
		return 0, fmt.Errorf("read own memory: %w", err)
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0, fmt.Errorf("read own memory: %s has %d fields", statm, len(fields))
	}
	pages, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read own memory: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil
}
