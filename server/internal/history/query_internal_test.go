package history

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// TestWhatAQuestionMayCost asks within bounds that are small enough to reach.
func TestWhatAQuestionMayCost(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store, err := Open(Options{Dir: t.TempDir(), Logger: zerolog.Nop(), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }() // it is not read any more
	catalog := &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}, {Metric: "b", Family: "b", Custom: true}}}
	const samples = 1000
	rows := make([]Row, samples)
	to := metric.TimestampOf(now)
	for i := range rows {
		rows[i] = Row{Catalog: catalog, Timestamp: to - samples + metric.TimestampMs(i), Values: []float64{1, 2}}
	}
	if _, err := store.Append(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	ask := func(change func(*bounds), query Query) error {
		reader := store.reader()
		change(&reader.bounds)
		query.Selection = Selection{Host: "web", From: to - samples, To: to}
		_, err := reader.query(context.Background(), query)
		return err
	}
	raw, coarse, summary := Query{}, Query{Points: 10}, Query{Step: time.Second, Summary: true}
	for name, test := range map[string]struct {
		change func(*bounds)
		query  Query
		limit  string // none if it is within
	}{
		"all series":         {func(b *bounds) { b.series = 2 }, coarse, ""},
		"a series too many":  {func(b *bounds) { b.series = 1 }, coarse, LimitSeries},
		"all points":         {func(b *bounds) { b.points = samples }, raw, ""},
		"a point too many":   {func(b *bounds) { b.points = samples - 1 }, raw, LimitPoints},
		"all samples":        {func(b *bounds) { b.samples = 2 * samples }, coarse, ""},
		"a sample too many":  {func(b *bounds) { b.samples = 2*samples - 1 }, coarse, LimitSamples},
		"no time":            {func(b *bounds) { b.time = -1 }, coarse, LimitTime},
		"memory for buckets": {func(b *bounds) { b.memory = 2*10*bucketBytes + 16*400 }, coarse, ""},
		"no memory, buckets": {func(b *bounds) { b.memory = 10*bucketBytes - 1 }, coarse, LimitMemory},
		"no memory, raw":     {func(b *bounds) { b.memory = 16*samples - 1 }, raw, LimitMemory},
		"no memory, summary": {func(b *bounds) { b.memory = 8*samples - 1 }, summary, LimitMemory},
	} {
		err := ask(test.change, test.query)
		var beyond *LimitError
		if test.limit == "" && err != nil || test.limit != "" && (!errors.As(err, &beyond) || beyond.Limit != test.limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBothWaysToRoundAreOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for decimals := range mostDecimal + 1 {
		rounding := newRounding(decimals)
		family := metric.Family{Decimals: decimals}
		for range 10_000 {
			value := family.Round(random.NormFloat64() * math.Pow10(random.IntN(6)))
			restored := rounding.restored(rounding.Stored(value))
			if wanted := rounding.Value(rounding.Stored(value)); restored != wanted || decimals > 0 && restored != value {
				t.Fatalf("%d decimals: %v is stored and restored as %v, and as %v", decimals, value, restored, wanted)
			}
		}
	}
}

func TestSelectNthIsThatOfSortedValues(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for round := range 2000 {
		values := make([]float64, 1+random.IntN(60))
		if round%20 == 0 {
			values = make([]float64, 1000+random.IntN(20_000))
		}
		for i := range values {
			values[i] = float64(random.IntN(1 + random.IntN(len(values)/2+1))) // many are equal
		}
		sorted := slices.Sorted(slices.Values(values))
		n := random.IntN(len(values))
		if got := selectNth(slices.Clone(values), n); got != sorted[n] {
			t.Fatalf("of %v the value at %d is %v, not %v", sorted, n, got, sorted[n])
		}
	}
	for count, rank := range map[int]int{1: 1, 19: 19, 20: 19, 21: 20, 100: 95, 101: 96} {
		values := make([]float64, count)
		for i := range values {
			values[i] = float64(count - i)
		}
		if got := percentile95(values); got != float64(rank) {
			t.Errorf("of 1 to %d the 95th percentile is %v, not %d", count, got, rank)
		}
	}
}

func TestStepIsTheLeastThatFits(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		from, length time.Duration
		points       int
		step         time.Duration
	}{
		{0, 30 * time.Second, 300, 100 * time.Millisecond},
		{0, 5 * time.Minute, 300, time.Second},
		{500 * time.Millisecond, 5 * time.Minute, 300, 2 * time.Second}, // a second more than that is touched
		{0, time.Hour, 300, 15 * time.Second},
		{0, day, 300, 5 * time.Minute},
		{0, 15 * day, 300, 2 * time.Hour},
		{0, 365 * day, 300, 2 * day},
		{0, 365 * day, 365, day},
		{0, 3650 * day, 1, 3650 * day},
		{10 * day, time.Hour, 1, time.Hour},
		{10*day - time.Minute, time.Hour, 1, 3 * day}, // midnight is within, and the end of two days
	} {
		from := metric.TimestampMs(test.from.Milliseconds())
		to := from + metric.TimestampMs(test.length.Milliseconds())
		step := stepFor(from, to, test.points)
		if step != test.step {
			t.Errorf("%s from %s in %d points: by %s, not %s", test.length, test.from, test.points, step, test.step)
		}
		if count := gridOver(from, to, step).count; count > int64(test.points) {
			t.Errorf("%s by %s are %d points, more than %d", test.length, step, count, test.points)
		}
	}
}

// TestAQuestionSeesNoAppendThatIsYoungerThanItself appends between the opening and the reading: to the newest chunk, which
// then has samples that the question must not see.
func TestAQuestionSeesNoAppendThatIsYoungerThanItself(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openWide(t, Options{Clock: func() time.Time { return now }})
	catalog := &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}}}
	to := metric.TimestampOf(now)
	from := to - 10
	appendAt := func(at metric.TimestampMs) {
		if _, err := store.Append(t.Context(), []Row{{Catalog: catalog, Timestamp: at, Values: []float64{float64(at - from)}}}); err != nil {
			t.Fatal(err)
		}
	}
	for at := from; at < from+5; at++ {
		appendAt(at)
	}
	reader := store.reader()
	querier, err := reader.chunks.ChunkQuerier(int64(from), int64(to))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = querier.Close() }() // it was read only
	appendAt(from + 5)
	found, err := reader.find(t.Context(), querier, Selection{Host: "web"}, int64(from), int64(to))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	reading := reading{bounds: usualBounds()}
	var seen []float64
	if err := reading.each(t.Context(), found[0], int64(from), int64(to), func(_ []metric.TimestampMs, values []float64) error {
		seen = append(seen, values...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []float64{0, 1, 2, 3, 4}) {
		t.Errorf("seen are %v, of which 5 was appended after the question began", seen)
	}
}
