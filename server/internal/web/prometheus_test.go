package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/limits"
	"vitals/internal/metric"
	"vitals/internal/promapi"
	"vitals/internal/web"
)

// asksPast lets a server be asked in PromQL for a minute of many cores.
func asksPast(t *testing.T) func(*web.Options) {
	t.Helper()
	began := time.Now().Add(-2 * time.Minute).Truncate(time.Second)
	store, err := history.Open(history.Options{Dir: t.TempDir(), Sync: history.SyncPolicy(time.Second), Logger: zerolog.Nop(), Families: []metric.Family{
		{Name: "cpu.core", Labels: []string{"core"}, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 1, Prometheus: "vitals_cpu_core_ratio"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	const cores = 100
	catalog := &hub.Catalog{Host: "web-1"}
	values := make([]float64, cores)
	for core := range cores {
		catalog.Series = append(catalog.Series, metric.Series{
			Metric: fmt.Sprintf("cpu.core{core=%d}", core), Family: "cpu.core", Labels: map[string]string{"core": fmt.Sprint(core)}, Unit: metric.Percent,
		})
		values[core] = float64(core) + 0.5
	}
	for second := range 60 {
		at := metric.TimestampOf(began.Add(time.Duration(second) * time.Second))
		if _, err := store.Append(t.Context(), []history.Row{{Catalog: catalog, Timestamp: at, Values: values}}); err != nil {
			t.Fatal(err)
		}
	}
	return func(options *web.Options) {
		options.Prometheus = &promapi.Options{
			Storage: store.PrometheusQueryable(), Interval: time.Second, Clock: func() time.Time { return began.Add(59 * time.Second) },
		}
	}
}

func TestPromQLIsAnsweredInBaseUnits(t *testing.T) {
	h := newTestServer(t, asksPast(t))
	question := url.Values{"query": {`vitals_cpu_core_ratio{core="42"}`}}.Encode()
	want := `{"metric":{"__name__":"vitals_cpu_core_ratio","core":"42","host":"web-1"},"value":[`
	got := h.get("/prometheus/api/v1/query?" + question)
	if got.status != http.StatusOK || !strings.Contains(got.body, want) || !strings.Contains(got.body, `"0.425"]`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	request := httptest.NewRequest(http.MethodPost, "/prometheus/api/v1/query", strings.NewReader(question))
	request.Host = "localhost"
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK || !strings.Contains(recorder.Body.String(), want) {
		t.Errorf("POST: %d %s", recorder.Code, recorder.Body)
	}
	if got := h.get("/prometheus/api/v1/query?"+question, "Origin", "http://evil.example"); got.status != http.StatusForbidden {
		t.Errorf("to a stranger's page: %d %s", got.status, got.body)
	}
}

func TestLongAnswersInPromQLArePacked(t *testing.T) {
	h := newTestServer(t, asksPast(t))
	const all, one, broken = "vitals_cpu_core_ratio", `vitals_cpu_core_ratio{core="1"}`, "("
	tests := []struct {
		query, accept string
		isPacked      bool
		status        int
	}{
		{all, "gzip", true, 200},
		{all, "", false, 200},
		{all, "gzip;q=0", false, 200},
		{one, "gzip", false, 200},
		{broken, "gzip", false, 400},
		{strings.Repeat("(", 16<<10), "gzip", false, 400},
	}
	for _, test := range tests {
		got := h.get("/prometheus/api/v1/query?"+url.Values{"query": {test.query}}.Encode(), "Accept-Encoding", test.accept)
		if isPacked := got.header.Get("Content-Encoding") == "gzip"; isPacked != test.isPacked || got.status != test.status {
			t.Errorf("%.40s for %q: %d, packed: %v", test.query, test.accept, got.status, isPacked)
			continue
		}
		text := got.body
		if test.isPacked {
			reader, err := gzip.NewReader(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			text = string(unpacked)
		}
		if !strings.HasPrefix(text, `{"status":"`) || !strings.HasSuffix(text, "}\n") {
			t.Errorf("%.40s for %q: %.100s", test.query, test.accept, text)
		}
	}
}

// TestErrorsBelowPrometheusAreInItsWords checks what is refused before a question is read, too.
func TestErrorsBelowPrometheusAreInItsWords(t *testing.T) {
	few := func(options *web.Options) {
		asksPast(t)(options)
		options.Limits = limits.New(limits.Options{RequestsPerSecond: 0.001})
	}
	tests := map[string]struct {
		change  func(*web.Options)
		path    string
		status  int
		says    []string
		returns bool // says when to come back
	}{
		"history is off":    {nil, "/prometheus/api/v1/query?query=1", 404, []string{"not_found", "--history on"}, false},
		"off, at the door":  {nil, "/prometheus", 404, []string{"not_found", "--history on"}, false},
		"no such path":      {asksPast(t), "/prometheus/api/v1/nowhere", 404, []string{"not_found", "query_range"}, false},
		"the door":          {asksPast(t), "/prometheus", 404, []string{"not_found", "query_range"}, false},
		"behind the door":   {asksPast(t), "/prometheus/", 404, []string{"not_found", "query_range"}, false},
		"a bad expression":  {asksPast(t), "/prometheus/api/v1/query?query=(", 400, []string{"bad_data", "query"}, false},
		"too many requests": {few, "/prometheus/api/v1/query?query=1", 429, []string{"unavailable", "your address"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newTestServer(t, test.change)
			got := h.get(test.path)
			if test.returns { // the first is let in
				got = h.get(test.path)
			}
			for _, word := range append(test.says, `{"status":"error","errorType":"`) {
				if got.status != test.status || !strings.Contains(got.body, word) {
					t.Errorf("%d %s does not say %s", got.status, got.body, word)
				}
			}
			if (got.header.Get("Retry-After") != "") != test.returns {
				t.Errorf("come back: %q", got.header.Get("Retry-After"))
			}
		})
	}
}
