package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/history"
	"vitals/internal/history/salvage"
	"vitals/internal/metric"
	"vitals/internal/web"
)

// pastNow is what the servers of these tests take for now.
var pastNow = time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)

// toldPast is a store that says what it is told to.
type toldPast struct {
	history.Store // what is not told of
	asked         history.Query
	selected      history.Selection
	result        *history.Result
	pieces        []history.ExportPiece
	fault         error // after the pieces
	hosts         []history.PastHost
	wait          func(context.Context) error // before an answer
}

func (p *toldPast) Query(ctx context.Context, query history.Query) (*history.Result, error) {
	p.asked = query
	if p.wait != nil {
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
	}
	return p.result, p.fault
}

func (p *toldPast) Export(_ context.Context, selection history.Selection, take func(history.ExportPiece) error) error {
	p.selected = selection
	for _, piece := range p.pieces {
		if err := take(piece); err != nil {
			return err
		}
	}
	return p.fault
}

func (p *toldPast) Hosts(context.Context) ([]history.PastHost, error) { return p.hosts, nil }

func remembers(store history.Store) func(*web.Options) {
	return func(options *web.Options) {
		options.History = store
		options.Clock = func() time.Time { return pastNow }
		options.Recording = func() history.Status { return history.Status{State: history.StateRecording} }
	}
}

var cpuSeries = metric.Series{Metric: "cpu", Family: "cpu", Unit: metric.Percent, Kind: metric.Gauge}

func TestHistoryInBuckets(t *testing.T) {
	none := math.NaN()
	past := &toldPast{result: &history.Result{
		Host: "web-1", From: 1690000000_000, To: 1690000001_500, Step: 500 * time.Millisecond,
		Timelines: [][]metric.TimestampMs{{1690000000_000, 1690000000_500, 1690000001_000}},
		Series: []history.SeriesResult{{
			Series: cpuSeries, Min: []float64{1, none, 4.1}, Mean: []float64{2.0 / 3, none, 4.1}, Max: []float64{2.5, none, 4.1},
			Summary: &history.Summary{Count: 4, Min: 1, Mean: 7.0 / 3, P95: 4.1, Max: 4.1, Last: 4.1, LastTime: 1690000001_123},
		}},
	}}
	got := newTestServer(t, remembers(past)).get("/api/v1/history?summary=1")
	want := `{"host":"web-1","from":1690000000,"to":1690000001.5,"step":0.5,"timelines":[[1690000000,1690000000.5,1690000001]],"series":[` +
		`{"series":{"metric":"cpu","family":"cpu","unit":"percent","kind":"gauge"},"timeline":0,` +
		`"min":[1,null,4.1],"mean":[0.666666667,null,4.1],"max":[2.5,null,4.1],` +
		`"summary":{"count":4,"min":1,"mean":2.33333333,"p95":4.1,"max":4.1,"last":4.1,"lastTime":1690000001.123}}]}` + "\n"
	if diff := cmp.Diff(want, got.body); got.status != http.StatusOK || diff != "" {
		t.Errorf("%d %s", got.status, diff)
	}
	if !past.asked.Summary || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("asked %+v, headers %v", past.asked, got.header)
	}
}

func TestHistoryOfRawSamples(t *testing.T) {
	past := &toldPast{result: &history.Result{
		Host: "web-1", From: 1690000000_000, To: 1690000003_000,
		Timelines: [][]metric.TimestampMs{{1690000000_100, 1690000001_100}, {1690000002_000}},
		Series: []history.SeriesResult{
			{Series: cpuSeries, Values: []float64{1, -2.5}},
			{Series: metric.Series{Metric: "x", Family: "x", Kind: metric.Gauge, Custom: true}, Timeline: 1, Values: []float64{1e300}},
		},
	}}
	got := newTestServer(t, remembers(past)).get("/api/v1/history?step=raw")
	want := `{"host":"web-1","from":1690000000,"to":1690000003,"timelines":[[1690000000.1,1690000001.1],[1690000002]],"series":[` +
		`{"series":{"metric":"cpu","family":"cpu","unit":"percent","kind":"gauge"},"timeline":0,"values":[1,-2.5]},` +
		`{"series":{"metric":"x","family":"x","unit":"","kind":"gauge","custom":true},"timeline":1,"values":[1e+300]}]}` + "\n"
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	past.result = &history.Result{Host: "web-1", From: 1, To: 2, Series: nil}
	if got := newTestServer(t, remembers(past)).get("/api/v1/history").body; got != `{"host":"web-1","from":0.001,"to":0.002,"timelines":[],"series":[]}`+"\n" {
		t.Errorf("nothing is %s", got)
	}
}

func TestWhatIsAskedOfHistory(t *testing.T) {
	now := metric.TimestampOf(pastNow)
	const hour = 3600_000
	usual := history.Query{Selection: history.Selection{Host: "web-1", From: now - hour, To: now}, Points: 300}
	with := func(change func(*history.Query)) history.Query {
		query := usual
		change(&query)
		return query
	}
	for target, want := range map[string]history.Query{
		"":                                  usual,
		"?host=web-1&to=now":                usual,
		"?from=now-1h":                      usual,
		"?from=-3600":                       usual,
		"?summary=0":                        usual,
		"?host=gone":                        with(func(q *history.Query) { q.Host = "gone" }),
		"?summary=true":                     with(func(q *history.Query) { q.Summary = true }),
		"?points=11000":                     with(func(q *history.Query) { q.Points = 11000 }),
		"?points=5&points=7":                with(func(q *history.Query) { q.Points = 7 }),
		"?step=raw":                         with(func(q *history.Query) { q.Points = 0 }),
		"?step=60":                          with(func(q *history.Query) { q.Step, q.Points = time.Minute, history.MaxPoints }),
		"?step=0.5&points=20000":            with(func(q *history.Query) { q.Step, q.Points = 500*time.Millisecond, 20000 }),
		"?step=1m30s":                       with(func(q *history.Query) { q.Step, q.Points = 90*time.Second, history.MaxPoints }),
		"?step=1.5d":                        with(func(q *history.Query) { q.Step, q.Points = 36*time.Hour, history.MaxPoints }),
		"?from=-1w":                         with(func(q *history.Query) { q.From = now - 7*24*hour }),
		"?from=-15d&to=-30m":                with(func(q *history.Query) { q.From, q.To = now-15*24*hour, now-hour/2 }),
		"?to=1690000000.1234":               with(func(q *history.Query) { q.From, q.To = 1690000000_123-hour, 1690000000_123 }),
		"?from=0&to=60":                     with(func(q *history.Query) { q.From, q.To = 0, 60_000 }),
		"?to=60":                            with(func(q *history.Query) { q.From, q.To = 0, 60_000 }),
		"?from=-99y0&from=-90w":             with(func(q *history.Query) { q.From = now - 90*7*24*hour }),
		"?from=2030-01-31T11:59:59.5Z":      with(func(q *history.Query) { q.From = now - 500 }),
		"?from=2030-01-31T11:00:00%2B00:00": usual,
		"?from=2030-01-31T12:00:00+01:00":   usual, // as it is often pasted: the plus has become a blank
		"?metrics=cpu,net*&metrics=a{b=c}":  with(func(q *history.Query) { q.Metrics = []metric.Glob{"cpu", "net*", "a{b=c}"} }),
	} {
		past := &toldPast{result: &history.Result{}, hosts: []history.PastHost{{Host: metric.Host{Name: "gone"}}}}
		got := newTestServer(t, remembers(past)).get("/api/v1/history" + target)
		if diff := cmp.Diff(want, past.asked); got.status != http.StatusOK || diff != "" {
			t.Errorf("%s: %d %s %s", target, got.status, got.body, diff)
		}
	}
}

// refusal is how a request is refused.
type refusal struct {
	status      int
	code, field string
}

func (a answer) refusal(t *testing.T) refusal {
	t.Helper()
	var body struct {
		Error struct{ Code, Message, Field string }
	}
	if err := json.Unmarshal([]byte(a.body), &body); err != nil || body.Error.Message == "" {
		t.Errorf("%q is no error", a.body)
	}
	return refusal{a.status, body.Error.Code, body.Error.Field}
}

func TestBadQuestionsToHistory(t *testing.T) {
	h := newTestServer(t, remembers(&toldPast{}))
	bad := func(field string) refusal { return refusal{400, "bad_request", field} }
	for target, want := range map[string]refusal{
		"history?x=1":                                  bad("x"),
		"history?%zz":                                  bad("query"),
		"history?from=":                                bad("from"),
		"history?from=yesterday":                       bad("from"),
		"history?from=-1x":                             bad("from"),
		"history?from=--1h":                            bad("from"),
		"history?from=-NaN":                            bad("from"),
		"history?from=NaN":                             bad("from"),
		"history?from=1e3":                             bad("from"),
		"history?from=1690000000123":                   bad("from"),
		"history?from=10000-01-01T00:00:00Z":           bad("from"),
		"history?from=1969-12-31T23:59:59Z":            bad("from"),
		"history?from=2030-01-31":                      bad("from"),
		"history?from=-101y":                           bad("from"),
		"history?from=-99999999999w":                   bad("from"),
		"history?to=soon":                              bad("to"),
		"history?from=5&to=5":                          bad("from"),
		"history?from=6&to=5":                          bad("from"),
		"history?to=0":                                 bad("from"),
		"history?points=0":                             bad("points"),
		"history?points=-1":                            bad("points"),
		"history?points=1.5":                           bad("points"),
		"history?points=":                              bad("points"),
		"history?points=99999999999":                   bad("points"),
		"history?points=10&step=raw":                   bad("points"),
		"history?step=0":                               bad("step"),
		"history?step=":                                bad("step"),
		"history?step=-5s":                             bad("step"),
		"history?step=0.0001":                          bad("step"),
		"history?step=1ns":                             bad("step"),
		"history?step=1.0001":                          bad("step"),
		"history?step=RAW":                             bad("step"),
		"history?summary=yes":                          bad("summary"),
		"history?summary":                              bad("summary"),
		"history?metrics=":                             bad("metrics"),
		"history?metrics=a,,b":                         bad("metrics"),
		"history?metrics=" + strings.Repeat("a", 201):  bad("metrics"),
		"history?metrics=a" + strings.Repeat(",a", 64): {400, "too_many", "metrics"},
		"history?host=nobody":                          {404, "unknown_host", "host"},
		"history?host=":                                {404, "unknown_host", "host"},
		"history?host=nobody&from=x":                   bad("from"),
		"history/status?x=1":                           bad("x"),
		"history/hosts?x=1":                            bad("x"),
		"history/nothing":                              {404, "not_found", "path"},
		"export":                                       bad("format"),
		"export?format=":                               bad("format"),
		"export?format=CSV":                            bad("format"),
		"export?format=csv&from=x":                     bad("from"),
		"export?format=csv&points=1":                   bad("points"),
		"export?format=ndjson&host=nobody":             {404, "unknown_host", "host"},
		"export?format=ndjson&from=2&to=1":             bad("from"),
		"export?format=ndjson&metrics=" + "a,":         bad("metrics"),
	} {
		if got := h.get("/api/v1/" + target).refusal(t); got != want {
			t.Errorf("%s: %+v, want %+v", target, got, want)
		}
	}
	for _, path := range []string{"history", "history/status", "history/hosts", "export"} {
		if got := h.ask(http.MethodPost, "/api/v1/"+path).refusal(t); got != (refusal{405, "method_not_allowed", "method"}) {
			t.Errorf("POST %s: %+v", path, got)
		}
	}
}

// TestWithoutHistory: the status is an answer, which browsers do not log as an error; all else is refused.
func TestWithoutHistory(t *testing.T) {
	h := newTestServer(t, nil)
	for _, path := range []string{"history", "history/hosts", "export"} {
		if got := h.get("/api/v1/" + path).refusal(t); got != (refusal{404, "history_off", "path"}) {
			t.Errorf("%s: %+v", path, got)
		}
	}
	want := `{"state":"off","message":"this server keeps no history; start it with --history on"}` + "\n"
	if got := h.get("/api/v1/history/status"); got.status != http.StatusOK || got.body != want {
		t.Errorf("the status is %d %s", got.status, got.body)
	}
	if got := h.get("/api/v1/history/status?x=1").refusal(t); got != (refusal{400, "bad_request", "x"}) {
		t.Errorf("a bad question is answered %+v", got)
	}
}

func TestErrorsOfHistory(t *testing.T) {
	for name, test := range map[string]struct {
		fault error
		want  refusal
	}{
		"series":      {&history.LimitError{Limit: history.LimitSeries, Message: "x"}, refusal{422, "limit", "metrics"}},
		"points":      {&history.LimitError{Limit: history.LimitPoints, Message: "x"}, refusal{422, "limit", "points"}},
		"memory":      {&history.LimitError{Limit: history.LimitMemory, Message: "x"}, refusal{422, "limit", "points"}},
		"time":        {&history.LimitError{Limit: history.LimitTime, Message: "x"}, refusal{422, "limit", "from"}},
		"samples":     {&history.LimitError{Limit: history.LimitSamples, Message: "x"}, refusal{422, "limit", "from"}},
		"closed":      {history.ErrClosed, refusal{503, "unavailable", ""}},
		"unavailable": {history.ErrUnavailable, refusal{503, "unavailable", ""}},
		"given up":    {context.Canceled, refusal{503, "unavailable", ""}},
		"a fault":     {errors.New("secret"), refusal{500, "internal", ""}},
	} {
		for _, target := range []string{"/api/v1/history", "/api/v1/export?format=csv"} {
			got := newTestServer(t, remembers(&toldPast{fault: test.fault})).get(target)
			if got.refusal(t) != test.want || strings.Contains(got.body, "secret") {
				t.Errorf("%s of %s: %d %s", name, target, got.status, got.body)
			}
			if test.want.status == 422 && !strings.Contains(got.body, name) {
				t.Errorf("the limit of %s is not named: %s", name, got.body)
			}
			if test.want.status == 503 && got.header.Get("Retry-After") == "" {
				t.Errorf("%s: it is not told when to come back", name)
			}
			if got.header.Get("Content-Disposition") != "" {
				t.Errorf("%s: the error is a file", name)
			}
		}
	}
}

func TestLongAnswersArePackedForThoseWhoTakeThat(t *testing.T) {
	long := make([]float64, 5000)
	for name, test := range map[string]struct {
		values []float64
		accept string
		packed bool
	}{
		"long":           {long, "br, gzip;q=0.5", true},
		"short":          {long[:10], "gzip", false},
		"not wanted":     {long, "gzip;q=0", false},
		"nothing wanted": {long, "", false},
	} {
		past := &toldPast{result: &history.Result{
			Host: "web-1", Timelines: [][]metric.TimestampMs{make([]metric.TimestampMs, len(test.values))},
			Series: []history.SeriesResult{{Series: cpuSeries, Values: test.values}},
		}}
		got := newTestServer(t, remembers(past)).get("/api/v1/history", "Accept-Encoding", test.accept)
		isPacked := got.header.Get("Content-Encoding") == "gzip"
		if isPacked != test.packed || strings.Join(got.header.Values("Vary"), ", ") != "Accept, Accept-Encoding" {
			t.Errorf("%s: headers %v", name, got.header)
		}
		text := got.body
		if isPacked {
			unpacked, err := gzip.NewReader(strings.NewReader(got.body))
			if err != nil {
				t.Fatal(err)
			}
			whole, err := io.ReadAll(unpacked)
			if err != nil {
				t.Fatal(err)
			}
			text = string(whole)
		}
		var answer struct{ Series []struct{ Values []float64 } }
		if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Series) != 1 || len(answer.Series[0].Values) != len(test.values) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPackedAnswersDoNotMix asks for different answers in turn, which one packer after the other may be used for.
func TestPackedAnswersDoNotMix(t *testing.T) {
	long := newTestServer(t, remembers(&toldPast{result: pageOfAnHour()}))
	first := long.get("/api/v1/history", "Accept-Encoding", "gzip").body
	inCBOR := long.get("/api/v1/history", "Accept-Encoding", "gzip", "Accept", "application/cbor").body
	if again := long.get("/api/v1/history", "Accept-Encoding", "gzip").body; again != first || inCBOR == first {
		t.Errorf("%d bytes, and then %d", len(first), len(again))
	}
}

func TestHistoryStatus(t *testing.T) {
	h := newTestServer(t, func(options *web.Options) {
		remembers(&toldPast{})(options)
		options.Recording = func() history.Status {
			return history.Status{
				State: history.StateFull, Since: 1690000000_500, Cause: "there is no space left for history", Lost: 3,
				Usage: history.Usage{
					Oldest: 1680000000_000, Newest: 1690000000_000, Bytes: 5000, Samples: 2000, Series: 60, BytesPerDay: 1 << 30,
					Reach: 72 * time.Hour, RetentionTime: 15 * 24 * time.Hour, RetentionBytes: 3 << 30, Sync: history.SyncPolicy(time.Second),
					Damaged: []salvage.Damage{{File: "quarantine/1", Reason: "torn", Time: 1690000000_000}},
				},
			}
		}
	})
	want := `{"state":"full","message":"there is no space left for history","since":1690000000.5,"oldest":1680000000,"newest":1690000000,` +
		`"bytes":5000,"samples":2000,"series":60,"bytesPerDay":1073741824,"reachSeconds":259200,"retentionTime":1296000,` +
		`"retentionBytes":3221225472,"sync":1,"lost":3,"damaged":[{"file":"quarantine/1","reason":"torn","time":1690000000}]}` + "\n"
	if diff := cmp.Diff(want, h.get("/api/v1/history/status").body); diff != "" {
		t.Error(diff)
	}
	fresh := newTestServer(t, remembers(&toldPast{})).get("/api/v1/history/status").body
	if !strings.Contains(fresh, `"state":"recording","bytes":0`) || !strings.Contains(fresh, `"damaged":[]`) {
		t.Errorf("a fresh one: %s", fresh)
	}
}

func TestPastHosts(t *testing.T) {
	past := &toldPast{hosts: []history.PastHost{{Host: metric.Host{Name: "gone", Hostname: "gone"}, Oldest: 1000, Newest: 2500}}}
	got := newTestServer(t, remembers(past)).get("/api/v1/history/hosts").body
	if want := `{"hosts":[{"host":{"name":"gone","hostname":"gone"},"oldest":1,"newest":2.5}]}` + "\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := newTestServer(t, remembers(&toldPast{})).get("/api/v1/history/hosts").body; got != `{"hosts":[]}`+"\n" {
		t.Errorf("none is %s", got)
	}
}
