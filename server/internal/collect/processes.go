package collect

import (
	"fmt"
	"os"
	"time"

	"vitals/internal/metric"
)

func processesFamilies() []metric.Family {
	return []metric.Family{{
		Name: "processes", Unit: metric.Count, Kind: metric.Gauge, Help: "Processes that exist, threads not counted",
		Prometheus: "vitals_processes", OpenTelemetry: "system.process.count",
	}}
}

// processesSensor counts the numbered folders of procfs and opens none of them.
type processesSensor struct {
	proc string
}

func (s processesSensor) Name() string              { return "processes" }
func (s processesSensor) Families() []metric.Family { return processesFamilies() }

func (s processesSensor) Read(time.Time) ([]metric.Event, error) {
	count, err := countProcesses(s.proc)
	if err != nil {
		return nil, fmt.Errorf("count processes: %w", err)
	}
	return []metric.Event{{Metric: "processes", Value: float64(count)}}, nil
}

func countProcesses(proc string) (count int, err error) {
	folder, err := os.Open(proc)
	if err != nil {
		return 0, err
	}
	defer func() { _ = folder.Close() }() // opened for reading: nothing can be lost
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if name[0] >= '1' && name[0] <= '9' {
			count++
		}
	}
	return count, nil
}
