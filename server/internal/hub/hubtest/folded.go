package hubtest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// tens is the interval of the tests.
const tens = 10 * time.Second

// describeRow is all of a folded row in words, but its means, which may differ in their last digit.
func describeRow(tick *hub.Tick) string {
	return fmt.Sprint(tick.From, "-", tick.Seq, "@", int64(tick.Timestamp), names(tick.Catalog), tick.Columns, tick.Min, tick.Max)
}

func describeRows(ticks []*hub.Tick) []string {
	var rows []string
	for _, tick := range ticks {
		rows = append(rows, describeRow(tick))
	}
	return rows
}

// expectFolded checks rows against the ticks that they stand for, by the definition.
func expectFolded(t *testing.T, rows, ticks []*hub.Tick, interval metric.TimestampMs) {
	t.Helper()
	for i, row := range rows {
		if i > 0 && row.From != rows[i-1].Seq+1 {
			t.Errorf("row from %d follows one to %d", row.From, rows[i-1].Seq)
		}
		var inside []*hub.Tick
		for _, tick := range ticks {
			if tick.Seq >= row.From && tick.Seq <= row.Seq {
				inside = append(inside, tick)
			}
		}
		last := inside[len(inside)-1]
		if row.Timestamp != last.Timestamp || row.Serial < last.Serial {
			t.Errorf("row %d has timestamp %d and serial %d; its last tick %d and %d", i, row.Timestamp, row.Serial, last.Timestamp, last.Serial)
		}
		for _, tick := range inside {
			if tick.Timestamp/interval != last.Timestamp/interval {
				t.Errorf("row %d has ticks of two intervals", i)
			}
		}
		for column, series := range row.Catalog.Series {
			expectCell(t, row, column, inside, series.Metric)
		}
	}
}

func expectCell(t *testing.T, row *hub.Tick, column int, inside []*hub.Tick, name string) {
	t.Helper()
	sum, count, least, most := 0.0, 0, math.NaN(), math.NaN()
	for _, tick := range inside {
		if value := valueOf(tick, name); !math.IsNaN(value) {
			if count++; count == 1 {
				least, most = value, value
			}
			sum, least, most = sum+value, min(least, value), max(most, value)
		}
	}
	mean, low, high := math.NaN(), math.NaN(), math.NaN()
	if at, has := row.Column(column); has {
		mean, low, high = row.Values[at], row.Min[at], row.Max[at]
	}
	if fmt.Sprint(low, high) != fmt.Sprint(least, most) {
		t.Errorf("%s from %d to %d: got %v to %v, expected %v to %v", name, row.From, row.Seq, low, high, least, most)
	}
	if wanted := sum / float64(count); !(math.Abs(mean-wanted) < 1e-9) && !(count == 0 && math.IsNaN(mean)) {
		t.Errorf("%s from %d to %d: mean %v, expected %v", name, row.From, row.Seq, mean, wanted)
	}
	if count > 0 && (mean < low || mean > high) {
		t.Errorf("%s: the mean %v is not between %v and %v", name, mean, low, high)
	}
}

func valueOf(tick *hub.Tick, name string) float64 {
	for column, series := range tick.Catalog.Series {
		if series.Metric == name {
			if at, has := tick.Column(column); has {
				return tick.Values[at]
			}
		}
	}
	return math.NaN()
}

// randomTicks publishes ticks of up to five series at most four seconds apart, sometimes back in time.
func randomTicks(bus hub.Bus, clock *clock, host string, random *rand.Rand, count int) {
	second := 1
	for range count {
		step := random.IntN(5)
		clock.pass(bus, step)
		if second += step; random.IntN(20) == 0 {
			second -= 15
		}
		made := tickOf(host, second)
		for _, series := range random.Perm(5)[:random.IntN(6)] {
			made.Events = append(made.Events, metric.Event{Metric: fmt.Sprintf("series%d", series), Value: random.Float64()*200 - 100})
		}
		bus.Publish(made)
	}
}

func foldedRows(t *testing.T, newBus Maker) {
	for seed := range uint64(20) {
		clock, random := newClock(), rand.New(rand.NewPCG(seed, 1))
		bus := newBus(t, hub.Options{Clock: clock.time, Backfill: time.Hour})
		bus.Describe(metric.Host{Name: "a"})
		every, folded := subscribe(t, bus), subscribe(t, bus)
		follow(t, every, "a", hub.Wish{})
		if start := follow(t, folded, "a", hub.Wish{Interval: tens}); start.Topic.Interval() != tens {
			t.Errorf("the topic has an interval of %v", start.Topic.Interval())
		}
		randomTicks(bus, clock, "a", random, 100)
		clock.pass(bus, 20)
		ticks, _ := drain(every)
		rows, skipped := drain(folded)
		expectFolded(t, rows, ticks, 10_000)
		expectOrder(t, rows)
		if skipped != 0 || len(rows) < 10 || rows[0].From != 1 || rows[len(rows)-1].Seq != 100 {
			t.Errorf("seed %d: %d rows, %d skipped", seed, len(rows), skipped)
		}
	}
}

func sweepEndsInterval(t *testing.T, newBus Maker) {
	clock, bell := newClock(), newBell()
	bus := newBus(t, hub.Options{Clock: clock.time})
	publish(bus, "a", 3, 4)
	s := bus.Subscribe(lagBytes, bell)
	defer s.Close()
	follow(t, s, "a", hub.Wish{Interval: tens})
	clock.pass(bus, 5) // the interval ends in six seconds, by the host's clock
	publish(bus, "a", 9, 9)
	if rows, _ := drain(s); len(rows) != 0 {
		t.Errorf("rows before the end: %v", describeRows(rows))
	}
	clock.pass(bus, 4)
	<-bell.rung
	rows, _ := drain(s)
	expect(t, "rows", describeRows(rows), []string{fmt.Sprint("1-3@", int64(timestamp(9)), " [cpu] [] [3] [9]")})
	publish(bus, "a", 9, 9) // late
	clock.pass(bus, 3)
	rows, _ = drain(s)
	expect(t, "what is late", describeRows(rows), []string{fmt.Sprint("4-4@", int64(timestamp(9)), " [cpu] [] [9] [9]")})
	clock.pass(bus, 30)
	if rows, _ := drain(s); len(rows) != 0 {
		t.Errorf("rows of nothing: %v", describeRows(rows))
	}
}

func foldedAgain(t *testing.T, newBus Maker) {
	for seed := range uint64(20) {
		clock, random := newClock(), rand.New(rand.NewPCG(seed, 2))
		bus := newBus(t, hub.Options{Clock: clock.time, Backfill: time.Hour})
		bus.Describe(metric.Host{Name: "a"})
		s := subscribe(t, bus)
		follow(t, s, "a", hub.Wish{Interval: tens})
		randomTicks(bus, clock, "a", random, 100)
		live, _ := drain(s)
		joined := pastOf(t, bus, "a", hub.Wish{Interval: tens, Backfill: time.Hour})
		expect(t, "who joins", describeRows(joined.Past), describeRows(live))
		s.Close()
		folded := pastOf(t, bus, "a", hub.Wish{Interval: tens, Backfill: time.Hour})
		expect(t, "who folds again", describeRows(folded.Past), describeRows(live))
		for i, row := range folded.Past {
			if row.Serial != live[i].Serial {
				t.Errorf("seed %d: row %d has serial %d, had %d", seed, i, row.Serial, live[i].Serial)
			}
		}
		if folded.Topic == joined.Topic {
			t.Error("a topic that nobody followed was kept")
		}
	}
}

func intervalsAreBounded(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	refused := 0
	for i := range 100 {
		s := subscribe(t, bus)
		_, err := s.Follow("a", hub.Wish{Interval: time.Duration(60_001+i) * time.Millisecond})
		if errors.Is(err, hub.ErrTooManyIntervals) {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused != 84 {
		t.Errorf("%d of 100 unusual intervals were refused", refused)
	}
	s := subscribe(t, bus)
	for _, interval := range []time.Duration{time.Minute, tens, 60_001 * time.Millisecond, time.Millisecond, 0} {
		follow(t, s, "a", hub.Wish{Interval: interval})
		follow(t, s, "b", hub.Wish{Interval: interval})
	}
}

func foldedColumnsMove(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: time.Minute, Backfill: time.Hour})
	s := subscribe(t, bus)
	bus.Publish(wide("a", 0, 0, 3))
	follow(t, s, "a", hub.Wish{Interval: time.Hour, Backfill: time.Hour})
	clock.pass(bus, 30)
	bus.Publish(wide("a", 30, 1, 3))
	clock.pass(bus, 30) // series0 leaves
	bus.Publish(wide("a", 60, 1, 4))
	clock.pass(bus, 3600)
	rows, _ := drain(s)
	expect(t, "rows", describeRows(rows), []string{
		fmt.Sprint("1-2@", int64(timestamp(30)), " [series0 series1 series2] [] [0 1 2] [0 1 2]"),
		fmt.Sprint("3-3@", int64(timestamp(60)), " [series1 series2 series3] [] [1 2 3] [1 2 3]"),
	})
}

func foldedLaggard(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: 10 * time.Minute})
	publish(bus, "a", 0, 0)
	const fewBytes = 1000 // a row of one series takes some 200
	s := bus.Subscribe(fewBytes, newBell())
	defer s.Close()
	follow(t, s, "a", hub.Wish{Interval: tens})
	publish(bus, "a", 1, 500)
	delivery, _ := s.Next()
	if delivery.SkippedFrom != 1 || delivery.Skipped == 0 || delivery.Skipped%10 != 0 || delivery.Skipped+1 != delivery.Tick.From {
		t.Errorf("skipped %d from %d, then a row from %d", delivery.Skipped, delivery.SkippedFrom, delivery.Tick.From)
	}
	rows, skipped := drain(s)
	if skipped != 0 || rows[0].From != delivery.Tick.Seq+1 || rows[len(rows)-1].Seq != 500 {
		t.Errorf("then %d skipped, rows from %d to %d", skipped, rows[0].From, rows[len(rows)-1].Seq)
	}
}
