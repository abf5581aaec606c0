package promapi_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"vitals/internal/promapi"
)

// valueAt is what a series is worth at an instant, found the long way: its newest sample, unless that marks an end, or too
// many after it were missed.
func valueAt(samples []sample, due time.Duration, at int64) (float64, bool) {
	newest, apart := -1, int64(0)
	for i, sample := range samples {
		if sample.at <= at && sample.at > at-(5*time.Minute).Milliseconds() {
			if apart = 0; newest >= 0 && !value.IsStaleNaN(samples[newest].value) {
				apart = sample.at - samples[newest].at
			}
			newest = i
		}
	}
	if newest < 0 || value.IsStaleNaN(samples[newest].value) {
		return 0, false
	}
	return samples[newest].value, due == 0 || at < samples[newest].at+5*max(due.Milliseconds(), apart)
}

// TestASeriesEndsWhereValuesAreMissed compares with the long way, at many instants of series with holes, ends and changes of pace.
func TestASeriesEndsWhereValuesAreMissed(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	base := began()
	dues := map[string]time.Duration{"each_second": time.Second, "each_ten": 10 * time.Second, "unknown": 0}
	var data []testSeries
	for name := range dues {
		for part := range 4 {
			var samples []sample
			pace := []int64{1000, 10_000, 60_000, 3000}[part]
			for at := base.UnixMilli(); at < base.Add(40*time.Minute).UnixMilli(); at += pace + random.Int64N(50) {
				v := 1 + random.Float64() // which has one way to be written
				if random.IntN(60) == 0 {
					v = math.Float64frombits(value.StaleNaN)
				}
				samples = append(samples, sample{at, v})
				if random.IntN(40) == 0 {
					at += random.Int64N(20 * pace)
				}
			}
			data = append(data, testSeries{labels: labels.FromStrings("__name__", name, "part", fmt.Sprint(part)), samples: samples})
		}
	}
	ours := serve(t, promapi.Options{Storage: inTwo(t, data), Metadata: func() map[string]promapi.Metadata {
		return map[string]promapi.Metadata{"each_second": {Every: 1}, "each_ten": {Every: 10}}
	}})
	there, missing := 0, 0
	for range 500 {
		at := base.Add(time.Duration(random.Int64N(int64(50 * time.Minute)))).Truncate(time.Millisecond)
		got := ask(t, http.MethodGet, ours, "/api/v1/query", form("query", `{__name__=~".+"}`, "time", stamp(at)))
		for _, series := range data {
			name := series.labels.Get("__name__")
			want, has := valueAt(series.samples, dues[name], at.UnixMilli())
			shown := fmt.Sprintf(`{"metric":{"__name__":%q,"part":%q}`, name, series.labels.Get("part"))
			if strings.Contains(got.body, shown) != has {
				t.Fatalf("%s at %v: there is a value: %v", shown, at, has)
			}
			if !has {
				missing++
				continue
			}
			there++
			if !strings.Contains(got.body, fmt.Sprintf(`%s,"value":[%s,"%v"]`, shown, trimmed(at), want)) {
				t.Fatalf("%s at %v is not %v: %s", shown, at, want, got.body)
			}
		}
	}
	const fewest = 500
	if there < fewest || missing < fewest {
		t.Errorf("only %d values and %d without one", there, missing)
	}
}

// trimmed is an instant as an answer has it.
func trimmed(at time.Time) string { return strings.TrimSuffix(stamp(at), ".000") }

// TestMarksAreNoSamples asks for what counts samples: a hole has none.
func TestMarksAreNoSamples(t *testing.T) {
	base := began()
	var samples []sample
	for second := range 600 {
		if second < 100 || second > 200 {
			samples = append(samples, sample{base.Add(time.Duration(second) * time.Second).UnixMilli(), 1})
		}
	}
	data := []testSeries{{labels: labels.FromStrings("__name__", "a"), samples: samples}}
	ours := serve(t, promapi.Options{Storage: inTwo(t, data), Metadata: func() map[string]promapi.Metadata {
		return map[string]promapi.Metadata{"a": {Every: 1}}
	}})
	at := stamp(base.Add(599 * time.Second))
	for expression, want := range map[string]string{
		"avg_over_time(a[1m])": `"1"`, "count_over_time(a[1h])": `"499"`, "sum_over_time(a[400s])": `"399"`, "changes(a[1h])": `"0"`, "a": `"1"`,
		"count_over_time(a[1h:1s])": `"502"`, // the last before the hole counts for five seconds
	} {
		if got := ask(t, http.MethodGet, ours, "/api/v1/query", form("query", expression, "time", at)); !strings.Contains(got.body, want) {
			t.Errorf("%s is %s, not %s", expression, got.body, want)
		}
	}
}

// TestNothingIsAskedOfAnEnd asks for a range that the mark at the very end is in: there is no sample behind it.
func TestNothingIsAskedOfAnEnd(t *testing.T) {
	base := began()
	data := []testSeries{{labels: labels.FromStrings("__name__", "a"), samples: []sample{{base.UnixMilli(), 1}, {base.UnixMilli() + 1000, 2}}}}
	ours := serve(t, promapi.Options{Storage: inTwo(t, data), Metadata: func() map[string]promapi.Metadata {
		return map[string]promapi.Metadata{"a": {Every: 1}}
	}})
	got := ask(t, http.MethodGet, ours, "/api/v1/query", form("query", "count_over_time(a[1m])", "time", stamp(base.Add(20*time.Second))))
	if !strings.Contains(got.body, `"2"]`) {
		t.Errorf("it is %s", got.body)
	}
}

// inTwo has the first half of each series in one place and the rest in another, as blocks and memory have it.
func inTwo(t *testing.T, data []testSeries) storage.Queryable {
	t.Helper()
	var first, second []testSeries
	for _, series := range data {
		half := len(series.samples) / 2
		first = append(first, testSeries{series.labels, series.samples[:half]})
		second = append(second, testSeries{series.labels, series.samples[half:]})
	}
	stores := []storage.Queryable{openStore(t, first), openStore(t, second)}
	return storage.QueryableFunc(func(from, to int64) (storage.Querier, error) {
		var queriers []storage.Querier
		for _, store := range stores {
			querier, err := store.Querier(from, to)
			if err != nil {
				return nil, err
			}
			queriers = append(queriers, querier)
		}
		return storage.NewMergeQuerier(queriers, nil, storage.ChainedSeriesMerge), nil
	})
}
