package history_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

var pastNames = []string{"cpu", "cpu.core{core=0}", "cpu.core{core=1}", "memory.used", "room.temp", "room.temp{place=a.b*c|d}", "x"}

// TestQueryEqualsAPlainOne compares answers on random data to those of a few plain lines.
func TestQueryEqualsAPlainOne(t *testing.T) {
	const seed, questions = 11, 400
	random := rand.New(rand.NewPCG(seed, seed))
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	begin := now.Add(-5 * time.Hour)
	stored := fillRandomly(t, random, store, catalogOf("web", pastNames...), begin, now)
	mustAppend(t, store, []history.Row{{Catalog: catalogOf("other", "cpu"), Timestamp: metric.TimestampOf(now), Values: []float64{1}}})
	plain := plainStore{host: "web", stored: stored}
	for range questions {
		query := randomQuery(random, begin, now)
		got, err := store.Query(context.Background(), query)
		if err != nil {
			t.Fatalf("%s: %v", told(query), err)
		}
		if fault := compareResults(got, plain.query(query)); fault != "" {
			t.Fatalf("%s: %s", told(query), fault)
		}
	}
}

func told(query history.Query) string {
	return fmt.Sprintf("%v from %d to %d, step %s, %d points", query.Metrics, query.From, query.To, query.Step, query.Points)
}

func randomQuery(random *rand.Rand, begin, now time.Time) history.Query {
	length := time.Duration(math.Exp(random.Float64()*math.Log(float64(6*time.Hour/time.Millisecond)))) * time.Millisecond
	from := begin.Add(-time.Hour).Add(time.Duration(random.Int64N(int64(now.Sub(begin) + time.Hour))))
	query := history.Query{Summary: random.IntN(2) == 0}
	query.Host = "web"
	query.From = metric.TimestampOf(from)
	query.To = query.From + metric.TimestampMs(max(1, length.Milliseconds()))
	globs := []metric.Glob{"cpu", "cpu*", "room.temp{place=a.b*c|d}", "*core=*", "none", "x", "*.*"}
	for range random.IntN(3) {
		query.Metrics = append(query.Metrics, globs[random.IntN(len(globs))])
	}
	switch random.IntN(3) {
	case 0:
		query.Points = 1 + random.IntN(2000)
	case 1:
		query.Step = max(length/time.Duration(1+random.IntN(1000)), time.Millisecond).Truncate(time.Millisecond)
	default:
		query.To = min(query.To, query.From+10_000_000)
	}
	return query
}

// plainStore answers by definition.
type plainStore struct {
	host   string
	stored map[string][]sample
}

func (p plainStore) query(query history.Query) *history.Result {
	step := query.Step
	if step == 0 && query.Points > 0 && p.most(query) > query.Points {
		step = plainStep(query)
	}
	result := &history.Result{Host: p.host, From: query.From, To: query.To, Step: step}
	if step > 0 {
		length := metric.TimestampMs(step.Milliseconds())
		result.From = query.From / length * length
		result.To = (query.To + length - 1) / length * length
	}
	for _, name := range p.names(query) {
		samples := p.within(name, result.From, result.To)
		if len(samples) == 0 {
			continue
		}
		series := history.SeriesResult{Series: measured(name)}
		if step > 0 {
			plainBuckets(&series, samples, result)
		} else {
			for _, one := range samples {
				series.Values = append(series.Values, one.value)
			}
		}
		if inside := p.within(name, query.From, query.To); query.Summary && len(inside) > 0 {
			series.Summary = plainSummary(inside)
		}
		result.Series = append(result.Series, series)
	}
	return result
}

func (p plainStore) names(query history.Query) []string {
	var names []string
	for name := range p.stored {
		isAsked := func(glob metric.Glob) bool { return glob.Match(name) }
		if len(query.Metrics) == 0 || slices.ContainsFunc(query.Metrics, isAsked) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (p plainStore) most(query history.Query) int {
	most := 0
	for _, name := range p.names(query) {
		most = max(most, len(p.within(name, query.From, query.To)))
	}
	return most
}

func (p plainStore) within(name string, from, to metric.TimestampMs) []sample {
	var found []sample
	for _, one := range p.stored[name] {
		if one.at >= from && one.at < to {
			found = append(found, one)
		}
	}
	return found
}

func plainStep(query history.Query) time.Duration {
	steps := history.Steps()
	for days := time.Duration(2); days < 100; days++ {
		steps = append(steps, days*24*time.Hour)
	}
	for _, step := range steps {
		length := metric.TimestampMs(step.Milliseconds())
		if int(((query.To+length-1)/length*length-query.From/length*length)/length) <= query.Points {
			return step
		}
	}
	return 24 * time.Hour // a range of hours that crosses midnight
}

func plainBuckets(series *history.SeriesResult, samples []sample, result *history.Result) {
	length := metric.TimestampMs(result.Step.Milliseconds())
	for opens := result.From; opens < result.To; opens += length {
		var values []float64
		for _, one := range samples {
			if one.at >= opens && one.at < opens+length {
				values = append(values, one.value)
			}
		}
		least, mean, most := math.NaN(), math.NaN(), math.NaN()
		if len(values) > 0 {
			least, mean, most = slices.Min(values), plainMean(values), slices.Max(values)
		}
		series.Min, series.Mean, series.Max = append(series.Min, least), append(series.Mean, mean), append(series.Max, most)
	}
}

func plainMean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

func plainSummary(samples []sample) *history.Summary {
	var values []float64
	for _, one := range samples {
		values = append(values, one.value)
	}
	last := samples[len(samples)-1]
	summary := &history.Summary{Count: len(values), Mean: plainMean(values), Last: last.value, LastTime: last.at}
	slices.Sort(values)
	summary.Min, summary.Max = values[0], values[len(values)-1]
	summary.P95 = values[int(math.Ceil(0.95*float64(len(values))))-1]
	return summary
}

// compareResults tells the first difference. Means may differ in what rounding makes of the order of a sum.
func compareResults(got, want *history.Result) string {
	if got.Host != want.Host || got.From != want.From || got.To != want.To || got.Step != want.Step {
		return fmt.Sprintf("got %d to %d by %s, want %d to %d by %s", got.From, got.To, got.Step, want.From, want.To, want.Step)
	}
	if len(got.Series) != len(want.Series) {
		return fmt.Sprintf("got %d series, want %d", len(got.Series), len(want.Series))
	}
	for i, series := range got.Series {
		if fault := compareSeries(got, series, want.Series[i]); fault != "" {
			return series.Series.Metric + ": " + fault
		}
	}
	return ""
}

func compareSeries(result *history.Result, got, want history.SeriesResult) string {
	timeline := result.Timelines[got.Timeline]
	for _, column := range []struct {
		name      string
		got, want []float64
		exactly   bool
	}{{"values", got.Values, want.Values, true}, {"min", got.Min, want.Min, true}, {"mean", got.Mean, want.Mean, false}, {"max", got.Max, want.Max, true}} {
		if len(column.got) != len(column.want) || column.got != nil && len(column.got) != len(timeline) {
			return fmt.Sprintf("%s: %d, want %d, at %d times", column.name, len(column.got), len(column.want), len(timeline))
		}
		for i := range column.got {
			if !same(column.got[i], column.want[i], column.exactly) {
				return fmt.Sprintf("%s[%d]: %v, want %v", column.name, i, column.got[i], column.want[i])
			}
		}
	}
	if result.Step > 0 && timeline[len(timeline)-1]-timeline[0] != metric.TimestampMs(result.Step.Milliseconds())*metric.TimestampMs(len(timeline)-1) {
		return "the timeline is not even"
	}
	return compareSummaries(got.Summary, want.Summary)
}

func compareSummaries(got, want *history.Summary) string {
	if (got == nil) != (want == nil) {
		return fmt.Sprintf("summary %v, want %v", got, want)
	}
	if got == nil {
		return ""
	}
	rest := *got
	rest.Mean = want.Mean
	if rest != *want || !same(got.Mean, want.Mean, false) {
		return fmt.Sprintf("summary %+v, want %+v", *got, *want)
	}
	return ""
}

func same(got, want float64, exactly bool) bool {
	const tolerance = 1e-9 // of sums with terms of both signs
	return got == want || math.IsNaN(got) && math.IsNaN(want) || !exactly && math.Abs(got-want) <= tolerance*max(math.Abs(want), 1)
}

func TestRawSamplesShareTheirTimes(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	at := metric.TimestampOf(now) - 10_000
	together := catalogOf("web", "cpu", "memory.used", "x")
	var rows []history.Row
	for i := range metric.TimestampMs(5) {
		x := float64(i)
		if i == 2 {
			x = math.NaN()
		}
		rows = append(rows, history.Row{Catalog: together, Timestamp: at + i*1000, Values: []float64{1.5, 7, x}})
	}
	mustAppend(t, store, rows)
	result, err := store.Query(context.Background(), history.Query{Selection: history.Selection{Host: "web", From: at, To: at + 10_000}})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Timelines) != 2 || len(result.Series) != 3 || result.Step != 0 {
		t.Fatalf("%+v", result)
	}
	if result.Series[0].Timeline != result.Series[1].Timeline || result.Series[2].Timeline == result.Series[0].Timeline {
		t.Errorf("timelines %d %d %d", result.Series[0].Timeline, result.Series[1].Timeline, result.Series[2].Timeline)
	}
	if got := result.Series[0].Series; got.Unit != metric.Percent || got.Help != "All processors" {
		t.Errorf("cpu is %+v", got)
	}
}

func TestMeansOfTheLargestValues(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	at := metric.TimestampOf(now) - 100_000
	catalog := catalogOf("web", "x")
	var rows []history.Row
	for i := range metric.TimestampMs(8) {
		rows = append(rows, history.Row{Catalog: catalog, Timestamp: at + i, Values: []float64{math.MaxFloat64}})
	}
	mustAppend(t, store, rows)
	result, err := store.Query(context.Background(), history.Query{
		Selection: history.Selection{Host: "web", From: at, To: at + 1000}, Step: time.Second, Summary: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if series := result.Series[0]; series.Mean[0] != math.MaxFloat64 || series.Summary.Mean != math.MaxFloat64 {
		t.Errorf("the mean is %g, in the summary %g", series.Mean[0], series.Summary.Mean)
	}
}

func TestQueriesBeyondALimitNameIt(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	names := make([]string, 0, history.MaxSeries+1)
	for i := range history.MaxSeries + 1 {
		names = append(names, fmt.Sprintf("many{i=%d}", i))
	}
	many := catalogOf("many", names...)
	to := metric.TimestampOf(now)
	mustAppend(t, store, []history.Row{{Catalog: many, Timestamp: to - 1, Values: make([]float64, len(names))}})
	long := catalogOf("long", "x")
	var rows []history.Row
	for i := range metric.TimestampMs(history.MaxPoints + 1) {
		rows = append(rows, history.Row{Catalog: long, Timestamp: to - 1 - i*10, Values: []float64{1}})
	}
	slices.Reverse(rows)
	mustAppend(t, store, rows)
	const hour = 3_600_000
	for limit, query := range map[string]history.Query{
		history.LimitSeries + " of a host":     {Selection: history.Selection{Host: "many", From: to - hour, To: to}, Points: 10},
		history.LimitPoints + " asked for":     {Selection: history.Selection{Host: "long", From: to - hour, To: to}, Points: history.MaxPoints + 1},
		history.LimitPoints + " by a step":     {Selection: history.Selection{Host: "long", From: 0, To: to}, Step: time.Millisecond},
		history.LimitPoints + " with a step":   {Selection: history.Selection{Host: "long", From: to - hour, To: to}, Step: time.Minute, Points: 30},
		history.LimitPoints + " that are raw":  {Selection: history.Selection{Host: "long", From: to - hour, To: to}},
		history.LimitMemory + " of all series": {Selection: history.Selection{Host: "many", Metrics: []metric.Glob{"many{i=1*", "many{i=2*", "many{i=3*"}, From: 0, To: to}, Step: to.Time().Sub(time.Unix(0, 0)).Truncate(time.Second) / 10_000},
	} {
		query.Step = query.Step.Truncate(time.Millisecond)
		_, err := store.Query(context.Background(), query)
		var beyond *history.LimitError
		if !errors.As(err, &beyond) || beyond.Limit != strings.Fields(limit)[0] || beyond.Message == "" || beyond.Allowed == 0 {
			t.Errorf("%s: %v", limit, err)
		}
	}
}

func TestQueryEndsWithItsContext(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	to := metric.TimestampOf(now)
	mustAppend(t, store, []history.Row{{Catalog: catalogOf("web", "x"), Timestamp: to - 1, Values: []float64{1}}})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	selection := history.Selection{Host: "web", From: to - 1000, To: to}
	if _, err := store.Query(ctx, history.Query{Selection: selection}); !errors.Is(err, context.Canceled) {
		t.Errorf("query: %v", err)
	}
	never := func(history.ExportPiece) error { t.Error("a piece was exported"); return nil }
	if err := store.Export(ctx, selection, never); !errors.Is(err, context.Canceled) {
		t.Errorf("export: %v", err)
	}
}

func TestEmptyAnswers(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	to := metric.TimestampOf(now)
	mustAppend(t, store, []history.Row{{Catalog: catalogOf("web", "x"), Timestamp: to - 1, Values: []float64{1}}})
	for name, query := range map[string]history.Query{
		"another host":    {Selection: history.Selection{Host: "nobody", From: 0, To: to}, Points: 10},
		"another series":  {Selection: history.Selection{Host: "web", Metrics: []metric.Glob{"y"}, From: 0, To: to}, Points: 10},
		"before all":      {Selection: history.Selection{Host: "web", From: 0, To: to - 1}, Points: 10},
		"after all":       {Selection: history.Selection{Host: "web", From: to, To: to + 1000}, Step: time.Millisecond},
		"the far future":  {Selection: history.Selection{Host: "web", From: 253402300799000, To: 253402300799999}, Points: 1},
		"before the unix": {Selection: history.Selection{Host: "web", From: -5000, To: -1}, Step: time.Second},
	} {
		result, err := store.Query(context.Background(), query)
		if err != nil || len(result.Series) != 0 {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
	if _, err := store.Query(context.Background(), history.Query{Selection: history.Selection{Host: "web", From: to, To: to}}); err == nil {
		t.Error("an empty range is answered")
	}
}
