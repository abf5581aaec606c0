package history_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// pastFamilies are those of the series that tests ask for the past of.
func pastFamilies() []metric.Family {
	return []metric.Family{
		{Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 1, Prometheus: "vitals_cpu_ratio", Help: "All processors"},
		{Name: "cpu.core", Labels: []string{"core"}, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Prometheus: "vitals_cpu_core_ratio"},
		{Name: "memory.used", Unit: metric.Bytes, Kind: metric.Gauge, Prometheus: "vitals_memory_used_bytes"},
	}
}

// measured is a series of a family of these.
func measured(text string) metric.Series {
	name, err := metric.ParseName(text)
	if err != nil {
		panic(err)
	}
	for _, family := range pastFamilies() {
		if family.Name == name.Family {
			return family.Describe(name)
		}
	}
	series := metric.Family{Name: name.Family, Kind: metric.Gauge}.Describe(name)
	series.Custom = true
	return series
}

func catalogOf(host string, names ...string) *hub.Catalog {
	catalog := &hub.Catalog{Host: host}
	for _, name := range names {
		catalog.Series = append(catalog.Series, measured(name))
	}
	return catalog
}

func openPast(t testing.TB, now time.Time) *history.TSDB {
	t.Helper()
	store, err := history.Open(history.Options{
		Dir: t.TempDir(), Families: pastFamilies(), Sync: history.SyncPolicy(time.Hour), Logger: zerolog.Nop(),
		Clock: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func mustAppend(t testing.TB, store history.Store, rows []history.Row) {
	t.Helper()
	done, err := store.Append(context.Background(), rows)
	if err != nil || done.Conflicts+done.TooOld+done.TooNew > 0 {
		t.Fatalf("append: %+v, %v", done, err)
	}
}

// sample is one of a naive store.
type sample struct {
	at    metric.TimestampMs
	value float64
}

// fillRandomly appends rows of random lengths, distances and gaps from begin to end, and gives what was appended.
func fillRandomly(t testing.TB, random *rand.Rand, store history.Store, catalog *hub.Catalog, begin, end time.Time) map[string][]sample {
	t.Helper()
	stored := make(map[string][]sample)
	var rows, late []history.Row
	for at := begin; at.Before(end); at = at.Add(randomDistance(random)) {
		row := history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at)}
		for _, series := range catalog.Series {
			value := randomValue(random, series)
			row.Values = append(row.Values, value)
			if !math.IsNaN(value) {
				stored[series.Metric] = append(stored[series.Metric], sample{row.Timestamp, value})
			}
		}
		if random.IntN(200) == 0 {
			late = append(late, row)
		} else {
			rows = append(rows, row)
		}
		if len(rows) > 500 {
			mustAppend(t, store, append(rows, late...))
			rows, late = nil, nil
		}
	}
	mustAppend(t, store, append(rows, late...))
	return stored
}

// randomDistance is mostly a second, at times a long silence.
func randomDistance(random *rand.Rand) time.Duration {
	switch random.IntN(400) {
	case 0:
		return time.Duration(1+random.IntN(600)) * time.Second
	case 1:
		return time.Duration(1+random.IntN(5000)) * time.Millisecond
	default:
		return time.Second
	}
}

func randomValue(random *rand.Rand, series metric.Series) float64 {
	for _, family := range pastFamilies() {
		if family.Name == series.Family {
			if random.IntN(50) == 0 {
				return math.NaN()
			}
			return family.Round(random.Float64() * 100 * math.Pow10(random.IntN(3)))
		}
	}
	if random.IntN(4) > 0 { // what is pushed comes when it comes
		return math.NaN()
	}
	return random.NormFloat64() * math.Pow10(random.IntN(20)-10)
}
