package history

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// openMixed stores a measured percentage, the same pushed a second later, and a series that has ended.
func openMixed(t *testing.T) (*TSDB, time.Time) {
	t.Helper()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cpu := metric.Family{Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Prometheus: "vitals_cpu_ratio"}
	store := openWide(t, Options{Families: []metric.Family{cpu}, Clock: func() time.Time { return start }})
	series := metric.Series{Metric: "cpu", Family: "cpu", Unit: metric.Percent}
	pushed := series
	pushed.Custom = true
	own := metric.Series{Metric: "share{host=x}", Family: "share", Unit: metric.Percent, Labels: map[string]string{"host": "x"}, Custom: true}
	rows := []Row{
		{Catalog: &hub.Catalog{Host: "web", Series: []metric.Series{series, own}}, Timestamp: metric.TimestampOf(start), Values: []float64{42.37, 7}},
		{Catalog: &hub.Catalog{Host: "web", Series: []metric.Series{pushed}}, Timestamp: metric.TimestampOf(start) + 1000, Values: []float64{50}},
		{Catalog: &hub.Catalog{Host: "db", Series: []metric.Series{series}}, Timestamp: metric.TimestampOf(start), Values: []float64{1.5}},
	}
	if _, err := store.Append(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if err := store.Silence(t.Context(), "db"); err != nil {
		t.Fatal(err)
	}
	return store, start
}

type point struct {
	TimestampMs int64
	Value       float64
}

func TestPrometheusSeesBaseUnitsAndNoHiddenLabels(t *testing.T) {
	store, start := openMixed(t)
	querier, err := store.PrometheusQueryable().Querier(0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = querier.Close() }() // it was read only
	found := querier.Select(t.Context(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".+"))
	got := make(map[string][]point)
	var iterator chunkenc.Iterator
	for found.Next() {
		iterator = found.At().Iterator(iterator)
		for iterator.Next() != chunkenc.ValNone {
			timestamp, number := iterator.At()
			if value.IsStaleNaN(number) {
				number = -1
			}
			name := found.At().Labels().String()
			got[name] = append(got[name], point{timestamp - start.UnixMilli(), number})
		}
	}
	want := map[string][]point{
		`{__name__="vitals_cpu_ratio", host="web"}`:         {{0, 0.4237}, {1000, 0.5}},
		`{__name__="vitals_cpu_ratio", host="db"}`:          {{0, 0.015}, {1, -1}},
		`{__name__="share", exported_host="x", host="web"}`: {{0, 7}},
	}
	if difference := cmp.Diff(want, got); difference != "" || found.Err() != nil {
		t.Errorf("series (-want +got), %v:\n%s", found.Err(), difference)
	}
}

func TestPrometheusSeesNoHiddenLabelNames(t *testing.T) {
	store, _ := openMixed(t)
	querier, err := store.PrometheusQueryable().Querier(0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = querier.Close() }() // it was read only
	names, _, err := querier.LabelNames(t.Context(), nil)
	if difference := cmp.Diff([]string{"__name__", "exported_host", "host"}, names); difference != "" || err != nil {
		t.Errorf("names (-want +got), %v:\n%s", err, difference)
	}
	for _, name := range []string{MetricLabel, DecimalsLabel} {
		if values, _, err := querier.LabelValues(t.Context(), name, nil); len(values) != 0 || err != nil {
			t.Errorf("values of %s: %v, %v", name, values, err)
		}
	}
	hosts, _, err := querier.LabelValues(t.Context(), HostLabel, nil)
	if difference := cmp.Diff([]string{"db", "web"}, hosts); difference != "" || err != nil {
		t.Errorf("hosts (-want +got), %v:\n%s", err, difference)
	}
}
