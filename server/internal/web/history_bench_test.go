package web_test

import (
	"context"
	"fmt"
	"math"
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

// pageOfAnHour is what the Live page asks for: an hour of 44 series, by 4 s. Each series strolls, as what sensors measure does.
func pageOfAnHour() *history.Result {
	const seriesCount, points = 44, 900
	random := rand.New(rand.NewPCG(1, 1))
	result := &history.Result{Host: "web-1", From: 1690000000_000, To: 1690003600_000, Step: 4 * time.Second, Timelines: make([][]metric.TimestampMs, 1)}
	for i := range metric.TimestampMs(points) {
		result.Timelines[0] = append(result.Timelines[0], result.From+i*4_000)
	}
	for i := range seriesCount {
		series := history.SeriesResult{Series: cpuSeries}
		series.Series.Metric = fmt.Sprintf("cpu.core{core=%d}", i)
		level := float64(random.IntN(5000))
		for range points {
			level = max(level+random.NormFloat64()*50, 0)
			least, most := math.Round(level)/100, math.Round(level+100*random.Float64())/100
			mean := least + (most-least)*random.Float64()
			series.Min, series.Mean, series.Max = append(series.Min, least), append(series.Mean, mean), append(series.Max, most)
		}
		result.Series = append(result.Series, series)
	}
	return result
}

func BenchmarkHistoryAnswer(b *testing.B) {
	for _, form := range []string{"json", "cbor"} {
		for name, encoding := range map[string]string{"plain": "", "packed": "gzip"} {
			b.Run(form+"/"+name, func(b *testing.B) { benchmarkAnswer(b, "application/"+form, encoding) })
		}
	}
}

func benchmarkAnswer(b *testing.B, accept, encoding string) {
	h := newTestServer(b, func(options *web.Options) {
		remembers(&toldPast{result: pageOfAnHour()})(options)
		options.Limits = limits.New(limits.Options{RequestsPerSecond: 1e9})
	})
	request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/api/v1/history", nil)
	request.Host = "localhost"
	request.Header.Set("Accept", accept)
	request.Header.Set("Accept-Encoding", encoding)
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, request)
		size = recorder.Body.Len()
	}
	b.ReportMetric(float64(size), "B/answer")
}
