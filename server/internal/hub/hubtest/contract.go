// Package hubtest is the contract of a [hub.Bus], as a test that every twin passes.
package hubtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

const lagBytes = 1 << 20

// Maker makes an empty bus with the options, and ends it with the test.
type Maker func(testing.TB, hub.Options) hub.Bus

// Run checks the contract.
func Run(t *testing.T, newBus Maker) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, Maker){
		"positions count from one":                   positionsCount,
		"hosts keep their order":                     hostsKeepOrder,
		"catalogue grows":                            catalogGrows,
		"what the publisher says of a series":        hints,
		"rows of few series are sparse":              sparseRows,
		"bad events are left out":                    badEventsAreLeftOut,
		"series are bounded":                         seriesAreBounded,
		"what is pushed takes no room from sensors":  sortsApart,
		"hosts are bounded":                          hostsAreBounded,
		"series in all are bounded":                  totalIsBounded,
		"idle series leave":                          idleSeriesLeave,
		"hosts without series leave":                 hostsLeave,
		"a host that left is kept for its followers": followersOfAHostThatLeft,
		"silence follows the gap":                    silence,
		"a pause of the process is no silence":       pauseOfTheProcess,
		"a silent host comes back":                   comesBack,
		"past and live have no seam":                 noSeam,
		"backfill is bounded in time":                backfillInTime,
		"a past comes in a burst":                    burstOfPast,
		"a clock is set":                             clockIsSet,
		"resume sends what came after":               resumes,
		"resume says what is lost":                   resumeLost,
		"resume with the newest rows":                resumeNewest,
		"order over hosts":                           orderOverHosts,
		"the newest serial":                          newestSerial,
		"resume by serial":                           resumeBySerial,
		"replay in order":                            replayInOrder,
		"all hosts, also later ones":                 allHosts,
		"all hosts over an interval":                 allHostsFolded,
		"laggard of an interval":                     foldedLaggard,
		"laggard skips the oldest and is told":       laggard,
		"unfollowed host is silent":                  unfollowed,
		"each waker is told once":                    wakersOnce,
		"rows of an interval":                        foldedRows,
		"a sweep ends an interval":                   sweepEndsInterval,
		"folding again gives the same rows":          foldedAgain,
		"resume of an interval":                      resumeFolded,
		"an interval over many hosts resumes":        resumeFoldedBySerial,
		"resume of an interval says what is lost":    resumeFoldedLost,
		"resume of an interval of a silent host":     resumeFoldedSilent,
		"intervals are bounded":                      intervalsAreBounded,
		"columns that move end an interval":          foldedColumnsMove,
		"publish does not wait for subscribers":      publishDoesNotWait,
		"everything at once":                         everythingAtOnce,
		"hosts come all at once":                     newcomersWhilePublishing,
		"nothing is lost between publish and follow": followWhilePublishing,
	} {
		t.Run(name, func(t *testing.T) { check(t, newBus) })
	}
}

// clock is the time of a bus in a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_690_000_000, 0)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// pass lets time pass, with a sweep each second.
func (c *clock) pass(bus hub.Bus, seconds int) {
	for range seconds {
		c.mu.Lock()
		c.now = c.now.Add(time.Second)
		now := c.now
		c.mu.Unlock()
		bus.Sweep(now)
	}
}

// jump lets time pass without a sweep.
func (c *clock) jump(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// timestamp is second `second` of the tests.
func timestamp(second int) metric.TimestampMs {
	return metric.TimestampMs(1_690_000_000_000 + int64(second)*1000)
}

// update makes a tick of a host in second `second` with cpu as its value.
func update(host string, second int, cpu float64) metric.Update {
	return tickOf(host, second, metric.Event{Metric: "cpu", Value: cpu})
}

func tickOf(host string, second int, events ...metric.Event) metric.Update {
	for i := range events {
		events[i].Timestamp = timestamp(second)
	}
	return metric.Update{Host: host, Timestamp: timestamp(second), Events: events}
}

func publish(bus hub.Bus, host string, from, to int) {
	for second := from; second <= to; second++ {
		bus.Publish(update(host, second, float64(second)))
	}
}

// wide makes an update of so many series.
func wide(host string, second, from, to int) metric.Update {
	made := tickOf(host, second)
	for i := from; i < to; i++ {
		made.Events = append(made.Events, metric.Event{Metric: fmt.Sprintf("series%d", i), Value: float64(i), Timestamp: made.Timestamp})
	}
	return made
}

func subscribe(t testing.TB, bus hub.Bus) *hub.Subscription {
	t.Helper()
	s := bus.Subscribe(lagBytes, newBell())
	t.Cleanup(s.Close)
	return s
}

func follow(t testing.TB, s *hub.Subscription, host string, wish hub.Wish) hub.Start {
	t.Helper()
	start, err := s.Follow(host, wish)
	if err != nil {
		t.Fatalf("follow %s: %v", host, err)
	}
	return start
}

// pastOf is what a newcomer gets of the past.
func pastOf(t testing.TB, bus hub.Bus, host string, wish hub.Wish) hub.Start {
	t.Helper()
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	return follow(t, s, host, wish)
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

// names are the series of a catalogue in column order.
func names(catalog *hub.Catalog) []string {
	var found []string
	for _, series := range catalog.Series {
		found = append(found, series.Metric)
	}
	return found
}

func expect[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, expected %v", what, got, want)
	}
}
