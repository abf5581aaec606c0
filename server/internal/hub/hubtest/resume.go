package hubtest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

func noSeam(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 10)
	s := subscribe(t, bus)
	start := follow(t, s, "a", hub.Wish{Backfill: time.Hour})
	expectSeqs(t, "past", seqs(start.Past), 1, 10)
	publish(bus, "a", 11, 15)
	live, skipped := drain(s)
	expectSeqs(t, "live", seqs(live), 11, 15)
	if skipped != 0 || live[0].Values[0] != 11 {
		t.Errorf("skipped %d, first value %v", skipped, live[0].Values)
	}
	if start.Topic.Host() != "a" || start.Topic.Interval() != 0 || start.Host.Name != "a" {
		t.Errorf("start: %+v", start)
	}
}

func backfillInTime(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 50)
	for name, test := range map[string]struct {
		backfill time.Duration
		from, to uint64
	}{
		"the ring's all": {time.Hour, 31, 50},
		"five seconds":   {5 * time.Second, 46, 50},
		"nothing":        {0, 1, 0},
	} {
		expectSeqs(t, name, seqs(pastOf(t, bus, "a", hub.Wish{Backfill: test.backfill}).Past), test.from, test.to)
	}
	bus.Describe(metric.Host{Name: "mute"})
	if start := pastOf(t, bus, "mute", hub.Wish{Backfill: time.Hour}); len(start.Past) != 0 || start.Lost != nil {
		t.Errorf("a host without a past: %+v", start)
	}
}

func resumes(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 30)
	for since := uint64(10); since <= 30; since++ {
		start := pastOf(t, bus, "a", hub.Wish{Since: &metric.Position{Epoch: bus.Epoch(), Seq: since}})
		expectSeqs(t, fmt.Sprintf("since %d", since), seqs(start.Past), since+1, 30)
		if start.Lost != nil {
			t.Errorf("since %d: lost %+v", since, start.Lost)
		}
	}
}

// A subscriber that returns may want only the newest rows of what it missed; the rest is lost, and it is told.
func resumeNewest(t *testing.T, newBus Maker) {
	for since, lost := range map[uint64]*hub.Lost{28: nil, 27: nil, 26: {From: 27, To: 27}, 12: {From: 13, To: 27}, 2: {From: 3, To: 27}} {
		bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
		publish(bus, "a", 1, 30)
		s := subscribe(t, bus)
		start := follow(t, s, "a", hub.Wish{Since: &metric.Position{Epoch: bus.Epoch(), Seq: since}, Newest: 3, Replay: true})
		if (start.Lost == nil) != (lost == nil) || lost != nil && *start.Lost != *lost {
			t.Errorf("since %d: lost %+v, expected %+v", since, start.Lost, lost)
		}
		if wanted := max(since, 27); start.Behind != wanted {
			t.Errorf("since %d: goes on behind %d, expected %d", since, start.Behind, wanted)
		}
		publish(bus, "a", 31, 31)
		for seq := max(since, 27) + 1; seq <= 31; seq++ {
			delivery, found := s.Next()
			if !found || delivery.Tick.Seq != seq || delivery.Skipped > 0 || delivery.IsPast != (seq <= 30) {
				t.Fatalf("since %d: delivered %+v, expected position %d", since, delivery, seq)
			}
			if seq < 31 && delivery.Topic.RowsBehind(delivery.Tick) != 31-seq {
				t.Errorf("position %d has %d rows behind it", seq, delivery.Topic.RowsBehind(delivery.Tick))
			}
		}
	}
}

func resumeLost(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	publish(bus, "a", 1, 30)
	for name, test := range map[string]struct {
		since metric.Position
		lost  hub.Lost
	}{
		"out of the ring": {metric.Position{Epoch: bus.Epoch(), Seq: 9}, hub.Lost{From: 10, To: 10}},
		"other epoch":     {metric.Position{Epoch: "ANOTHER", Seq: 29}, hub.Lost{}},
		"from the future": {metric.Position{Epoch: bus.Epoch(), Seq: 31}, hub.Lost{}},
		"end of time":     {metric.Position{Epoch: bus.Epoch(), Seq: math.MaxUint64}, hub.Lost{}},
	} {
		start := pastOf(t, bus, "a", hub.Wish{Since: &test.since})
		expectSeqs(t, name, seqs(start.Past), 11, 30)
		if start.Lost == nil || *start.Lost != test.lost {
			t.Errorf("%s: lost %+v, expected %+v", name, start.Lost, test.lost)
		}
	}
}

func laggard(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 1)
	const fewBytes = 800 // a tick of one series takes some 200
	s := bus.Subscribe(fewBytes, newBell())
	defer s.Close()
	follow(t, s, "a", hub.Wish{})
	publish(bus, "a", 2, 200) // more than the ring holds
	delivery, _ := s.Next()
	if delivery.SkippedFrom != 2 || delivery.SkippedFrom+delivery.Skipped != delivery.Tick.From {
		t.Errorf("skipped %d from %d, then came %d", delivery.Skipped, delivery.SkippedFrom, delivery.Tick.From)
	}
	ticks, more := drain(s)
	if got := delivery.Skipped + 1 + uint64(len(ticks)); got != 199 || more != 0 {
		t.Errorf("skipped %d, then %d, and received %d of 199", delivery.Skipped, more, len(ticks)+1)
	}
	if len(ticks) < 1 || len(ticks) > 6 || ticks[len(ticks)-1].Seq != 200 {
		t.Errorf("received positions %v", seqs(ticks))
	}
}

func unfollowed(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	s := subscribe(t, bus)
	follow(t, s, "a", hub.Wish{})
	follow(t, s, "b", hub.Wish{})
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
	s.Close()
	publish(bus, "b", 3, 3)
	if _, ready := s.Next(); ready {
		t.Error("a closed subscription delivers")
	}
}

// counter counts how often it was woken.
type counter struct{ topics map[*hub.Topic]int }

func (c *counter) Wake(topic *hub.Topic) { c.topics[topic]++ }

func wakersOnce(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	wakers := []*counter{{make(map[*hub.Topic]int)}, {make(map[*hub.Topic]int)}}
	var subscriptions []*hub.Subscription
	var topic *hub.Topic
	for i := range 100 {
		s := bus.Subscribe(lagBytes, wakers[i%2])
		topic = follow(t, s, "a", hub.Wish{}).Topic
		subscriptions = append(subscriptions, s)
	}
	publish(bus, "b", 2, 2)
	publish(bus, "a", 2, 4)
	for _, waker := range wakers {
		expect(t, "woken", waker.topics, map[*hub.Topic]int{topic: 3})
	}
	for i, s := range subscriptions {
		if i != 1 {
			s.Close()
		}
	}
	publish(bus, "a", 5, 5)
	expect(t, "woken without a subscription", wakers[0].topics[topic], 3)
	expect(t, "woken for the last one", wakers[1].topics[topic], 4)
}
