package hub

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"vitals/internal/metric"
)

func TestMeansStayFiniteAndBetweenTheExtremes(t *testing.T) {
	for name, test := range map[string]struct {
		values []float64
		mean   float64
	}{
		"one":              {[]float64{42.5}, 42.5},
		"equal":            {[]float64{0.1, 0.1, 0.1}, 0.1},
		"huge":             {[]float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64},
		"huge, both signs": {[]float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, -math.MaxFloat64}, 0},
		"huge and usual":   {[]float64{math.MaxFloat64, math.MaxFloat64, 1, 1}, math.MaxFloat64 / 2},
		"smallest":         {[]float64{math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64}, math.SmallestNonzeroFloat64},
		"mixed":            {[]float64{1, 2, 6}, 3},
	} {
		var sum sum
		for _, value := range test.values {
			sum.add(value)
		}
		if got := sum.mean(unknownDecimals); got != test.mean {
			t.Errorf("%s: mean %v, expected %v", name, got, test.mean)
		}
	}
	var empty sum
	if mean := empty.mean(0); !math.IsNaN(mean) || !math.IsNaN(empty.least()) || !math.IsNaN(empty.most()) {
		t.Error("a series without a value has one")
	}
}

func TestMeansHaveTheDigitsOfTheFamily(t *testing.T) {
	var means sum
	for _, value := range []float64{42.3, 42.1, 42.2, 42.3} {
		means.add(value)
	}
	if got := means.mean(1); got != 42.2 {
		t.Errorf("got %v, expected 42.2", got)
	}
	var huge sum
	huge.add(1e308) // rounding it multiplies first
	if got := huge.mean(3); got != 1e308 {
		t.Errorf("got %v, expected 1e308", got)
	}
}

func TestIntervalsOfNegativeTimes(t *testing.T) {
	f := fold{intervalMs: 10}
	for timestamp, bucket := range map[metric.TimestampMs]metric.TimestampMs{0: 0, 9: 0, 10: 1, -1: -1, -10: -1, -11: -2} {
		if got := f.bucketOf(timestamp); got != bucket {
			t.Errorf("%d is in interval %d, expected %d", timestamp, got, bucket)
		}
	}
}

func TestMarksAreForgotten(t *testing.T) {
	var past marks
	const kept = 100
	for second := range 10_000 {
		past.add(mark{at: time.Duration(second), serial: uint64(10 * second)}, kept)
	}
	if len(past.list) > 2*kept+2 || len(past.list) < kept {
		t.Errorf("%d marks are remembered, expected %d to %d", len(past.list), kept, 2*kept)
	}
	const slot, behind = 3, 99_500
	if serial, found := past.firstDue(slot, behind, 9_960); !found || serial != 99_603 {
		t.Errorf("due by time: %d, %v", serial, found)
	}
	if serial, found := past.firstDue(slot, behind, 9_940); !found || serial != 99_503 {
		t.Errorf("due at once: %d, %v", serial, found)
	}
	if serial, found := past.firstDue(slot, behind, 10_000); found {
		t.Errorf("not due yet: %d", serial)
	}
	if serial, found := past.firstDue(slot, 50, 5); !found || serial != 51 {
		t.Errorf("in forgotten times: %d, %v", serial, found)
	}
}

// The ring is checked against a slice that does the same slowly.
func TestRingAgainstASlice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	ring, all := newRing(), []*Tick(nil)
	var age, bytes uint64
	for i := range 20_000 {
		age += random.Uint64N(3)
		tick := &Tick{Seq: uint64(i), age: time.Duration(age), Values: make([]float64, random.IntN(5))}
		bytes += tick.sizeBytes()
		tick.endBytes = bytes
		ring.push(tick)
		all = append(all, tick)
		maxAge, maxBytes := 1+random.Int64N(1000), random.Uint64N(100_000)
		dropped := ring.bound(time.Duration(maxAge), maxBytes)
		before := all
		for held(all) > maxBytes && len(all) > 1 || tick.age-all[0].age >= time.Duration(maxAge) {
			all = all[1:]
		}
		if gone := len(before) - len(all); (dropped == nil) != (gone == 0) || gone > 0 && dropped != before[gone-1] {
			t.Fatalf("tick %d: dropped %v", i, dropped)
		}
		if got := ring.since(ring.first); fmt.Sprint(got) != fmt.Sprint(all) {
			t.Fatalf("tick %d: the ring holds %d, the slice %d", i, len(got), len(all))
		}
		if len(ring.ticks) > leastRing && len(ring.ticks) > 8*len(all) {
			t.Fatalf("tick %d: room for %d ticks is kept for %d", i, len(ring.ticks), len(all))
		}
	}
}

func held(ticks []*Tick) (bytes uint64) {
	for _, tick := range ticks {
		bytes += tick.sizeBytes()
	}
	return bytes
}

// What subscriptions and hosts leave behind when they go is nothing.
func TestNothingIsLeftBehind(t *testing.T) {
	now := time.Unix(1_690_000_000, 0)
	bus := New(Options{Clock: func() time.Time { return now }, SeriesIdle: time.Minute, MaxHosts: 5})
	for round := range 20 {
		var subscriptions []*Subscription
		for number := range 5 {
			name := fmt.Sprintf("host-%d-%d", round, number)
			bus.Publish(metric.Update{Host: name, Events: []metric.Event{{Metric: "cpu", Value: 1}}})
			s := bus.Subscribe(1, new(silentWaker))
			if _, err := s.FollowAll(Wish{Interval: time.Duration(number) * time.Minute}); err != nil {
				t.Fatal(err)
			}
			s.Next()
			subscriptions = append(subscriptions, s)
		}
		for range 62 {
			now = now.Add(time.Second)
			bus.Sweep(now)
		}
		if len(bus.order) != 0 || len(bus.hosts) != 5 {
			t.Fatalf("%d hosts are there, %d are kept for their followers", len(bus.order), len(bus.hosts))
		}
		for _, s := range subscriptions {
			s.Close()
		}
		bus.Sweep(now)
	}
	if len(bus.hosts)+len(bus.intervals)+bus.series+bus.undescribed+len(bus.everyone.counts) != 0 || bus.undescribedBytes != 0 {
		t.Errorf("left: hosts %d, intervals %d, series %d, followers of all %d, bytes %d",
			len(bus.hosts), len(bus.intervals), bus.series, len(bus.everyone.counts), bus.undescribedBytes)
	}
	if len(bus.slots) > 5 {
		t.Errorf("%d slots of at most 5 hosts at a time", len(bus.slots))
	}
}

type silentWaker struct{ _ byte }

func (*silentWaker) Wake(*Topic) {}
