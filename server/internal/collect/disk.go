package collect

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/disk"

	"vitals/internal/metric"
)

func diskFamilies() []metric.Family {
	throughput := func(name, help, prometheus string, labels ...string) metric.Family {
		return metric.Family{
			Name: name, Labels: labels, Unit: metric.BytesPerSecond, Kind: metric.Gauge, Help: help,
			Prometheus: prometheus, OpenTelemetry: "system.disk.io",
		}
	}
	return []metric.Family{
		throughput("disk.read", "Bytes read from the physical disks", "vitals_disk_read_bytes_per_second"),
		throughput("disk.write", "Bytes written to the physical disks", "vitals_disk_write_bytes_per_second"),
		throughput("disk.device.read", "Bytes read from one disk", "vitals_disk_device_read_bytes_per_second", "device"),
		throughput("disk.device.write", "Bytes written to one disk", "vitals_disk_device_write_bytes_per_second", "device"),
		{
			Name: "disk.device.busy", Labels: []string{"device"}, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2,
			Help:       "Time that one disk had something to do",
			Prometheus: "vitals_disk_device_busy_ratio", OpenTelemetry: "system.disk.io_time",
		},
	}
}

// relistEvery is how often the kernel's list of disks is read again: a new disk appears within that time.
const relistEvery = 10 * time.Second

// diskSensor computes rates from the kernel's counters of whole disks.
type diskSensor struct {
	ctx      context.Context
	sys      string
	filter   filter
	listed   []string // the disks to read; none means all
	listedAt time.Time
	disks    map[string]*diskState
}

// diskState is one disk with its counters at the last read.
type diskState struct {
	read, write, busy string // names of its series; "" when it is not shown
	counted           bool   // part of the totals
	before            disk.IOCountersStat
	seenAt            time.Time
}

// diskRates are the rates of one disk or of all: bytes a second, and percent of the time.
type diskRates struct {
	read, write, busy float64
}

func newDiskSensor(ctx context.Context, sys string, globs []string) *diskSensor {
	return &diskSensor{ctx: ctx, sys: sys, filter: newFilter(globs), disks: make(map[string]*diskState)}
}

func (s *diskSensor) Name() string              { return "disk" }
func (s *diskSensor) Families() []metric.Family { return diskFamilies() }

// Read returns rates since the read before; a disk that is new has its first at its second read.
func (s *diskSensor) Read(now time.Time) ([]metric.Event, error) {
	s.list(now)
	counters, err := disk.IOCountersWithContext(s.ctx, slices.Clone(s.listed)...) // it writes to the names it is given
	if err != nil {
		return nil, fmt.Errorf("read disk counters: %w", err)
	}
	events := make([]metric.Event, 0, 3*len(counters)+2)
	var total diskRates
	steady, some := true, false
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		state, known := s.disks[name]
		if !known {
			state = s.newState(name, counters)
			s.disks[name] = state
		}
		after := counters[name]
		if known && (state.counted || state.read != "") {
			rates, ok := ratesOf(state.before, after, now.Sub(state.seenAt))
			if ok && state.read != "" {
				events = append(events, state.events(rates)...)
			}
			if state.counted {
				total.read += rates.read
				total.write += rates.write
				some, steady = true, steady && ok
			}
		}
		state.before, state.seenAt = after, now
	}
	s.forgetGone(now)
	if !some || !steady { // without one of its parts the total would be wrong
		return events, nil
	}
	return append([]metric.Event{
		{Metric: "disk.read", Value: total.read}, {Metric: "disk.write", Value: total.write},
	}, events...), nil
}

// list asks for whole disks only: gopsutil looks up the serial number of every device that it reads.
func (s *diskSensor) list(now time.Time) {
	if s.listed != nil && now.Sub(s.listedAt) < relistEvery {
		return
	}
	entries, err := os.ReadDir(filepath.Join(s.sys, "block"))
	if err != nil {
		s.listed = nil
		return
	}
	s.listed = make([]string, 0, len(entries))
	for _, entry := range entries {
		name := entry.Name()
		if s.filter.allows(isUsualDisk(s.sys, name), name) {
			s.listed = append(s.listed, name)
		}
	}
	if len(s.listed) == 0 { // none would mean all
		s.listed = []string{"-"}
	}
	s.listedAt = now
}

func (s *diskSensor) newState(name string, all map[string]disk.IOCountersStat) *diskState {
	usual := isUsualDisk(s.sys, name) && !isPartition(name, all)
	if !s.filter.allows(usual, name) {
		return &diskState{}
	}
	return &diskState{
		read:    seriesName("disk.device.read", "device", name),
		write:   seriesName("disk.device.write", "device", name),
		busy:    seriesName("disk.device.busy", "device", name),
		counted: usual,
	}
}

// forgetGone drops the disks that were not there this time: one that comes back starts anew.
func (s *diskSensor) forgetGone(now time.Time) {
	maps.DeleteFunc(s.disks, func(_ string, state *diskState) bool { return state.seenAt != now })
}

func (d *diskState) events(rates diskRates) []metric.Event {
	return []metric.Event{
		{Metric: d.read, Value: rates.read}, {Metric: d.write, Value: rates.write}, {Metric: d.busy, Value: rates.busy},
	}
}

func ratesOf(before, after disk.IOCountersStat, elapsed time.Duration) (diskRates, bool) {
	read, readOK := perSecond(before.ReadBytes, after.ReadBytes, elapsed)
	write, writeOK := perSecond(before.WriteBytes, after.WriteBytes, elapsed)
	busy, busyOK := perSecond(before.IoTime, after.IoTime, elapsed) // milliseconds a second
	if !readOK || !writeOK || !busyOK {
		return diskRates{}, false
	}
	return diskRates{read: read, write: write, busy: min(busy/10, 100)}, true
}

// isUsualDisk leaves out what lives in memory or in files, removable readers, and what is stacked on disks that are
// counted themselves (device mapper, md, and whatever else names its parts in sysfs).
func isUsualDisk(sys, name string) bool {
	for _, prefix := range []string{"loop", "ram", "zram", "dm-", "md", "sr", "fd", "zd", "drbd"} {
		if rest, found := strings.CutPrefix(name, prefix); found && isNumber(rest) {
			return false
		}
	}
	parts, err := os.ReadDir(filepath.Join(sys, "block", strings.ReplaceAll(name, "/", "!"), "slaves"))
	return err != nil || len(parts) == 0
}

// isPartition finds sda1 beside sda and nvme0n1p1 beside nvme0n1, for machines whose sysfs cannot be read.
func isPartition(name string, all map[string]disk.IOCountersStat) bool {
	base := strings.TrimRight(name, "0123456789")
	if base == name || base == "" {
		return false
	}
	if _, found := all[base]; found {
		return true
	}
	whole, found := strings.CutSuffix(base, "p")
	_, exists := all[whole]
	return found && exists
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
