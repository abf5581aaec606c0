package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/collect"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// trace is what the sensors of this machine told for a while. It is told over and over to fill hours: a chunk of the store
// holds 240 samples, so that from 240 rows on none of them sees a value twice for that reason.
type trace struct {
	Metrics []string
	Rows    []traceRow
}

// traceRow are the values of an instant, in the order of the metrics; those that are missing are not there.
type traceRow struct {
	JitterMs int64 // how late the values were
	Columns  []int
	Values   []float64
}

// recordTrace reads the sensors. Where the interval is below a second, the rates are those of a shorter time, which swing
// more: the rather bad case for what stores differences.
func recordTrace(ctx context.Context, interval time.Duration, count int) (*trace, error) {
	host, err := collect.NewHost(ctx, collect.HostOptions{Name: "trace", Interval: interval, Logger: zerolog.Nop()})
	if err != nil {
		return nil, err
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	recorded, columns := &trace{}, make(map[string]int)
	for tick := range uint64(count) {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case now := <-ticker.C:
			row := traceRow{JitterMs: time.Since(now).Milliseconds()}
			for _, update := range host.Sample(ctx, now, tick) {
				recorded.add(&row, columns, update.Events)
			}
			recorded.Rows = append(recorded.Rows, row)
		}
	}
	return recorded, nil
}

func (t *trace) add(row *traceRow, columns map[string]int, events []metric.Event) {
	for _, event := range events {
		column, known := columns[event.Metric]
		if !known {
			column = len(t.Metrics)
			columns[event.Metric] = column
			t.Metrics = append(t.Metrics, event.Metric)
		}
		row.Columns, row.Values = append(row.Columns, column), append(row.Values, event.Value)
	}
}

func (t *trace) write(file string) error {
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keep the trace: %w", err)
	}
	return os.WriteFile(file, text, 0o600)
}

func readTrace(file string) (*trace, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var read trace
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("read the trace %s: %w", file, err)
	}
	return &read, nil
}

// series describes at most so many of the series.
func (t *trace) series(most int) ([]metric.Series, error) {
	families := make(map[string]metric.Family)
	for _, family := range collect.Families() {
		families[family.Name] = family
	}
	var described []metric.Series
	for _, text := range t.Metrics[:min(most, len(t.Metrics))] {
		name, err := metric.ParseName(text)
		if err != nil {
			return nil, err
		}
		described = append(described, families[name.Family].Describe(name))
	}
	return described, nil
}

// catalogs are hosts that have these series.
func catalogs(hosts int, series []metric.Series) []*hub.Catalog {
	made := make([]*hub.Catalog, hosts)
	for i := range made {
		made[i] = &hub.Catalog{Host: fmt.Sprintf("host-%d", i), Series: series}
	}
	return made
}

// fill writes the values of the n-th second of a host into a row of columns; NaN where there is none. Each host is in
// another moment of the trace.
func (t *trace) fill(values []float64, host, n int) (samples int, jitterMs int64) {
	row := t.Rows[(n+37*host)%len(t.Rows)]
	for i := range values {
		values[i] = math.NaN()
	}
	for i, column := range row.Columns {
		if column < len(values) {
			values[column] = row.Values[i]
			samples++
		}
	}
	return samples, t.Rows[n%len(t.Rows)].JitterMs
}

// firstMetric is the column of a metric; the first one if there is no such.
func firstMetric(series []metric.Series, name string) int {
	return max(0, slices.IndexFunc(series, func(s metric.Series) bool { return s.Metric == name }))
}
