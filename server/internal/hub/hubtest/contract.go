// Package hubtest is the contract of a [hub.Bus], as a test that every twin passes.
package hubtest

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

const lagBytes = 1 << 20

// Run checks the contract. The constructor makes an empty bus with the options, and ends it with the test.
func Run(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, func(testing.TB, hub.Options) hub.Bus){
		"positions count from one":              positionsCount,
		"hosts keep their order":                hostsKeepOrder,
		"catalogue only grows":                  catalogGrows,
		"bad events are left out":               badEventsAreLeftOut,
		"past and live have no seam":            noSeam,
		"backfill is bounded in time":           backfillInTime,
		"resume sends what came after":          resumes,
		"resume says what is lost":              resumeLost,
		"laggard skips the oldest and is told":  laggard,
		"unfollowed host is silent":             unfollowed,
		"publish does not wait for subscribers": publishDoesNotWait,
		"everything at once":                    everythingAtOnce,
	} {
		t.Run(name, func(t *testing.T) { check(t, newBus) })
	}
}

// update makes a tick of a host in second `second` with cpu as its value.
func update(host string, second int, cpu float64) metric.Update {
	timestamp := metric.TimestampMs(1_690_000_000_000 + int64(second)*1000)
	return metric.Update{Host: host, Timestamp: timestamp, Events: []metric.Event{{Metric: "cpu", Value: cpu, Timestamp: timestamp}}}
}

func publish(bus hub.Bus, host string, from, to int) {
	for second := from; second <= to; second++ {
		bus.Publish(update(host, second, float64(second)))
	}
}

func follow(t testing.TB, s *hub.Subscription, host string, backfill time.Duration, since *metric.Position) hub.Start {
	t.Helper()
	start, err := s.Follow(host, hub.Wish{Backfill: backfill, Since: since})
	if err != nil {
		t.Fatalf("follow %s: %v", host, err)
	}
	return start
}

// bell is a waker for one subscription.
type bell struct{ rung chan struct{} }

func newBell() *bell { return &bell{rung: make(chan struct{}, 1)} }

func (b *bell) Wake(*hub.Topic) {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// seqs are the positions of ticks; all must be of one host, so they say which seconds were seen.
func seqs(ticks []*hub.Tick) []uint64 {
	var found []uint64
	for _, tick := range ticks {
		found = append(found, tick.Seq)
	}
	return found
}

func expectSeqs(t testing.TB, what string, got []uint64, from, to uint64) {
	t.Helper()
	var want []uint64
	for seq := from; seq <= to; seq++ {
		want = append(want, seq)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got positions %v, expected %v", what, got, want)
	}
}

func drain(s *hub.Subscription) (ticks []*hub.Tick, skipped uint64) {
	for {
		delivery, ready := s.Next()
		if !ready {
			return ticks, skipped
		}
		ticks = append(ticks, delivery.Tick)
		skipped += delivery.Skipped
	}
}

func positionsCount(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{})
	for want := uint64(1); want <= 3; want++ {
		position, _ := bus.Publish(update("a", int(want), 1))
		if position.Seq != want || position.Epoch != bus.Epoch() {
			t.Errorf("got position %+v, expected seq %d of epoch %s", position, want, bus.Epoch())
		}
	}
	if position, _ := bus.Publish(update("b", 1, 1)); position.Seq != 1 {
		t.Errorf("another host begins at %d", position.Seq)
	}
	if other := newBus(t, hub.Options{}); other.Epoch() == bus.Epoch() {
		t.Error("two buses have the same epoch")
	}
}

func hostsKeepOrder(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{})
	bus.Describe(metric.Host{Name: "own", Hostname: "own.example"})
	publish(bus, "second", 1, 1)
	bus.Describe(metric.Host{Name: "second", Kernel: "Linux"})
	hosts := bus.Hosts()
	if len(hosts) != 2 || hosts[0].Hostname != "own.example" || hosts[1].Kernel != "Linux" {
		t.Errorf("got %+v", hosts)
	}
}

func catalogGrows(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Families: []metric.Family{{Name: "cpu", Unit: metric.Percent, Help: "busy"}}})
	publish(bus, "a", 1, 1)
	before, _ := bus.Catalog("a")
	later := update("a", 2, 2)
	later.Events = append(later.Events, metric.Event{Metric: "disk{device=sdb}", Value: 7})
	bus.Publish(later)
	after, _ := bus.Catalog("a")
	if len(before.Series) != 1 || before.Series[0].Unit != metric.Percent || before.Series[0].Help != "busy" {
		t.Errorf("first catalogue: %+v", before.Series)
	}
	if len(after.Series) != 2 || after.Series[0].Metric != "cpu" || after.Series[1].Labels["device"] != "sdb" {
		t.Errorf("second catalogue: %+v", after.Series)
	}
	if _, known := bus.Catalog("nobody"); known {
		t.Error("an unknown host has a catalogue")
	}
}

func badEventsAreLeftOut(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{})
	bad := update("a", 1, math.NaN())
	bad.Events = append(bad.Events, metric.Event{Metric: "not a name", Value: 1}, metric.Event{Metric: "inf", Value: math.Inf(1)},
		metric.Event{Metric: "good", Value: 3})
	bus.Publish(bad)
	catalog, _ := bus.Catalog("a")
	if len(catalog.Series) != 1 || catalog.Series[0].Metric != "good" {
		t.Errorf("catalogue: %+v", catalog.Series)
	}
}

func noSeam(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 10)
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	start := follow(t, s, "a", time.Hour, nil)
	expectSeqs(t, "past", seqs(start.Past), 1, 10)
	publish(bus, "a", 11, 15)
	live, skipped := drain(s)
	expectSeqs(t, "live", seqs(live), 11, 15)
	if skipped != 0 || live[0].Values[0] != 11 {
		t.Errorf("skipped %d, first value %v", skipped, live[0].Values)
	}
}

func backfillInTime(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 50)
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	expectSeqs(t, "the ring's all", seqs(follow(t, s, "a", time.Hour, nil).Past), 31, 50)
	expectSeqs(t, "five seconds", seqs(follow(t, s, "a", 5*time.Second, nil).Past), 46, 50)
	expectSeqs(t, "nothing", seqs(follow(t, s, "a", 0, nil).Past), 1, 0)
}

func resumes(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 30)
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	for since := uint64(10); since <= 30; since++ {
		start := follow(t, s, "a", 0, &metric.Position{Epoch: bus.Epoch(), Seq: since})
		expectSeqs(t, fmt.Sprintf("since %d", since), seqs(start.Past), since+1, 30)
		if start.Lost != nil {
			t.Errorf("since %d: lost %+v", since, start.Lost)
		}
	}
}

func resumeLost(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 30)
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	for name, test := range map[string]struct {
		since metric.Position
		lost  hub.Lost
	}{
		"out of the ring": {metric.Position{Epoch: bus.Epoch(), Seq: 9}, hub.Lost{From: 10, To: 10}},
		"other epoch":     {metric.Position{Epoch: "ANOTHER", Seq: 29}, hub.Lost{}},
		"from the future": {metric.Position{Epoch: bus.Epoch(), Seq: 31}, hub.Lost{}},
		"end of time":     {metric.Position{Epoch: bus.Epoch(), Seq: math.MaxUint64}, hub.Lost{}},
	} {
		start := follow(t, s, "a", 0, &test.since)
		expectSeqs(t, name, seqs(start.Past), 11, 30)
		if start.Lost == nil || *start.Lost != test.lost {
			t.Errorf("%s: lost %+v, expected %+v", name, start.Lost, test.lost)
		}
	}
}

func laggard(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 1)
	const fewBytes = 800 // a tick of one series takes some 200
	s := bus.Subscribe(fewBytes, newBell())
	defer s.Close()
	follow(t, s, "a", 0, nil)
	publish(bus, "a", 2, 200) // more than the ring holds
	ticks, skipped := drain(s)
	if got := skipped + uint64(len(ticks)); got != 199 {
		t.Errorf("skipped %d and received %d of 199", skipped, len(ticks))
	}
	if len(ticks) < 2 || len(ticks) > 7 || ticks[len(ticks)-1].Seq != 200 {
		t.Errorf("received positions %v", seqs(ticks))
	}
}

func unfollowed(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	follow(t, s, "a", 0, nil)
	follow(t, s, "b", 0, nil)
	s.Unfollow("a")
	s.Unfollow("nobody")
	publish(bus, "a", 2, 2)
	publish(bus, "b", 2, 2)
	delivery, ready := s.Next()
	if !ready || delivery.Host != "b" {
		t.Errorf("got %+v, %v", delivery, ready)
	}
	if delivery, ready := s.Next(); ready {
		t.Errorf("got a second one: %+v", delivery)
	}
	if _, err := s.Follow("nobody", hub.Wish{}); err == nil {
		t.Error("followed an unknown host")
	}
}

func publishDoesNotWait(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	for range 100 {
		s := bus.Subscribe(lagBytes, newBell())
		defer s.Close()
		follow(t, s, "a", 0, nil)
	}
	publish(bus, "a", 2, 1000) // nobody reads; this returns or the test run's own deadline fails it
}

// everythingAtOnce is for the race detector, and checks that each subscriber sees every position once.
func everythingAtOnce(t *testing.T, newBus func(testing.TB, hub.Options) hub.Bus) {
	const ticks, subscribers = 2000, 8
	bus := newBus(t, hub.Options{Backfill: time.Hour})
	publish(bus, "a", 1, 1)
	var group sync.WaitGroup
	for range subscribers {
		group.Go(func() {
			bell := newBell()
			s := bus.Subscribe(1<<30, bell)
			defer s.Close()
			start := follow(t, s, "a", time.Hour, nil)
			next := start.Past[len(start.Past)-1].Seq + 1
			bell.Wake(nil) // a tick may have come before Follow returned
			for next <= ticks {
				<-bell.rung
				live, skipped := drain(s)
				for _, tick := range live {
					if tick.Seq != next || skipped != 0 {
						t.Errorf("got %d, expected %d (skipped %d)", tick.Seq, next, skipped)
						return
					}
					next++
				}
			}
		})
	}
	group.Go(func() {
		for range 200 {
			bus.Hosts()
			bus.Catalog("a")
			s := bus.Subscribe(lagBytes, newBell())
			follow(t, s, "a", time.Second, nil)
			s.Close()
		}
	})
	publish(bus, "a", 2, ticks)
	group.Wait()
}
