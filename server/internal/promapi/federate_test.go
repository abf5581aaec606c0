package promapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vitals/internal/promapi"
	"vitals/internal/promapi/promtest"
)

// TestAPrometheusReadsFromUs has a Prometheus without data of its own read ours from afar, and asks both the same.
func TestAPrometheusReadsFromUs(t *testing.T) {
	o := oracle{began: began()}
	o.ours = serve(t, promapi.Options{Storage: openStore(t, testData(o.began))})
	o.theirs = promtest.Start(t, fmt.Sprintf("global: {evaluation_interval: 1s}\nremote_read: [{url: %q, read_recent: true}]\n",
		o.ours+"/api/v1/read"))
	const between = 1400 * time.Millisecond
	points := 0
	for _, expression := range expressions()[:40] {
		at, start := stamp(o.began.Add(26*time.Minute+between)), stamp(o.began.Add(12*time.Minute+between))
		points += o.compare(t, "/api/v1/query", form("query", expression, "time", at))
		points += o.compare(t, "/api/v1/query_range", form("query", expression, "start", start, "end", at, "step", "10"))
	}
	const fewest = 5_000
	if points < fewest {
		t.Errorf("only %d points were compared", points)
	}
}

// TestAPrometheusFederatesFromUs has a Prometheus scrape the newest values.
func TestAPrometheusFederatesFromUs(t *testing.T) {
	data := []testSeries{}
	now := time.Now()
	for i, series := range testData(now) {
		series.samples = series.samples[i : i+1]
		series.samples[0].at = now.UnixMilli()
		data = append(data, series)
	}
	ours := serve(t, promapi.Options{Storage: openStore(t, data), Interval: time.Minute})
	address, err := url.Parse(ours)
	if err != nil {
		t.Fatal(err)
	}
	o := oracle{ours: ours}
	o.theirs = promtest.Start(t, fmt.Sprintf(`
scrape_configs:
- job_name: vitals
  honor_labels: true
  scrape_interval: 200ms
  scrape_timeout: 200ms
  metrics_path: /prometheus/federate
  params: {'match[]': ['{__name__=~".+"}']}
  static_configs: [{targets: [%q]}]
`, address.Host))
	all := `sort(last_over_time({__name__=~".+",__name__!~"up|scrape_.*"}[5m]))`
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		up := ask(t, http.MethodGet, o.theirs, "/api/v1/query", form("query", "up == 1 and scrape_samples_scraped > 0"))
		if strings.Contains(up.body, `"job":"vitals"`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing was scraped: %s", up.body)
		}
	}
	at := form("query", all, "time", stamp(now.Add(time.Second)))
	theirs, mine := ask(t, http.MethodGet, o.theirs, "/api/v1/query", at), ask(t, http.MethodGet, o.ours, "/api/v1/query", at)
	want, got := decode(t, mine.body), decode(t, strings.ReplaceAll(theirs.body, `,"job":"vitals"`, ""))
	if difference := cmp.Diff(want, got, cmpopts.EquateNaNs()); difference != "" {
		t.Errorf("-ours +federated\n%s", difference)
	}
	if strings.Count(mine.body, "metric") != len(data) {
		t.Errorf("of %d series: %s", len(data), mine.body)
	}
}

func TestFederationGivesTheNewestOfWhatIsThere(t *testing.T) {
	now := time.Now()
	ours := serve(t, promapi.Options{
		Storage: openStore(t, testData(now.Add(-59*time.Minute-57*time.Second))), Clock: func() time.Time { return now },
		Metadata: func() map[string]promapi.Metadata {
			return map[string]promapi.Metadata{"vitals_memory_total_bytes": {Type: "gauge", Help: "Memory there is"}}
		},
	})
	page := ask(t, http.MethodGet, ours, "/federate", form("match[]", "vitals_memory_total_bytes", "match[]", "vitals_processes", "match[]", "odd"))
	at := now.Add(-2 * time.Second).UnixMilli()
	want := fmt.Sprintf(`# TYPE odd untyped
odd{line="one\ntwo",markup="<b>&amp;",quoted="a\"b\\c",unicode="größe→",instance=""} 1e-07 %d
# HELP vitals_memory_total_bytes Memory there is
# TYPE vitals_memory_total_bytes untyped
vitals_memory_total_bytes{host="alpha",instance=""} 8.589934592e+09 %d
`, at, at)
	if difference := cmp.Diff(want, page.body); difference != "" { // what has ended, or stopped long ago, is not there
		t.Errorf("-want +got\n%s", difference)
	}
	if kind := page.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("it is %s", kind)
	}
	for _, broken := range []string{"sum(odd)", "{", `{a=""}`} {
		if got := ask(t, http.MethodGet, ours, "/federate", form("match[]", broken)); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", broken, got.status, got.body)
		}
	}
	few := serve(t, promapi.Options{Storage: openStore(t, testData(now)), Clock: func() time.Time { return now }, Limits: promapi.Limits{Series: 3}})
	if got := ask(t, http.MethodGet, few, "/federate", form("match[]", "vitals_cpu_core_ratio")); got.status != http.StatusUnprocessableEntity {
		t.Errorf("of too many: %d %.200s", got.status, got.body)
	}
	if got := ask(t, http.MethodGet, ours, "/federate", ""); got.status != http.StatusOK || got.body != "" {
		t.Errorf("of nothing: %d %q", got.status, got.body)
	}
}
