package hubtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

func resumeFolded(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 95) // 36 to 95 are left
	wish := hub.Wish{Interval: tens}
	for since := uint64(35); since <= 95; since++ {
		wish.Since = &metric.Position{Epoch: bus.Epoch(), Seq: since}
		start := pastOf(t, bus, "a", wish)
		if len(start.Past) > 0 && (start.Past[0].Seq <= since || start.Past[0].From > since+1) {
			t.Errorf("since %d begins with %d to %d", since, start.Past[0].From, start.Past[0].Seq)
		}
		if start.Lost != nil || (len(start.Past) == 0) != (since >= 89) {
			t.Errorf("since %d: %d rows, lost %+v", since, len(start.Past), start.Lost)
		}
	}
	wish.Since = &metric.Position{Epoch: bus.Epoch(), Seq: 20}
	start := pastOf(t, bus, "a", wish)
	if start.Lost == nil || *start.Lost != (hub.Lost{From: 21, To: 35}) || start.Past[0].From != 36 {
		t.Errorf("lost %+v, then from %d", start.Lost, start.Past[0].From)
	}
	wish.Since = &metric.Position{Epoch: bus.Epoch(), Seq: 96}
	if start := pastOf(t, bus, "a", wish); start.Lost == nil || *start.Lost != (hub.Lost{}) {
		t.Errorf("from the future: %+v", start.Lost)
	}
}

// resumeFoldedBySerial cuts a folded stream of several hosts after every row, when each topic has been forgotten meanwhile.
func resumeFoldedBySerial(t *testing.T, newBus Maker) {
	clock, random := newClock(), rand.New(rand.NewPCG(3, 3))
	bus := newBus(t, hub.Options{Clock: clock.time, Backfill: time.Hour})
	hosts := []string{"a", "b", "c"}
	s := subscribe(t, bus)
	for _, host := range hosts {
		bus.Describe(metric.Host{Name: host})
		follow(t, s, host, hub.Wish{Interval: tens})
	}
	for second := range 120 {
		clock.pass(bus, 1)
		for _, host := range hosts {
			if random.IntN(12) == 0 {
				publish(bus, host, second, second)
			}
		}
	}
	live, _ := drain(s)
	expectOrder(t, live)
	s.Close()
	for i, row := range live {
		again := subscribe(t, bus)
		for _, host := range hosts {
			follow(t, again, host, hub.Wish{Interval: tens, Serial: &row.Serial, Replay: true})
		}
		rest, _ := drain(again)
		expect(t, fmt.Sprintf("after row %d", i), labels(rest), labels(live[i+1:]))
		again.Close()
	}
}

// resumeFoldedLost: a row that can only be made of the rest of its ticks is not what was missed.
func resumeFoldedLost(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Backfill: time.Minute})
	publish(bus, "a", 1, 39)
	s := subscribe(t, bus)
	follow(t, s, "a", hub.Wish{Interval: tens})
	publish(bus, "a", 40, 40)
	rows, _ := drain(s)
	s.Close()
	wish := hub.Wish{Interval: tens, Serial: &rows[0].Serial}
	publish(bus, "a", 41, 99)
	if start := pastOf(t, bus, "a", wish); start.Lost != nil || start.Past[0].From != 40 {
		t.Errorf("lost %+v, goes on with %d", start.Lost, start.Past[0].From)
	}
	publish(bus, "a", 100, 100) // 41 to 100 are left
	if start := pastOf(t, bus, "a", wish); start.Lost == nil || *start.Lost != (hub.Lost{To: 40}) {
		t.Errorf("lost %+v, goes on with %d", start.Lost, start.Past[0].From)
	}
}

// resumeFoldedSilent: a host that is silent for longer than sweeps are remembered still has its rows, each under a serial
// of its own.
func resumeFoldedSilent(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, Backfill: 10 * time.Second})
	bus.Describe(metric.Host{Name: "a"})
	publish(bus, "other", 1, 1)
	other, s := subscribe(t, bus), subscribe(t, bus)
	follow(t, other, "other", hub.Wish{Interval: tens}) // so that sweeps count
	follow(t, s, "a", hub.Wish{Interval: 2 * time.Second})
	publish(bus, "a", 1, 2) // of two intervals
	live, _ := drain(s)
	clock.pass(bus, 1)
	s.Close()
	clock.pass(bus, 60)
	start := pastOf(t, bus, "a", hub.Wish{Interval: 2 * time.Second, Serial: &live[0].Serial})
	if len(live) != 1 || len(start.Past) != 1 || start.Past[0].Seq != 2 || start.Lost != nil {
		t.Fatalf("after %v came %v, lost %+v", describeRows(live), describeRows(start.Past), start.Lost)
	}
	publish(bus, "a", 61, 61)
	if newest := pastOf(t, bus, "a", hub.Wish{Backfill: time.Hour}).Past; newest[len(newest)-1].Serial <= start.Past[0].Serial {
		t.Error("a row has the serial of a tick behind it")
	}
}
