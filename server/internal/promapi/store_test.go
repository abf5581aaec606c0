package promapi_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/promapi"
)

// interval is how often the test data has a value, and how often one is due.
const interval = 5 * time.Second

// sample is one value as both stores get it.
type sample struct {
	at    int64 // unix milliseconds
	value float64
}

// testSeries is a series with its samples in order of time.
type testSeries struct {
	labels  labels.Labels
	samples []sample
}

// began is when the test data begins: lately, because a Prometheus takes no samples that are old, and between two seconds, so
// that no sample lies on the edge of a range: Prometheus 3 leaves the beginning of a range out, 2 did not.
func began() time.Time {
	return time.Now().Add(-90 * time.Minute).Truncate(time.Minute).Add(300 * time.Millisecond)
}

// testData is an hour of what there may be: several hosts, values that wander, counters that start again, a host that ends
// with a mark and one that just stops, holes, a constant, infinities and numbers that are none, histograms, odd labels.
func testData(began time.Time) []testSeries {
	random := rand.New(rand.NewPCG(1, 2))
	var all []testSeries
	add := func(samples []sample, names ...string) {
		all = append(all, testSeries{labels: labels.FromStrings(names...), samples: samples})
	}
	const steps = 720
	course := func(next func(step int) (float64, bool)) []sample {
		var samples []sample
		for step := range steps {
			if v, has := next(step); has {
				samples = append(samples, sample{began.Add(time.Duration(step) * interval).UnixMilli(), v})
			}
		}
		return samples
	}
	for _, host := range []string{"alpha", "beta", "gamma"} {
		for core := range 3 {
			level := random.Float64()
			add(course(func(step int) (float64, bool) {
				level += random.Float64() - 0.5
				return (1 + math.Sin(level)) / 2, host != "beta" || step%97 > 20 // no two are equal: topk may choose among those
			}), "__name__", "vitals_cpu_core_ratio", "host", host, "core", fmt.Sprint(core))
		}
		total := 0.0
		add(course(func(step int) (float64, bool) {
			if total += random.Float64() * 1e6; step%250 == 249 {
				total = 0
			}
			return total, true
		}), "__name__", "vitals_bytes_total", "host", host)
	}
	add(course(func(step int) (float64, bool) {
		if step == 300 {
			return math.Float64frombits(value.StaleNaN), true
		}
		return float64(step), step < 300
	}), "__name__", "vitals_processes", "host", "ended")
	add(course(func(step int) (float64, bool) { return float64(step), step < 300 }), "__name__", "vitals_processes", "host", "stopped")
	add(course(func(int) (float64, bool) { return 8 << 30, true }), "__name__", "vitals_memory_total_bytes", "host", "alpha")
	odd := []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0, -1.5, 1e-300, math.MaxFloat64, 5e-324, 1e21, 1e-7}
	add(course(func(step int) (float64, bool) { return odd[step%len(odd)], true }),
		"__name__", "odd", "quoted", `a"b\c`, "unicode", "größe→", "markup", "<b>&amp;", "line", "one\ntwo")
	for bucket, bound := range []string{"0.1", "1", "+Inf"} {
		add(course(func(step int) (float64, bool) { return float64(step * (bucket + 1) * 3), true }),
			"__name__", "latency_bucket", "le", bound, "host", "alpha")
	}
	return all
}

// openStore is a store with the test data.
func openStore(t testing.TB, all []testSeries) *tsdb.DB {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.RetentionDuration = 0
	options.OutOfOrderTimeWindow = (24 * time.Hour).Milliseconds()
	db, err := tsdb.Open(t.TempDir(), nil, nil, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	appender := db.Appender(context.Background())
	for _, series := range all {
		for _, sample := range series.samples {
			if _, err := appender.Append(0, series.labels, sample.at, sample.value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := appender.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

// serve runs the API below /prometheus, as the server does.
func serve(t testing.TB, options promapi.Options) string {
	t.Helper()
	if options.Interval == 0 {
		options.Interval = time.Second
	}
	server := httptest.NewServer(http.StripPrefix("/prometheus", promapi.New(options)))
	t.Cleanup(server.Close)
	return server.URL + "/prometheus"
}

// got is an answer over HTTP.
type got struct {
	status int
	header http.Header
	body   string
}

// ask sends a request whose parameters are a query string, or with POST a form.
func ask(t testing.TB, method, base, path, parameters string) got {
	t.Helper()
	address, body := base+path, ""
	switch {
	case method == http.MethodPost:
		body = parameters
	case parameters != "":
		address += "?" + parameters
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return send(t, request)
}

func send(t testing.TB, request *http.Request) got {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{response.StatusCode, response.Header, string(body)}
}

// form is an encoded form of pairs.
func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}
