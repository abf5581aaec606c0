package hubtest

import (
	"fmt"
	"testing"
	"time"

	"vitals/internal/hub"
)

// labels say which ticks of several hosts were delivered.
func labels(ticks []*hub.Tick) []string {
	var found []string
	for _, tick := range ticks {
		found = append(found, fmt.Sprintf("%s%d", tick.Catalog.Host, tick.Seq))
	}
	return found
}

func expectOrder(t *testing.T, ticks []*hub.Tick) {
	t.Helper()
	for i := 1; i < len(ticks); i++ {
		if ticks[i].Serial <= ticks[i-1].Serial {
			t.Fatalf("serial %d comes after %d", ticks[i].Serial, ticks[i-1].Serial)
		}
	}
}

func orderOverHosts(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	for _, host := range []string{"a", "b", "c"} {
		publish(bus, host, 1, 1)
	}
	s := subscribe(t, bus)
	for _, host := range []string{"c", "a", "b"} {
		follow(t, s, host, hub.Wish{})
	}
	for _, host := range []string{"b", "a", "a", "c", "b", "a", "c"} {
		publish(bus, host, 2, 2)
	}
	ticks, _ := drain(s)
	expect(t, "order", labels(ticks), []string{"b2", "a2", "a3", "c2", "b3", "a4", "c3"})
	expectOrder(t, ticks)
	if _, more := s.Next(); more {
		t.Error("there is more")
	}
}

// newestSerial: what was published before lies between the serial before and the one after, and is delivered by then.
func newestSerial(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	s := subscribe(t, bus)
	if _, err := s.FollowAll(hub.Wish{}); err != nil {
		t.Fatal(err)
	}
	for second := 1; second <= 3; second++ {
		before := bus.Serial()
		publish(bus, fmt.Sprint("host", second), second, second)
		after := bus.Serial()
		delivery, ready := s.Next()
		if !ready || delivery.Tick.Serial <= before || delivery.Tick.Serial > after {
			t.Fatalf("serial %d before, %d after; delivered %t %+v", before, after, ready, delivery.Tick)
		}
	}
}

func resumeBySerial(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: 20 * time.Second})
	var all []*hub.Tick
	s := subscribe(t, bus)
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	follow(t, s, "a", hub.Wish{})
	follow(t, s, "b", hub.Wish{})
	for second := 2; second <= 15; second++ {
		publish(bus, "b", second, second)
		publish(bus, "a", second, second)
	}
	all, _ = drain(s)
	for i, tick := range all {
		again := subscribe(t, bus)
		for _, host := range []string{"a", "b"} {
			if start := follow(t, again, host, hub.Wish{Serial: &tick.Serial, Replay: true}); start.Lost != nil || start.Past != nil {
				t.Errorf("after %d: %+v", tick.Serial, start)
			}
		}
		rest, _ := drain(again)
		expect(t, fmt.Sprintf("after %d", tick.Serial), labels(rest), labels(all[i+1:]))
	}
	publish(bus, "a", 16, 40)
	tooOld, future := all[0].Serial, all[len(all)-1].Serial+1000
	if start := pastOf(t, bus, "a", hub.Wish{Serial: &tooOld}); start.Lost == nil || start.Lost.From != 0 || start.Lost.To != start.Past[0].Seq-1 {
		t.Errorf("too old: %+v", start.Lost)
	}
	if start := pastOf(t, bus, "a", hub.Wish{Serial: &future}); start.Lost == nil || *start.Lost != (hub.Lost{}) || len(start.Past) != 20 {
		t.Errorf("never given: %+v", start.Lost)
	}
	if start := pastOf(t, bus, "b", hub.Wish{Serial: &tooOld}); start.Lost != nil {
		t.Errorf("nothing of b is lost: %+v", start.Lost)
	}
}

func replayInOrder(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: time.Hour})
	for second := range 100 {
		publish(bus, "a", second, second)
		publish(bus, "b", second, second)
	}
	const fewBytes = 800
	s := bus.Subscribe(fewBytes, newBell())
	defer s.Close()
	follow(t, s, "b", hub.Wish{Backfill: time.Minute, Replay: true})
	publish(bus, "a", 100, 100) // between the two
	follow(t, s, "a", hub.Wish{Backfill: time.Minute, Replay: true})
	ticks, skipped := drain(s)
	if len(ticks) != 120 || skipped != 0 {
		t.Errorf("%d rows, %d skipped: the past is no lag", len(ticks), skipped)
	}
	expectOrder(t, ticks)
	publish(bus, "a", 101, 200)
	ticks, skipped = drain(s)
	if uint64(len(ticks))+skipped != 100 || skipped == 0 {
		t.Errorf("%d rows and %d skipped of 100: what is live may lag", len(ticks), skipped)
	}
}

func allHosts(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: time.Minute})
	publish(bus, "a", 1, 3)
	bell := newBell()
	s := bus.Subscribe(lagBytes, bell)
	defer s.Close()
	starts, err := s.FollowAll(hub.Wish{Backfill: time.Hour})
	if err != nil || len(starts) != 1 || len(starts[0].Past) != 3 {
		t.Fatalf("starts %+v: %v", starts, err)
	}
	for second := 4; second <= 6; second++ {
		publish(bus, "b", second, second)
		publish(bus, "a", second, second)
	}
	<-bell.rung
	ticks, skipped := drain(s)
	expect(t, "a host comes", labels(ticks), []string{"b1", "a4", "b2", "a5", "b3", "a6"})
	publish(bus, "c", 7, 7)
	<-bell.rung
	publish(bus, "c", 8, 8)
	publish(bus, "b", 8, 8)
	ticks, more := drain(s)
	expect(t, "another comes", labels(ticks), []string{"c1", "c2", "b4"})
	publish(bus, "c", 9, 9)
	<-bell.rung
	ticks, evenMore := drain(s)
	expect(t, "its topic is followed", labels(ticks), []string{"c3"})
	if skipped+more+evenMore != 0 {
		t.Error("something was skipped")
	}
	follow(t, subscribe(t, bus), "a", hub.Wish{}) // it is kept for that one
	clock.pass(bus, 100)                          // all leave
	drain(s)
	clock.pass(bus, 1)
	publish(bus, "a", 200, 200)
	ticks, _ = drain(s)
	if len(ticks) != 1 || ticks[0].Catalog.Host != "a" {
		t.Errorf("a host that comes again: %v", labels(ticks))
	}
}

func allHostsFolded(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	s := subscribe(t, bus)
	if starts, err := s.FollowAll(hub.Wish{Interval: tens}); err != nil || len(starts) > 0 {
		t.Fatalf("%d hosts of none: %v", len(starts), err)
	}
	publish(bus, "a", 1, 12)
	publish(bus, "b", 1, 2)
	var rows []*hub.Tick
	take := func() {
		more, skipped := drain(s)
		if rows = append(rows, more...); skipped != 0 {
			t.Errorf("%d skipped", skipped)
		}
	}
	take()
	publish(bus, "b", 3, 12)
	publish(bus, "a", 13, 22)
	take()
	expect(t, "rows", labels(rows), []string{"a9", "b9", "a19"})
	expectOrder(t, rows)
	if rows[0].From != 1 || rows[1].From != 1 || rows[2].From != 10 {
		t.Errorf("rows begin at %d, %d, %d", rows[0].From, rows[1].From, rows[2].From)
	}
}
