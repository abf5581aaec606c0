package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/limits"
	"vitals/internal/metric"
	"vitals/internal/web"
)

// pageOfAnHour is what the Live page asks for: sixty series in three hundred buckets.
func pageOfAnHour() *history.Result {
	const seriesCount, points = 60, 300
	random := rand.New(rand.NewPCG(1, 1))
	result := &history.Result{Host: "web-1", From: 1690000000_000, To: 1690003600_000, Step: 15 * time.Second, Timelines: make([][]metric.TimestampMs, 1)}
	for i := range metric.TimestampMs(points) {
		result.Timelines[0] = append(result.Timelines[0], result.From+i*15_000)
	}
	for i := range seriesCount {
		series := history.SeriesResult{Series: cpuSeries}
		series.Series.Metric = fmt.Sprintf("cpu.core{core=%d}", i)
		for range points {
			least := float64(random.IntN(5000)) / 100
			series.Min, series.Mean, series.Max = append(series.Min, least), append(series.Mean, least+random.Float64()), append(series.Max, least+1)
		}
		result.Series = append(result.Series, series)
	}
	return result
}

func BenchmarkHistoryAnswer(b *testing.B) {
	for name, accept := range map[string]string{"plain": "", "packed": "gzip"} {
		b.Run(name, func(b *testing.B) {
			h := newTestServer(b, func(options *web.Options) {
				remembers(&toldPast{result: pageOfAnHour()})(options)
				options.Limits = limits.New(limits.Options{RequestsPerSecond: 1e9})
			})
			request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/api/v1/history", nil)
			request.Host = "localhost"
			request.Header.Set("Accept-Encoding", accept)
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				recorder := httptest.NewRecorder()
				h.ServeHTTP(recorder, request)
				size = recorder.Body.Len()
			}
			b.ReportMetric(float64(size), "B/answer")
		})
	}
}
