package collect

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/metric"
)

// HostOptions says how the machine is read. The zero value reads this machine once a second and shows the usual devices.
type HostOptions struct {
	Name        string         // the topic of the host's stream; empty means its hostname, cleaned
	Rootfs      string         // where the root of the host is mounted, such as /host in a container; empty means /
	Interval    time.Duration  // between two ticks; a sensor that takes more than half of it is left behind. 0 means 1 s
	Disks       []string       // globs of disks (sda, nvme*, -sdb), see [ValidateGlobs]; none means all physical ones
	Interfaces  []string       // globs of network interfaces; none means all but loopback and virtual ones
	Filesystems []string       // globs of mount points or types; none means all that hold files on a disk or a server
	Logger      zerolog.Logger // told when a sensor begins and ceases to fail
}

// HostSource samples the machine it runs on.
type HostSource struct {
	host    metric.Host
	sampler *sampler
}

var _ Source = (*HostSource)(nil)

// NewHost reads what does not change about the machine, makes its sensors and reads them once, so that the first sample
// has rates. The context is that of the whole life of the source. It fails when a glob is bad, and when there is no procfs
// where one is expected.
func NewHost(ctx context.Context, options HostOptions) (*HostSource, error) {
	return newHost(ctx, resolvePaths(options.Rootfs), options)
}

func newHost(ctx context.Context, paths paths, options HostOptions) (*HostSource, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	if _, err := os.ReadDir(paths.proc); err != nil {
		return nil, fmt.Errorf("open host: %w", err)
	}
	if options.Interval <= 0 {
		options.Interval = time.Second
	}
	host := describeHost(paths.context(ctx), paths)
	if options.Name != "" {
		host.Name = options.Name
	}
	sampler := newSampler(host.Name, options.Interval, options.Logger, hostSensors(ctx, paths, options))
	sampler.tick(ctx, time.Now(), 0) // the counters that the rates of the first sample start from
	return &HostSource{host: host, sampler: sampler}, nil
}

func (o HostOptions) validate() error {
	if err := ValidateGlobs("disks", o.Disks); err != nil {
		return err
	}
	if err := ValidateGlobs("interfaces", o.Interfaces); err != nil {
		return err
	}
	if err := ValidateGlobs("filesystems", o.Filesystems); err != nil {
		return err
	}
	if o.Rootfs != "" {
		if info, err := os.Stat(o.Rootfs); err != nil || !info.IsDir() {
			return fmt.Errorf("rootfs: %q is not a folder", o.Rootfs)
		}
	}
	return nil
}

// hostSensors lists the sensors in the order they are read: the ones that may be slow come last.
func hostSensors(ctx context.Context, paths paths, options HostOptions) []Sensor {
	read := paths.context(ctx)
	sensors := []Sensor{
		newCPUSensor(read),
		loadSensor{ctx: read},
		memorySensor{ctx: read},
		newDiskSensor(read, paths.sys, options.Disks),
		newNetworkSensor(read, paths, options.Interfaces),
	}
	if pressure := newPressureSensor(paths.proc); pressure != nil {
		sensors = append(sensors, pressure)
	}
	return append(sensors,
		newProcessesSensor(paths.proc),
		uptimeSensor{ctx: read},
		&vitalsSensor{},
		newFilesystemSensor(ctx, paths, options.Filesystems),
		newTemperatureSensor(read),
	)
}

// Hosts returns the one machine.
func (h *HostSource) Hosts() []metric.Host { return []metric.Host{h.host} }

// Families describes every series of this room, whether the machine has it or not.
func (h *HostSource) Families() []metric.Family { return Families() }

// Sample reads the sensors whose turn it is. It takes as long as the sensors take, and at most one budget for each one
// that hangs for the first time.
func (h *HostSource) Sample(ctx context.Context, now time.Time, tick uint64) []metric.Update {
	return []metric.Update{h.sampler.tick(ctx, now, tick)}
}

// Faults counts the failures of each sensor that ever failed, by the name of the sensor. Safe to call from any goroutine.
func (h *HostSource) Faults() map[string]Faults { return h.sampler.copyFaults() }
