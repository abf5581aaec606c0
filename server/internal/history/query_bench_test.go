package history_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// benchmarkPast is a store with a host's series at one value a second, such as a machine has.
func benchmarkPast(b *testing.B, seriesCount int, length time.Duration) (*history.TSDB, time.Time) {
	b.Helper()
	now := time.Unix(1_700_000_000, 0)
	store := openPast(b, now)
	names := []string{"cpu"}
	for i := 1; i < seriesCount; i++ {
		names = append(names, []string{fmt.Sprintf("cpu.core{core=%d}", i), fmt.Sprintf("memory.used{of=%d}", i)}[i%2])
	}
	catalog := catalogOf("web", names...)
	random := rand.New(rand.NewPCG(1, 1))
	walk := make([]float64, seriesCount)
	for i := range walk {
		walk[i] = 50
	}
	for at := now.Add(-length); at.Before(now); {
		var rows []history.Row
		for ; len(rows) < 600 && at.Before(now); at = at.Add(time.Second) {
			rows = append(rows, history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at), Values: nextWalk(random, walk, catalog)})
		}
		mustAppend(b, store, rows)
	}
	return store, now
}

func nextWalk(random *rand.Rand, walk []float64, catalog *hub.Catalog) []float64 {
	values := make([]float64, len(walk))
	for i := range walk {
		walk[i] = min(max(walk[i]+random.NormFloat64(), 0), 100)
		values[i] = float64(int(walk[i]*100)) / 100
		if catalog.Series[i].Unit == metric.Bytes {
			values[i] = float64(int(walk[i] * 1e7))
		}
	}
	return values
}

// measureQueries reports the median and the 99th percentile of a query beside the mean.
func measureQueries(b *testing.B, store *history.TSDB, query history.Query) {
	b.Helper()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := store.Query(context.Background(), query); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func BenchmarkQueryOneSeriesOfADay(b *testing.B) {
	store, now := benchmarkPast(b, 1, 24*time.Hour)
	selection := history.Selection{Host: "web", From: metric.TimestampOf(now.Add(-24 * time.Hour)), To: metric.TimestampOf(now)}
	for name, query := range map[string]history.Query{
		"300 buckets":             {Selection: selection, Points: 300},
		"300 buckets and summary": {Selection: selection, Points: 300, Summary: true},
	} {
		b.Run(name, func(b *testing.B) { measureQueries(b, store, query) })
	}
}

func BenchmarkQuerySixtySeriesOfAnHour(b *testing.B) {
	store, now := benchmarkPast(b, 60, 3*time.Hour)
	selection := history.Selection{Host: "web", From: metric.TimestampOf(now.Add(-time.Hour)), To: metric.TimestampOf(now)}
	for name, query := range map[string]history.Query{
		"300 buckets":             {Selection: selection, Points: 300},
		"300 buckets and summary": {Selection: selection, Points: 300, Summary: true},
		"raw":                     {Selection: selection},
	} {
		b.Run(name, func(b *testing.B) { measureQueries(b, store, query) })
	}
}
