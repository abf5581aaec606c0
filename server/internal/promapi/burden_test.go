package promapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"

	"vitals/internal/promapi"
)

// many joins what a pattern makes of numbers.
func many(count int, pattern, between string) string {
	texts := make([]string, count)
	for i := range texts {
		texts[i] = fmt.Sprintf(pattern, i)
	}
	return strings.Join(texts, between)
}

// regex is a remote read of one query, whose matchers are patterns.
func regex(t *testing.T, patterns ...string) []byte {
	t.Helper()
	matchers := []*prompb.LabelMatcher{{Name: "host", Value: "x"}}
	for i, pattern := range patterns {
		matchers = append(matchers, &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: fmt.Sprintf("a%d", i), Value: pattern})
	}
	return packed(t, &prompb.Query{EndTimestampMs: 1000, Matchers: matchers})
}

func repeated(count int, text string) []string { return slices.Repeat([]string{text}, count) }

// posted is a request with a form, or with any other body.
func posted(path, form string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request
}

// TestWhatIsRefusedCostsLittle asks for what would take much memory, and long, before any evaluation begins. It counts what is
// allocated, whatever the machine.
func TestWhatIsRefusedCostsLittle(t *testing.T) {
	const heavy = `(\\pL{1000})|((a?){900})`
	api := promapi.New(promapi.Options{Storage: openStore(t, nil), Interval: time.Second})
	query := func(text string) *http.Request { return posted("/api/v1/query", form("query", text)) }
	read := func(patterns ...string) *http.Request {
		return httptest.NewRequest(http.MethodPost, "/api/v1/read", bytes.NewReader(regex(t, patterns...)))
	}
	tests := map[string]struct {
		request *http.Request
		says    string
	}{
		"brackets":              {query(strings.Repeat("(", 8000) + "1" + strings.Repeat(")", 8000)), "2048 words"},
		"a chain":               {query("1" + strings.Repeat("^1", 8000)), "2048 words"},
		"a chain of errors":     {query("1" + strings.Repeat(" and 1", 2500)), "2048 words"},
		"negations":             {query(strings.Repeat("-", 16000) + "up"), "2048 words"},
		"calls":                 {query(strings.Repeat("abs(", 3000) + "up" + strings.Repeat(")", 3000)), "2048 words"},
		"comments between":      {query(strings.Repeat("(\n#\n", 3000)), "2048 words"},
		"a list of labels":      {query("sum by (" + strings.Repeat("a,", 3000) + "b) (up)"), "2048 words"},
		"patterns":              {query("{" + many(400, `a%d=~"`+heavy+`"`, ",") + "}"), "at most 16384"},
		"a pattern":             {query(`up{a!~"` + heavy + `"}`), "at most 16384"},
		"a raw pattern":         {query("up{a=~`\\pL{1000}`}"), "at most 16384"},
		"a pattern of a name":   {query(`{__name__=~"(\\pL{999})"}`), "at most 16384"},
		"patterns of Unicode":   {query(`up{a=~"` + strings.Repeat(`\\pL`, 3000) + `"}`), "at most 16384"},
		"a replacement":         {query(`label_replace(up, "a", "$1", "b", ("` + heavy + `"))`), "at most 16384"},
		"two halves":            {query(`label_replace(up, "a", "$1", "b", "x)|(?:(\\pL{1000})y")`), "at most 16384"},
		"many groups":           {query(`label_replace(up, "a", "$1", "b", "` + strings.Repeat("(a?)", 300) + `")`), "at most 16384"},
		"long labels":           {query(`label_replace(label_replace(up, "b", "` + strings.Repeat("a", 9000) + `", "", ""), "a", "", "b", "` + strings.Repeat("a?", 100) + `")`), "at most 16384"},
		"endless to match":      {query(`up{a=~".*a(.*a(.*a(.*a(.*a(.*b)))))"}`), ".* in groups"},
		"selectors":             {posted("/api/v1/series", strings.Repeat(form("match[]", `{a=~"`+heavy+`"}`)+"&", 40)), "at most 16384"},
		"long selectors":        {posted("/api/v1/series", strings.Repeat(form("match[]", `{a="`+strings.Repeat("x", 9000)+`"}`)+"&", 2)), "at most 16384"},
		"federation":            {httptest.NewRequest(http.MethodGet, "/federate?"+form("match[]", `{a=~"`+heavy+`"}`), nil), "at most 16384"},
		"a read":                {read(`(\pL{1000})|((a?){900})`), "at most 16384"},
		"a read of many":        {read(repeated(500, `(\pL{1000})|((a?){900})`)...), "at most 16384"},
		"a read of too many":    {read(repeated(600, `a`)...), "512 matchers"},
		"a read of much text":   {read(repeated(3, strings.Repeat("a", 6000))...), "at most 16384"},
		"a read of a lot":       {read(repeated(20000, `a`)...), "at most 65536"},
		"a read without an end": {read(`.*a(.*a(.*a(.*a(.*a(.*b)))))`), ".* in groups"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			api.ServeHTTP(recorder, test.request)
			runtime.ReadMemStats(&after)
			if recorder.Code != http.StatusBadRequest || !strings.Contains(recorder.Body.String(), test.says) {
				t.Errorf("%d %.300s", recorder.Code, recorder.Body)
			}
			const most = 4 << 20
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > most {
				t.Errorf("%d bytes were allocated to say so, more than %d", allocated, most)
			}
		})
	}
}

// TestUsualQuestionsAreNotRefused asks for much of what dashboards ask.
func TestUsualQuestionsAreNotRefused(t *testing.T) {
	ours := serve(t, promapi.Options{Storage: openStore(t, testData(began()))})
	hosts := many(500, `web-%03d\\.example\\.org`, "|")
	panel := `label_replace(sum by (host, le) (rate(vitals_bytes_total{host=~"a.*|beta",core!~"[0-9]+|"}[5m])), "short", "$1", "host", "([^.]+)\\..*")`
	for name, query := range map[string]string{
		"hosts":                 `vitals_cpu_core_ratio{host=~"` + hosts + `|alpha"}`,
		"hosts in a group":      `vitals_cpu_core_ratio{host=~"(` + hosts + `|alpha)(:\\d+)?",core!~"(x|y).*"}`,
		"hosts, shorter":        `label_replace(vitals_cpu_core_ratio{host=~"` + hosts + `"}, "short", "$1", "host", "([^.]+)\\..*")`,
		"hosts without":         `sum(vitals_cpu_core_ratio{host!~"` + many(300, "%d.*", "|") + `"})`,
		"each host by itself":   many(200, `up{host="h%d"}`, " + "),
		"a panel of many terms": strings.Join(repeated(20, panel), " or "),
		"letters":               `vitals_cpu_core_ratio{host=~"\\p{L}+|[а-яё]+-\\d{1,3}"}`,
		"labels within labels":  strings.Repeat("label_replace(", 12) + "vitals_cpu_core_ratio" + strings.Repeat(`, "a", "$1", "host", "(.*)-(.*)")`, 12),
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask(t, http.MethodPost, ours, "/api/v1/query", form("query", query)); got.status != http.StatusOK {
				t.Errorf("%d %.300s", got.status, got.body)
			}
		})
	}
}
