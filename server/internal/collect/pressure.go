package collect

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"vitals/internal/metric"
)

func pressureFamilies() []metric.Family {
	stalled := func(name, help, prometheus string) metric.Family {
		return metric.Family{
			Name: name, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Help: help, Prometheus: prometheus,
		}
	}
	return []metric.Family{
		stalled("pressure.cpu", "Time of the last 10 s in which some task waited for a processor", "vitals_pressure_cpu_ratio"),
		stalled("pressure.memory", "Time of the last 10 s in which some task waited for memory", "vitals_pressure_memory_ratio"),
		stalled("pressure.io", "Time of the last 10 s in which some task waited for a disk", "vitals_pressure_io_ratio"),
	}
}

// pressureSensor reads the kernel's pressure stall information. A resource that this kernel keeps no account of has no
// file and no series.
type pressureSensor struct {
	files []pressureFile
}

type pressureFile struct {
	series string
	path   string
}

// newPressureSensor returns nil when the kernel has no pressure stall information at all.
func newPressureSensor(proc string) *pressureSensor {
	var sensor pressureSensor
	for _, resource := range []string{"cpu", "memory", "io"} {
		file := pressureFile{series: "pressure." + resource, path: filepath.Join(proc, "pressure", resource)}
		if _, err := readPressure(file.path); !isAbsent(err) {
			sensor.files = append(sensor.files, file)
		}
	}
	if len(sensor.files) == 0 {
		return nil
	}
	return &sensor
}

func (s *pressureSensor) Name() string              { return "pressure" }
func (s *pressureSensor) Families() []metric.Family { return pressureFamilies() }

func (s *pressureSensor) Read(time.Time) ([]metric.Event, error) {
	events := make([]metric.Event, 0, len(s.files))
	var failures []error
	for _, file := range s.files {
		value, err := readPressure(file.path)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		events = append(events, metric.Event{Metric: file.series, Value: value})
	}
	return events, errors.Join(failures...)
}

// isAbsent reports whether the kernel has no such file. One booted with psi=0 has the files and refuses to open them.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errors.ErrUnsupported)
}

// readPressure reads the avg10 of the line that begins with some: percent.
func readPressure(path string) (float64, error) {
	text, err := readSmall(path, make([]byte, 256))
	if err != nil {
		return 0, fmt.Errorf("read pressure: %w", err)
	}
	_, rest, found := strings.Cut(string(text), "some avg10=")
	number, _, _ := strings.Cut(rest, " ")
	value, err := strconv.ParseFloat(number, 64)
	if !found || err != nil {
		return 0, fmt.Errorf("read pressure: %s holds no avg10", path)
	}
	return value, nil
}
