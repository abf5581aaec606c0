package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v3/load"

	"vitals/internal/metric"
)

func loadFamilies() []metric.Family {
	average := func(name, help, prometheus, openTelemetry string) metric.Family {
		return metric.Family{
			Name: name, Unit: metric.NoUnit, Kind: metric.Gauge, Decimals: 2, Help: help,
			Prometheus: prometheus, OpenTelemetry: openTelemetry,
		}
	}
	return []metric.Family{
		average("load.1m", "Tasks that run or wait, averaged over 1 minute", "vitals_load1", "system.cpu.load_average.1m"),
		average("load.5m", "Tasks that run or wait, averaged over 5 minutes", "vitals_load5", "system.cpu.load_average.5m"),
		average("load.15m", "Tasks that run or wait, averaged over 15 minutes", "vitals_load15", "system.cpu.load_average.15m"),
	}
}

// loadSensor reads the kernel's load averages.
type loadSensor struct {
	ctx context.Context
}

func (s loadSensor) Name() string              { return "load" }
func (s loadSensor) Families() []metric.Family { return loadFamilies() }

func (s loadSensor) Read(time.Time) ([]metric.Event, error) {
	average, err := load.AvgWithContext(s.ctx)
	if err != nil {
		return nil, fmt.Errorf("read load averages: %w", err)
	}
	return []metric.Event{
		{Metric: "load.1m", Value: average.Load1},
		{Metric: "load.5m", Value: average.Load5},
		{Metric: "load.15m", Value: average.Load15},
	}, nil
}
