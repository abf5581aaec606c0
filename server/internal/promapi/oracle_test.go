package promapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/prompb"

	"vitals/internal/promapi"
	"vitals/internal/promapi/promtest"
)

// oracle is a real Prometheus with the same data as a server of ours.
type oracle struct {
	began        time.Time
	ours, theirs string
}

func newOracle(t *testing.T) oracle {
	t.Helper()
	o := oracle{began: began()}
	data := testData(o.began)
	o.theirs = promtest.Start(t, "global: {scrape_interval: 1s, evaluation_interval: 1s}", "--web.enable-remote-write-receiver")
	o.ours = serve(t, promapi.Options{Storage: openStore(t, data)})
	o.give(t, data)
	return o
}

// give writes the data to the Prometheus.
func (o oracle) give(t *testing.T, data []testSeries) {
	t.Helper()
	message := &prompb.WriteRequest{}
	for _, series := range data {
		written := prompb.TimeSeries{Labels: prompb.FromLabels(series.labels, nil)}
		for _, sample := range series.samples {
			written.Samples = append(written.Samples, prompb.Sample{Timestamp: sample.at, Value: sample.value})
		}
		message.Timeseries = append(message.Timeseries, written)
	}
	packed, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.NewReader(snappy.Encode(nil, packed))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.theirs+"/api/v1/write", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	if got := send(t, request); got.status != http.StatusNoContent {
		t.Fatalf("prometheus takes no data: %d %s", got.status, got.body)
	}
}

// expressions are what is asked of both. Functions that the oracle's version has not, or calls by another name, are left out.
func expressions() []string {
	return slices.Concat([]string{
		"1+1", "time()", "vector(1.5)", "pi() ^ 2 % 3", "-(2 ^ 0.5)", "1e400", "0/0",
		"vitals_cpu_core_ratio", `vitals_cpu_core_ratio{host="alpha"}`, `vitals_cpu_core_ratio{host=~"a.*|beta",core!="0"}`,
		`{__name__=~"vitals_.+",host!~"alpha|beta"}`, `{host="nobody"}`, "odd", `odd{quoted="a\"b\\c"}`, "vitals_processes",
		"vitals_processes offset 5m", "vitals_processes offset -5m", "vitals_cpu_core_ratio > 0.5", "vitals_cpu_core_ratio > bool 0.5",
		`vitals_bytes_total / on(host) vitals_memory_total_bytes`, `vitals_cpu_core_ratio * on(host) group_left vitals_bytes_total`,
		`vitals_cpu_core_ratio{host="alpha"} and vitals_cpu_core_ratio{core="1"}`, `vitals_cpu_core_ratio unless on(host) vitals_memory_total_bytes`,
		`vitals_processes or vitals_memory_total_bytes`, "-vitals_processes", `absent(nothing{a="b"})`, "absent_over_time(vitals_processes[1m])",
		`label_replace(vitals_processes, "short", "$1", "host", "(..).*")`, `label_join(vitals_cpu_core_ratio, "id", "/", "host", "core")`,
		"histogram_quantile(0.9, rate(latency_bucket[1m]))", "histogram_quantile(0.5, latency_bucket)", "scalar(vitals_memory_total_bytes)",
		"sort_desc(sum by (host) (vitals_cpu_core_ratio))", "hour(timestamp(vitals_memory_total_bytes))", "day_of_week()",
		"clamp(vitals_cpu_core_ratio, 0.2, 0.8)", "round(vitals_cpu_core_ratio, 0.1)", "ln(vitals_bytes_total)", "sgn(odd)", "abs(odd)",
		"max_over_time(rate(vitals_bytes_total[1m])[10m:30s])", "avg_over_time(vitals_cpu_core_ratio[5m:])", "sum(sum_over_time((vitals_cpu_core_ratio > 0.5)[2m:7s]))",
		"count_over_time(vitals_processes[2m:13s])", "predict_linear(vitals_bytes_total[2m], 60)", "quantile_over_time(0.9, vitals_cpu_core_ratio[3m])",
		`count_values("size", vitals_memory_total_bytes)`, "quantile by (host) (0.25, vitals_cpu_core_ratio)", "topk(2, vitals_cpu_core_ratio)",
		"bottomk by (host) (1, vitals_cpu_core_ratio)", "group(vitals_cpu_core_ratio) by (core)", "vitals_cpu_core_ratio ^ 2 - 1 == 0",
	}, each([]string{"sum", "avg", "min", "max", "count", "stddev", "stdvar", "group"}, "%s by (host) (vitals_cpu_core_ratio)"),
		each([]string{"sum", "avg", "max"}, "%s without (core) (vitals_cpu_core_ratio)"),
		each([]string{"rate", "irate", "increase", "delta", "idelta", "deriv", "resets", "changes"}, "%s(vitals_bytes_total[2m])"),
		each([]string{"avg", "min", "max", "sum", "count", "last", "stddev", "stdvar", "present"}, "%s_over_time(vitals_cpu_core_ratio[90s])"),
		each([]string{"ceil", "floor", "exp", "sqrt", "log2", "log10", "sin", "deg", "atan"}, "%s(vitals_cpu_core_ratio)"))
}

func each(names []string, pattern string) []string {
	var made []string
	for _, name := range names {
		made = append(made, fmt.Sprintf(pattern, name))
	}
	return made
}

// TestExpressionsAreAnsweredAsByPrometheus asks both for the same.
func TestExpressionsAreAnsweredAsByPrometheus(t *testing.T) {
	o := newOracle(t)
	const between = 1400 * time.Millisecond
	points := 0
	for _, expression := range expressions() {
		for _, after := range []time.Duration{26 * time.Minute, 24*time.Minute + 59*time.Second, 2 * time.Hour} {
			at := stamp(o.began.Add(after + between))
			points += o.compare(t, "/api/v1/query", form("query", expression, "time", at))
		}
		for _, step := range []string{"30", "333"} {
			// Not from the first value on: how a rate guesses at what was before has changed between the versions.
			start, end := stamp(o.began.Add(12*time.Minute+between)), stamp(o.began.Add(70*time.Minute+between))
			points += o.compare(t, "/api/v1/query_range", form("query", expression, "start", start, "end", end, "step", step))
		}
	}
	const fewest = 40_000 // that nothing equals nothing would prove little
	if points < fewest {
		t.Errorf("only %d points were compared", points)
	}
	t.Logf("%d expressions, %d points equal", len(expressions()), points)
}

// compare asks both and returns how many points were compared.
func (o oracle) compare(t *testing.T, path, parameters string) int {
	t.Helper()
	ours, theirs := ask(t, http.MethodGet, o.ours, path, parameters), ask(t, http.MethodPost, o.theirs, path, parameters)
	if ours.status != theirs.status {
		t.Errorf("%s?%s: %d %s; prometheus: %d %s", path, parameters, ours.status, ours.body, theirs.status, theirs.body)
		return 0
	}
	left, right := decode(t, ours.body), decode(t, theirs.body)
	if reflect.DeepEqual(right, left) { // mostly, and much faster
		return strings.Count(ours.body, `",`) + strings.Count(ours.body, `"]`)
	}
	if difference := cmp.Diff(right, left, cmpopts.EquateNaNs(), nearly()); difference != "" {
		t.Errorf("%s?%s: -prometheus +ours\n%s", path, parameters, difference)
	}
	return strings.Count(ours.body, `",`) + strings.Count(ours.body, `"]`)
}

// nearly takes sums for equal that were summed up in another order.
func nearly() cmp.Option {
	const relative = 1e-11
	return cmpopts.EquateApprox(relative, 0)
}

// decode reads an answer: values become numbers, lists without an order are sorted, warnings are left out.
func decode(t *testing.T, body string) any {
	t.Helper()
	var answer struct {
		Status    string
		ErrorType string
		Data      struct {
			ResultType string
			Result     json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if answer.Data.ResultType == "scalar" || answer.Data.ResultType == "string" || len(answer.Data.Result) == 0 {
		var single []any
		if len(answer.Data.Result) > 0 {
			single = numbers(t, answer.Data.Result)
		}
		return []any{answer.Status, answer.ErrorType, answer.Data.ResultType, single}
	}
	var rows []row
	if err := json.Unmarshal(answer.Data.Result, &rows); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	decoded := map[string][]any{}
	for _, row := range rows {
		decoded[fmt.Sprint(row.Metric)] = numbers(t, append(slices.Clone(row.Value), row.Values...))
	}
	return []any{answer.Status, answer.ErrorType, answer.Data.ResultType, decoded}
}

type row struct {
	Metric map[string]string
	Value  json.RawMessage
	Values json.RawMessage
}

// numbers reads [seconds, "value"], or a list of them.
func numbers(t *testing.T, text json.RawMessage) []any {
	t.Helper()
	var tree []any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return asNumbers(tree)
}

func asNumbers(tree []any) []any {
	for i, leaf := range tree {
		switch leaf := leaf.(type) {
		case string:
			if number, err := strconv.ParseFloat(leaf, 64); err == nil || math.IsInf(number, 0) {
				tree[i] = number
			}
		case []any:
			tree[i] = asNumbers(leaf)
		}
	}
	return tree
}

// stamp is an instant as a parameter.
func stamp(at time.Time) string { return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64) }
