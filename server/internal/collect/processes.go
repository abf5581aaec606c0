package collect

import (
	"fmt"
	"time"

	"vitals/internal/metric"
)

func processesFamilies() []metric.Family {
	return []metric.Family{{
		Name: "processes", Unit: metric.Count, Kind: metric.Gauge, Every: slowEvery,
		Help:       "Processes that exist, threads not counted",
		Prometheus: "vitals_processes", OpenTelemetry: "system.process.count",
	}}
}

// processesSensor counts the numbered folders of procfs and opens none of them. It is slow because the kernel walks all
// processes for it: with a thousand of them it would cost more than all other sensors together.
type processesSensor struct {
	proc   string
	buffer []byte
}

func newProcessesSensor(proc string) *processesSensor {
	return &processesSensor{proc: proc, buffer: make([]byte, 16<<10)}
}

func (s *processesSensor) Name() string              { return "processes" }
func (s *processesSensor) Families() []metric.Family { return processesFamilies() }

func (s *processesSensor) Read(time.Time) ([]metric.Event, error) {
	count, err := countNumbered(s.proc, s.buffer)
	if err != nil {
		return nil, fmt.Errorf("count processes: %w", err)
	}
	return []metric.Event{{Metric: "processes", Value: float64(count)}}, nil
}
