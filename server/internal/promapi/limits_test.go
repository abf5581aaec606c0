package promapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"

	"vitals/internal/promapi"
)

// TestQuestionsOfDeath asks for what no machine should answer: each is refused by its name within the time that any question
// may take.
func TestQuestionsOfDeath(t *testing.T) {
	began := began()
	small := serve(t, promapi.Options{
		Storage: openStore(t, testData(began)), Limits: promapi.Limits{Samples: 10_000, Time: time.Minute, Series: 3},
	})
	at, start := stamp(began.Add(time.Hour)), stamp(began)
	series := func(parameters ...string) string { return form(append(parameters, "start", start, "end", at)...) }
	tests := map[string]struct {
		path, parameters string
		status           int
		says             []string
	}{
		"many samples":         {"query", form("query", `{host=~".+"}[1h]`, "time", at), 422, []string{"execution", "too many samples", "10000", "shorter range"}},
		"many points":          {"query_range", series("query", "vitals_cpu_core_ratio", "step", "1"), 422, []string{"too many samples"}},
		"much text":            {"query", form("query", strings.Repeat("(", 9<<10)+"1"+strings.Repeat(")", 9<<10)), 400, []string{`\"query\"`, "16384"}},
		"deep nesting":         {"query", form("query", strings.Repeat("(", 8<<10)+"1"+strings.Repeat(")", 8000), "time", at), 400, []string{`\"query\"`}},
		"deep negation":        {"query", form("query", strings.Repeat("-", 16000)+"1", "time", at), 400, []string{`\"query\"`, "2048 words"}},
		"less deep negation":   {"query", form("query", strings.Repeat("-", 2000)+"1", "time", at), 200, []string{"success"}},
		"long subquery":        {"query", form("query", "sum_over_time((1 + vector(1))[100y:1ms])", "time", at), 0, []string{"error"}},
		"subqueries in each":   {"query", form("query", "max_over_time(max_over_time(max_over_time(vector(1)[1y:1s])[1y:1s])[1y:1s])", "time", at), 0, []string{"error"}},
		"nested subqueries":    {"query", form("query", strings.Repeat("max_over_time(", 200)+"vector(1)"+strings.Repeat("[30s:1ms])", 200), "time", at), 422, []string{"subqueries", "2097152"}},
		"labels that double":   {"query", form("query", strings.Repeat("label_join(", 60)+`vector(1)`+strings.Repeat(`,"a","","a","a")`, 60), "time", at), 422, []string{"label_join"}},
		"labels by pattern":    {"query", form("query", strings.Repeat("label_replace(", 60)+`vector(1)`+strings.Repeat(`,"a","$1$1","a","(.*)")`, 60), "time", at), 422, []string{"label_replace"}},
		"labels, usual":        {"query", form("query", `label_replace(label_join(vector(1),"a","-","b","c"),"d","$1.$2","a","(.*)-(.*)")`, "time", at), 200, []string{"success"}},
		"endless range":        {"query_range", form("query", "1", "start", "-9e15", "end", "9e15", "step", "1"), 400, []string{"11,000"}},
		"beyond all time":      {"query_range", form("query", "1", "start", "-1e300", "end", "1e300", "step", "1e290"), 400, []string{`\"start\"`}},
		"no number":            {"query", form("query", "1", "time", "NaN"), 400, []string{`\"time\"`}},
		"infinite time":        {"query", form("query", "1", "time", "+Inf"), 400, []string{`\"time\"`}},
		"step of no time":      {"query_range", form("query", "1", "start", "0", "end", "1", "step", "1e-9"), 400, []string{`\"step\"`}},
		"step that overflows":  {"query_range", form("query", "1", "start", "0", "end", "1", "step", "1e300"), 400, []string{`\"step\"`, "overflows"}},
		"step is no number":    {"query_range", form("query", "1", "start", "0", "end", "1", "step", "NaN"), 400, []string{`\"step\"`}},
		"a long list":          {"series", series("match[]", "vitals_cpu_core_ratio"), 200, []string{"truncated", "warnings"}},
		"a long list of names": {"labels", "", 200, []string{"truncated"}},
		"many selectors":       {"series", strings.Repeat("match[]=odd&", 65), 400, []string{"match[]", "64"}},
		"a long selector":      {"labels", form("match[]", `{a="`+strings.Repeat("x", 16<<10)+`"}`), 400, []string{"match[]", "16384"}},
		"a heavy pattern":      {"labels", form("match[]", `{a=~"((a{1,100}){1,100}){1,100}"}`), 400, []string{"match[]"}},
		"a limit below":        {"series", series("match[]", "vitals_cpu_core_ratio", "limit", "1"), 200, []string{"truncated"}},
		"a limit of less":      {"labels", form("limit", "-1"), 400, []string{`\"limit\"`}},
		"a limit that is none": {"query", form("query", "1", "limit", "x"), 400, []string{`\"limit\"`}},
		"a limited result":     {"query", form("query", "vitals_cpu_core_ratio", "time", stamp(began.Add(5*time.Minute)), "limit", "2"), 200, []string{"truncated"}},
		"a lookback of nought": {"query", form("query", "1", "lookback_delta", "x"), 400, []string{"lookback_delta"}},
		"a broken form":        {"query", "query=%zz", 400, []string{"form"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				got := ask(t, method, small, "/api/v1/"+test.path, test.parameters)
				if test.status != 0 && got.status != test.status || test.status == 0 && got.status != 422 && got.status != 503 {
					t.Errorf("%s: %d %.300s", method, got.status, got.body)
				}
				for _, word := range test.says {
					if !strings.Contains(got.body, word) {
						t.Errorf("%s: %.500s does not say %s", method, got.body, word)
					}
				}
			}
		})
	}
}

func TestAQuestionThatTakesTooLongIsEnded(t *testing.T) {
	began := began()
	ours := serve(t, promapi.Options{Storage: openStore(t, testData(began)), Limits: promapi.Limits{Time: time.Nanosecond}})
	for _, path := range []string{"/api/v1/query", "/api/v1/series"} {
		got := ask(t, http.MethodGet, ours, path, form("query", "odd", "match[]", "odd"))
		if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, `"errorType":"timeout"`) || !strings.Contains(got.body, "1ns") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestALargeBodyIsNotRead(t *testing.T) {
	ours := serve(t, promapi.Options{Storage: openStore(t, nil)})
	got := ask(t, http.MethodPost, ours, "/api/v1/query", form("query", "1", "more", strings.Repeat("x", 2<<20)))
	if got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, "1048576") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestRemoteReadIsBounded(t *testing.T) {
	began := began()
	ours := serve(t, promapi.Options{Storage: openStore(t, testData(began)), Limits: promapi.Limits{Samples: 1000, Series: 5}})
	equal := func(name, value string) *prompb.LabelMatcher { return &prompb.LabelMatcher{Name: name, Value: value} }
	query := func(end time.Duration, matchers ...*prompb.LabelMatcher) *prompb.Query {
		return &prompb.Query{StartTimestampMs: began.UnixMilli(), EndTimestampMs: began.Add(end).UnixMilli(), Matchers: matchers}
	}
	odd := query(time.Hour, equal("__name__", "odd"))
	all := &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: "__name__", Value: ".+"}
	tests := map[string]struct {
		body   []byte
		status int
		says   string
	}{
		"samples":           {packed(t, odd), 200, ""},
		"nothing":           {packed(t), 200, ""},
		"too many samples":  {packed(t, odd, odd), 422, "1000 samples"},
		"too many series":   {packed(t, query(10*time.Second, all)), 422, "5 series"},
		"too many queries":  {packed(t, make([]*prompb.Query, 65)...), 400, "65 queries"},
		"no matcher":        {packed(t, query(time.Hour)), 400, "matcher"},
		"an unknown kind":   {packed(t, query(time.Hour, &prompb.LabelMatcher{Type: 9, Name: "a"})), 400, "type 9"},
		"a broken pattern":  {packed(t, query(time.Hour, &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: "a", Value: "("})), 400, "matcher"},
		"an empty query":    {packed(t, &prompb.Query{}), 400, "matcher"},
		"not packed":        {[]byte("hello"), 400, "snappy"},
		"nothing at all":    {nil, 400, "snappy"},
		"a bomb":            {append([]byte{0x80, 0x80, 0x80, 0x80, 0x0f}, 0), 400, "at most 65536"},
		"packed, but other": {snappy.Encode(nil, []byte("\xff\xff\xff")), 400, "read request"},
		"too long":          {make([]byte, 2<<20), 413, "1048576"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ours+"/api/v1/read", strings.NewReader(string(test.body)))
			if err != nil {
				t.Fatal(err)
			}
			if got := send(t, request); got.status != test.status || !strings.Contains(got.body, test.says) {
				t.Errorf("%d %.300s", got.status, got.body)
			}
		})
	}
}

// packed is a read request as it travels.
func packed(t *testing.T, queries ...*prompb.Query) []byte {
	t.Helper()
	for i := range queries {
		if queries[i] == nil {
			queries[i] = &prompb.Query{}
		}
	}
	message, err := (&prompb.ReadRequest{Queries: queries}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return snappy.Encode(nil, message)
}

func TestAStorageThatFailsIsSaid(t *testing.T) {
	broken := storage.QueryableFunc(func(int64, int64) (storage.Querier, error) { return nil, errors.New("the disk is gone") })
	ours := serve(t, promapi.Options{Storage: broken})
	for _, path := range []string{
		"/api/v1/query?query=up", "/api/v1/query?query=1", "/api/v1/labels", "/api/v1/series?match[]=up", "/api/v1/label/a/values", "/federate?match[]=up",
	} {
		got := ask(t, http.MethodGet, ours, path, "")
		if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "the disk is gone") ||
			!strings.Contains(got.body, `"errorType":"unavailable"`) || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s %v", path, got.status, got.body, got.header)
		}
	}
	if got := ask(t, http.MethodGet, ours, "/api/v1/rules", ""); got.status != http.StatusOK {
		t.Errorf("what needs no storage: %d %s", got.status, got.body)
	}
}

// TestWhoMayNotEnterIsTold asks while there is no place, and counts that each place is given back.
func TestWhoMayNotEnterIsTold(t *testing.T) {
	inside, isFull := 0, false
	ours := serve(t, promapi.Options{
		Storage: openStore(t, testData(began())),
		Enter: func(context.Context) (func(), error) {
			if isFull {
				return nil, errors.New("others are being answered")
			}
			inside++
			return func() { inside-- }, nil
		},
	})
	paths := []string{
		"/api/v1/query?query=1", "/api/v1/query?query=(", "/api/v1/labels", "/api/v1/series", "/api/v1/series?match[]=odd",
		"/federate?match[]=odd", "/federate?match[]=(",
		"/api/v1/query_range?" + form("query", "{host=~'.+'}", "start", stamp(began()), "end", stamp(time.Now()), "step", "1"), // of more than a piece
	}
	for _, isFull = range []bool{false, true} {
		for _, path := range paths {
			got := ask(t, http.MethodGet, ours, path, "")
			if isFull && (got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "others are being answered")) {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
			if inside != 0 {
				t.Fatalf("%s: %d are still inside", path, inside)
			}
		}
	}
}

func TestPathsAndMethods(t *testing.T) {
	ours := serve(t, promapi.Options{
		Storage: openStore(t, nil), Version: "1.2.3",
		Metadata: func() map[string]promapi.Metadata {
			return map[string]promapi.Metadata{"a": {Type: "gauge", Help: "A"}, "b": {Type: "counter"}}
		},
	})
	tests := []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/api/v1/status/buildinfo", 200, `"version":"3.15.0","revision":"vitals 1.2.3"`},
		{"GET", "/api/v1/metadata", 200, `"data":{"a":[{"type":"gauge","help":"A","unit":""}],"b":[`},
		{"GET", "/api/v1/metadata?metric=b", 200, `"data":{"b":[{"type":"counter","help":"","unit":""}]}`},
		{"GET", "/api/v1/metadata?limit=1&limit_per_metric=1", 200, `"data":{"a":[{"type":"gauge","help":"A","unit":""}]}}`},
		{"GET", "/api/v1/rules", 200, `{"groups":[]}`},
		{"GET", "/api/v1/alerts", 200, `{"alerts":[]}`},
		{"POST", "/api/v1/query_exemplars", 200, `"data":[]`},
		{"HEAD", "/api/v1/labels", 200, ""},
		{"GET", "/-/ready", 200, "Vitals"},
		{"GET", "/-/healthy", 200, "Vitals"},
		{"PUT", "/api/v1/query", 405, "only GET and POST"},
		{"DELETE", "/api/v1/series", 405, "only GET and POST"},
		{"POST", "/api/v1/label/a/values", 405, "only GET"},
		{"GET", "/api/v1/read", 405, "only POST"},
		{"POST", "/federate", 405, "only GET"},
		{"GET", "/", 404, "query_range"},
		{"GET", "/api/v1/targets", 404, "not_found"},
		{"POST", "/api/v1/write", 404, "/api/v1/events"},
		{"POST", "/api/v1/admin/tsdb/delete_series", 404, "not_found"},
	}
	for _, test := range tests {
		got := ask(t, test.method, ours, test.path, "")
		if got.status != test.status || !strings.Contains(got.body, test.says) {
			t.Errorf("%s %s: %d %s", test.method, test.path, got.status, got.body)
		}
		if wantsAllow := test.status == http.StatusMethodNotAllowed; wantsAllow != (got.header.Get("Allow") != "") {
			t.Errorf("%s %s: allowed is %q", test.method, test.path, got.header.Get("Allow"))
		}
	}
}

// TestNumbersSurvive checks what an answer says of values that JSON has no words for.
func TestNumbersSurvive(t *testing.T) {
	ours := serve(t, promapi.Options{Storage: openStore(t, nil)})
	for expression, want := range map[string]string{
		"1/0": `"+Inf"`, "-1/0": `"-Inf"`, "0/0": `"NaN"`, "-0": `"-0"`, "1e21": `"1e+21"`, "0.1+0.2": `"0.30000000000000004"`, "123456789012": `"123456789012"`,
		"5e-324": `"5e-324"`,
	} {
		got := ask(t, http.MethodGet, ours, "/api/v1/query", form("query", expression, "time", "-1.5"))
		if !strings.Contains(got.body, fmt.Sprintf(`"result":[-1.500,%s]`, want)) {
			t.Errorf("%s is %s", expression, got.body)
		}
	}
}
