package hubtest

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

func idleSeriesLeave(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: time.Minute, MaxTotal: 4})
	bus.Publish(wide("a", 1, 0, 4))
	s := subscribe(t, bus)
	before := follow(t, s, "a", hub.Wish{Backfill: time.Hour})
	clock.pass(bus, 59)
	bus.Publish(tickOf("a", 60, metric.Event{Metric: "series1", Value: 1}, metric.Event{Metric: "series3", Value: 3}))
	if catalog, _ := bus.Catalog("a"); len(catalog.Series) != 4 {
		t.Errorf("series left early: %v", names(catalog))
	}
	clock.pass(bus, 1)
	after, _ := bus.Catalog("a")
	expect(t, "series that are left", names(after), []string{"series1", "series3"})
	expect(t, "the old catalogue", names(before.Catalog), []string{"series0", "series1", "series2", "series3"})

	bus.Publish(tickOf("a", 61, metric.Event{Metric: "series3", Value: 33}))
	bus.Publish(tickOf("a", 62, metric.Event{Metric: "series0", Value: 0}, metric.Event{Metric: "new", Value: 5}))
	rows, _ := drain(s)
	if len(rows) != 3 || rows[1].Catalog != after {
		t.Fatalf("%d rows, or another catalogue", len(rows))
	}
	if at, _ := rows[1].Column(1); rows[1].Values[at] != 33 {
		t.Errorf("the column has not moved: %+v", rows[1])
	}
	expect(t, "series that came again", names(rows[2].Catalog), []string{"series1", "series3", "series0", "new"})
	_, rejected := bus.Publish(tickOf("a", 63, metric.Event{Metric: "more", Value: 1}))
	expectRejected(t, rejected, map[int]error{0: hub.ErrTooManyTotal})
}

// watch collects the changes of hosts as words.
func watch(t *testing.T, bus hub.Bus) func() []string {
	var changes []string
	t.Cleanup(bus.WatchHosts(func(change hub.HostChange) {
		changes = append(changes, fmt.Sprintf("%s %s", change.Host.Name, change.State))
	}))
	return func() []string { return changes }
}

func hostsLeave(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: time.Minute, MaxHosts: 1})
	changes := watch(t, bus)
	bus.Describe(metric.Host{Name: "own"})
	publish(bus, "own", 1, 1)
	publish(bus, "guest", 1, 7)
	clock.pass(bus, 70)
	expect(t, "changes", changes(), []string{"own live", "guest live", "own silent", "guest silent", "guest gone"})
	if hosts := bus.Hosts(); len(hosts) != 1 || hosts[0].Name != "own" {
		t.Errorf("hosts: %+v", hosts)
	}
	if _, err := subscribe(t, bus).Follow("guest", hub.Wish{}); !errors.Is(err, hub.ErrUnknownHost) {
		t.Errorf("a host that left can be followed: %v", err)
	}
	if _, known := bus.Catalog("guest"); known {
		t.Error("a host that left has a catalogue")
	}
	position, rejected := bus.Publish(update("guest", 80, 1))
	if len(rejected) > 0 || position.Seq <= 7 {
		t.Errorf("it comes back at %d: a position came twice; %v", position.Seq, rejected)
	}
	start := pastOf(t, bus, "guest", hub.Wish{Since: &metric.Position{Epoch: bus.Epoch(), Seq: 3}})
	if start.Lost == nil || *start.Lost != (hub.Lost{}) || len(start.Past) != 1 {
		t.Errorf("resumed over the absence: %+v, %d rows", start.Lost, len(start.Past))
	}
}

func followersOfAHostThatLeft(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: time.Minute})
	publish(bus, "guest", 1, 3)
	s := subscribe(t, bus)
	start := follow(t, s, "guest", hub.Wish{})
	clock.pass(bus, 100)
	if hosts := bus.Hosts(); len(hosts) != 0 {
		t.Errorf("hosts: %+v", hosts)
	}
	publish(bus, "guest", 100, 101)
	ticks, skipped := drain(s)
	expectSeqs(t, "after the absence", seqs(ticks), 4, 5)
	if skipped != 0 || len(ticks) > 0 && len(ticks[0].Catalog.Series) != 1 {
		t.Errorf("skipped %d, catalogue %v", skipped, names(ticks[0].Catalog))
	}
	if again := follow(t, s, "guest", hub.Wish{}); again.Topic != start.Topic {
		t.Error("it has become another topic")
	}
}

func silence(t *testing.T, newBus Maker) {
	for name, test := range map[string]struct {
		interval     time.Duration
		gaps         []int // seconds between the updates
		burst        int   // updates at the same moment
		silentBehind int   // seconds after the last one
	}{
		"one update":         {time.Second, nil, 1, 15},
		"each second":        {time.Second, []int{1, 1, 1}, 1, 15},
		"each minute":        {time.Second, []int{60}, 1, 180},
		"bursts each minute": {time.Second, []int{60, 60}, 60, 180},
		"each quarter hour":  {time.Second, []int{900, 900}, 1, 900},
		"slow sampler":       {20 * time.Second, []int{20, 20}, 1, 65},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			bus := newBus(t, hub.Options{Clock: clock.time, Interval: test.interval})
			for _, gap := range append([]int{0}, test.gaps...) {
				clock.pass(bus, gap)
				for range test.burst {
					bus.Publish(update("a", 1, 1))
				}
			}
			last := metric.TimestampOf(clock.time())
			var changes []hub.HostChange
			defer bus.WatchHosts(func(change hub.HostChange) { changes = append(changes, change) })()
			clock.pass(bus, test.silentBehind)
			if len(changes) > 0 || bus.Hosts()[0].SilentSince != 0 {
				t.Errorf("silent too early: %+v", changes)
			}
			clock.pass(bus, 10)
			if len(changes) != 1 || changes[0].State != hub.HostSilent || changes[0].Since != last {
				t.Errorf("got %+v, expected silent since %d, once", changes, last)
			}
			if since := bus.Hosts()[0].SilentSince; since != last {
				t.Errorf("silent since %d, expected %d", since, last)
			}
		})
	}
}

func comesBack(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time})
	publish(bus, "a", 1, 1)
	changes := watch(t, bus)
	clock.pass(bus, 20)
	publish(bus, "a", 2, 3)
	expect(t, "changes", changes(), []string{"a silent", "a live"})
	if since := bus.Hosts()[0].SilentSince; since != 0 {
		t.Errorf("still silent since %d", since)
	}
	stop := bus.WatchHosts(func(hub.HostChange) { t.Error("told after stop") })
	stop()
	publish(bus, "b", 1, 1)
	expect(t, "changes", changes(), []string{"a silent", "a live", "b live"})
}

func pauseOfTheProcess(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time})
	publish(bus, "a", 1, 1)
	clock.pass(bus, 3)
	changes := watch(t, bus)
	clock.jump(2 * time.Hour)
	clock.pass(bus, 5)
	expect(t, "changes after a pause", changes(), []string(nil))
	if catalog, _ := bus.Catalog("a"); len(catalog.Series) != 1 {
		t.Error("a series left because of the pause")
	}
	clock.pass(bus, 15)
	expect(t, "changes when nothing comes after it", changes(), []string{"a silent"})
}

func burstOfPast(t *testing.T, newBus Maker) {
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, Backfill: 5 * time.Minute})
	publish(bus, "a", -900, -1) // a quarter of an hour, at one moment
	if past := pastOf(t, bus, "a", hub.Wish{Backfill: time.Hour}).Past; len(past) != 300 {
		t.Errorf("%d rows of a burst, expected 300", len(past))
	}
	for second := range 100 {
		clock.pass(bus, 1)
		publish(bus, "a", second, second)
	}
	past := pastOf(t, bus, "a", hub.Wish{Backfill: time.Hour}).Past
	if len(past) != 300 || past[299].Timestamp-past[0].Timestamp != 299_000 {
		t.Errorf("%d rows from %d to %d", len(past), past[0].Timestamp, past[len(past)-1].Timestamp)
	}
	short := newBus(t, hub.Options{Clock: clock.time, Backfill: 3 * time.Second})
	publish(short, "a", 1, 6)
	expectSeqs(t, "a short backfill", seqs(pastOf(t, short, "a", hub.Wish{Backfill: time.Hour}).Past), 4, 6)
	if past := pastOf(t, bus, "a", hub.Wish{Backfill: time.Minute}).Past; len(past) != 60 {
		t.Errorf("%d rows of the last minute", len(past))
	}
}

// clockIsSet sets a host's clock forward and back, by an hour and for good, and lets it tremble.
func clockIsSet(t *testing.T, newBus Maker) {
	const backfill = 100
	for name, offset := range map[string]func(second int) int{
		"back for good":         func(second int) int { return -3600 * min(1, second/500) },
		"forward for good":      func(second int) int { return 3600 * min(1, second/500) },
		"forward and back":      func(second int) int { return 3600 * (second / 500 % 2) },
		"two clocks, an hour":   func(second int) int { return 3600 * (second % 2) },
		"forward, for one tick": func(second int) int { return 3600 * max(0, 1-max(second-500, 500-second)) },
		"to the end of time":    func(second int) int { return min(1, second/500) * math.MaxInt32 },
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			bus := newBus(t, hub.Options{Clock: clock.time, Backfill: backfill * time.Second})
			for second := range 1000 {
				clock.pass(bus, 1)
				bus.Publish(update("a", second+offset(second), 1))
				held := len(pastOf(t, bus, "a", hub.Wish{Backfill: time.Hour}).Past)
				if wanted := min(second+1, backfill); held > wanted || held < wanted*8/10 {
					t.Fatalf("second %d: %d rows are remembered, expected about %d", second, held, wanted)
				}
			}
		})
	}
}
