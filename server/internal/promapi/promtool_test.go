package promapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/promapi/promtest"
)

// TestPromtoolPrintsTheSame runs promtool on both.
func TestPromtoolPrintsTheSame(t *testing.T) {
	o := newOracle(t)
	const between = 1400 * time.Millisecond // no instant is just one lookback behind a sample: see began
	start, end, at := stamp(o.began.Add(between)), stamp(o.began.Add(time.Hour+between)), stamp(o.began.Add(26*time.Minute+between))
	commands := map[string][]string{
		"instant":           {"query", "instant", "--time=" + at, "URL", `sort(vitals_cpu_core_ratio{host="alpha"})`},
		"instant, scalar":   {"query", "instant", "--time=" + at, "URL", "scalar(vitals_memory_total_bytes)"},
		"instant as JSON":   {"query", "instant", "--format=json", "--time=" + at, "URL", "odd"},
		"range":             {"query", "range", "--start=" + start, "--end=" + end, "--step=1m", "URL", `vitals_bytes_total{host="beta"}`},
		"range as JSON":     {"query", "range", "--format=json", "--start=" + start, "--end=" + end, "--step=7m", "URL", "max by (host) (vitals_cpu_core_ratio)"},
		"series":            {"query", "series", "--match=vitals_processes", "--match=odd", "--start=" + start, "--end=" + end, "URL"},
		"labels":            {"query", "labels", "--start=" + start, "--end=" + end, "URL", "host"},
		"names of metrics":  {"query", "labels", "URL", "__name__"},
		"no such label":     {"query", "labels", "URL", "nowhere"},
		"nothing":           {"query", "instant", "--time=" + at, "URL", "nothing"},
		"expression broken": {"query", "instant", "--time=" + at, "URL", "sum("},
		"types that clash":  {"query", "instant", "--time=" + at, "URL", "odd + on(x) group_left(y"},
	}
	for name, arguments := range commands {
		t.Run(name, func(t *testing.T) {
			ours, worksHere := promtest.Promtool(t, placed(arguments, o.ours)...)
			theirs, worksThere := promtest.Promtool(t, placed(arguments, o.theirs)...)
			if worksHere != worksThere {
				t.Errorf("promtool says %q (%v); of a Prometheus: %q (%v)", ours, worksHere, theirs, worksThere)
			}
			if worksHere && sortedLines(ours) != sortedLines(theirs) {
				t.Errorf("promtool prints\n%s\nof a Prometheus\n%s", ours, theirs)
			}
			if !worksThere && !strings.Contains(ours, "invalid parameter \"query\"") {
				t.Errorf("promtool complains %q; of a Prometheus %q", ours, theirs)
			}
		})
	}
}

// placed puts the address in.
func placed(arguments []string, address string) []string {
	complete := slices.Clone(arguments)
	for i := range complete {
		complete[i] = strings.Replace(complete[i], "URL", address, 1)
	}
	return complete
}

// sortedLines is for what has no order.
func sortedLines(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestListsAreThoseOfPrometheus asks for what Grafana fills its menus with.
func TestListsAreThoseOfPrometheus(t *testing.T) {
	o := newOracle(t)
	now, early := stamp(time.Now()), stamp(o.began.Add(10*time.Minute+1400*time.Millisecond))
	long := form("start", stamp(o.began), "end", now)
	tests := []struct{ path, parameters string }{
		{"/api/v1/labels", ""},
		{"/api/v1/labels", long},
		{"/api/v1/labels", form("match[]", "odd")},
		{"/api/v1/labels", form("match[]", "odd", "match[]", `{host="alpha"}`)},
		{"/api/v1/label/__name__/values", long},
		{"/api/v1/label/host/values", ""},
		{"/api/v1/label/host/values", form("match[]", "vitals_processes", "start", stamp(o.began), "end", early)},
		{"/api/v1/label/core/values", form("match[]", `{host="alpha"}`, "match[]", `{host="beta"}`)},
		{"/api/v1/label/nowhere/values", ""},
		{"/api/v1/label/%FF/values", ""},
		{"/api/v1/series", form("match[]", "odd")},
		{"/api/v1/series", form("match[]", `{__name__=~".+_total"}`, "match[]", `{host="alpha"}`)},
		{"/api/v1/series", form("match[]", "vitals_processes", "start", early, "end", now)},
		{"/api/v1/series", ""},
		{"/api/v1/series", form("match[]", "{}")},
		{"/api/v1/series", form("match[]", `{a=""}`)},
		{"/api/v1/series", form("match[]", "sum(odd)")},
		{"/api/v1/series", form("match[]", "odd", "start", "x")},
		{"/api/v1/labels", form("end", "yesterday")},
		{"/api/v1/labels", form("match[]", `{a=""}`)},
		{"/api/v1/query", ""},
		{"/api/v1/query", form("query", "sum(")},
		{"/api/v1/query", form("query", "1", "time", "soon")},
		{"/api/v1/query", form("query", "1", "timeout", "x")},
		{"/api/v1/query", form("query", "1+1", "timeout", "1s", "time", now)},
		{"/api/v1/query", form("query", "odd * on(a) group_left vitals_processes")},
		{"/api/v1/query", form("query", `"text"`, "time", now)},
		{"/api/v1/query", form("query", "vitals_processes[1m] + 1")},
		{"/api/v1/query", form("query", `odd[1m]`, "time", early)},
		{"/api/v1/query_range", form("query", "1", "start", "1", "end", "0", "step", "1")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "end", "1", "step", "0")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "end", "1", "step", "-1m")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "end", "11001", "step", "1")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "end", "11000", "step", "1")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "step", "1")},
		{"/api/v1/query_range", form("query", "1", "start", "0", "end", "1")},
		{"/api/v1/query_range", form("query", "odd[1m]", "start", "0", "end", "1", "step", "1")},
		{"/api/v1/query_range", form("query", "1", "start", "2026-01-01T00:00:00Z", "end", "2026-01-01T01:00:00.5+00:00", "step", "90s")},
		{"/api/v1/query_exemplars", form("query", "odd", "start", "0", "end", "1")},
		{"/api/v1/rules", ""},
		{"/api/v1/alerts", ""},
		{"/api/v1/metadata", ""},
		{"/api/v1/metadata", form("limit", "x")},
	}
	for _, test := range tests {
		ours, theirs := ask(t, http.MethodGet, o.ours, test.path, test.parameters), ask(t, http.MethodGet, o.theirs, test.path, test.parameters)
		if ours.status != theirs.status {
			t.Errorf("%s?%s: %d %s; prometheus: %d %s", test.path, test.parameters, ours.status, ours.body, theirs.status, theirs.body)
		}
		if difference := cmp.Diff(tree(t, theirs.body), tree(t, ours.body)); difference != "" {
			t.Errorf("%s?%s: -prometheus +ours\n%s", test.path, test.parameters, difference)
		}
	}
}

// tree is an answer without what is for people only: the text of an error.
func tree(t *testing.T, body string) any {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, words := range []string{"error", "warnings", "infos"} {
		delete(answer, words)
	}
	if list, isList := answer["data"].([]any); isList {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(text(a), text(b)) })
	}
	return answer
}

func text(value any) string {
	written, _ := json.Marshal(value)
	return string(written)
}
