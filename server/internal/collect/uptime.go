package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v3/host"

	"vitals/internal/metric"
)

func uptimeFamilies() []metric.Family {
	return []metric.Family{{
		Name: "uptime", Unit: metric.Seconds, Kind: metric.Gauge, Help: "Time since the machine was started",
		Prometheus: "vitals_uptime_seconds", OpenTelemetry: "system.uptime",
	}}
}

// uptimeSensor asks the kernel by a system call; no file is read.
type uptimeSensor struct {
	ctx context.Context
}

func (s uptimeSensor) Name() string              { return "uptime" }
func (s uptimeSensor) Families() []metric.Family { return uptimeFamilies() }

func (s uptimeSensor) Read(time.Time) ([]metric.Event, error) {
	seconds, err := host.UptimeWithContext(s.ctx)
	if err != nil {
		return nil, fmt.Errorf("read uptime: %w", err)
	}
	return []metric.Event{{Metric: "uptime", Value: float64(seconds)}}, nil
}
