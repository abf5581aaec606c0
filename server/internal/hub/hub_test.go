package hub_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"vitals/internal/hub"
	"vitals/internal/hub/hubtest"
	"vitals/internal/metric"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asleep is woken by nothing.
type asleep struct{}

func (asleep) Wake(*hub.Topic) {}

func TestContract(t *testing.T) {
	hubtest.Run(t, func(_ testing.TB, options hub.Options) hub.Bus { return hub.New(options) })
}

func TestRingIsBoundedInBytes(t *testing.T) {
	const maxBytes = 10 * 1000
	bus := hub.New(hub.Options{Backfill: time.Hour, MaxBytes: maxBytes})
	for second := range 1000 {
		bus.Publish(metric.Update{
			Host: "a", Timestamp: metric.TimestampMs(second * 1000), Events: []metric.Event{{Metric: "cpu", Value: 1}},
		})
	}
	s := bus.Subscribe(1, asleep{})
	defer s.Close()
	start, err := s.Follow("a", hub.Wish{Backfill: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	const tickBytes = 192
	if held := len(start.Past) * tickBytes; held > maxBytes+tickBytes || held < maxBytes/2 {
		t.Errorf("the ring holds %d bytes, expected about %d", held, maxBytes)
	}
}

func TestADayOfBackfillIsKept(t *testing.T) {
	const day = 24 * 60 * 60
	bus := hub.New(hub.Options{Backfill: 24 * time.Hour})
	update := metric.Update{Host: "a"}
	for i := range 100 {
		update.Events = append(update.Events, metric.Event{Metric: fmt.Sprintf("series%d", i), Value: 1})
	}
	for second := range day + 10 {
		update.Timestamp = metric.TimestampMs(second * 1000)
		bus.Publish(update)
	}
	s := bus.Subscribe(1, asleep{})
	defer s.Close()
	start, err := s.Follow("a", hub.Wish{Backfill: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(start.Past); got != day {
		t.Errorf("kept %d ticks of a day, expected %d", got, day)
	}
}

func TestUndescribedHostsShareABoundInBytes(t *testing.T) {
	const bound, hosts, rounds, tickBytes = 100_000, 10, 2000, 192
	bus := hub.New(hub.Options{Backfill: time.Hour, MaxUndescribedBytes: bound})
	bus.Describe(metric.Host{Name: "own"})
	held := func(host string) int {
		s := bus.Subscribe(1, asleep{})
		defer s.Close()
		start, err := s.Follow(host, hub.Wish{Backfill: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return len(start.Past) * tickBytes
	}
	update := metric.Update{Events: []metric.Event{{Metric: "cpu", Value: 1}}}
	for range rounds {
		update.Timestamp += 100
		for i := range hosts {
			update.Host = fmt.Sprint("other", i)
			bus.Publish(update)
		}
		update.Host = "own"
		bus.Publish(update)
	}
	total := 0
	for i := range hosts {
		total += held(fmt.Sprint("other", i))
	}
	if total > bound+tickBytes || total < bound/2 {
		t.Errorf("they hold %d bytes, expected about %d", total, bound)
	}
	if got := held("own"); got != rounds*tickBytes {
		t.Errorf("the own host holds %d bytes, expected %d", got, rounds*tickBytes)
	}
}

func TestPushedRowsDoNotShortenThePast(t *testing.T) {
	const second, pushes = 1000, 20
	bus := hub.New(hub.Options{Backfill: time.Minute})
	for at := range 120 {
		update := sixtySeries()
		update.Timestamp = metric.TimestampMs(at * second)
		bus.Publish(update)
		for i := range pushes {
			bus.Publish(metric.Update{
				Host: "a", Timestamp: update.Timestamp + metric.TimestampMs(i),
				Events: []metric.Event{{Metric: "pushed", Value: 1}},
			})
		}
	}
	s := bus.Subscribe(1, asleep{})
	defer s.Close()
	start, err := s.Follow("a", hub.Wish{Backfill: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	sampled := 0
	for _, tick := range start.Past {
		if tick.Columns == nil {
			sampled++
		}
	}
	if sampled < 59 || sampled > 61 {
		t.Errorf("%d sampled rows of a minute are left", sampled)
	}
}

func TestRejectionsAreCountedByCause(t *testing.T) {
	bus := hub.New(hub.Options{MaxSeries: 2, MaxHosts: 2, MaxTotal: 3})
	publish := func(host string, names ...string) {
		update := metric.Update{Host: host}
		for _, name := range names {
			update.Events = append(update.Events, metric.Event{Metric: name, Value: 1})
		}
		bus.Publish(update)
	}
	publish("a", "no name", "one", "two", "three", "four")
	bus.Publish(metric.Update{Host: "a", Events: []metric.Event{{Metric: "one", Value: math.NaN()}}})
	publish("b", "one", "two", "three")
	publish("c", "one")
	publish("no host", "one", "two", "three", "four")
	wanted := hub.Rejections{BadHost: 4, BadName: 1, NotFinite: 1, TooManySeries: 2, TooManyTotal: 2, TooManyHosts: 1}
	if got := bus.Rejections(); got != wanted {
		t.Errorf("got %+v, expected %+v", got, wanted)
	}
}

// A waker and a follower that share a lock must not wait for one another, whatever the publisher does.
func TestWakersMayFollow(t *testing.T) {
	bus := hub.New(hub.Options{})
	bus.Publish(sixtySeries())
	bus.Describe(metric.Host{Name: "b"})
	waker := &follower{}
	waker.subscription = bus.Subscribe(1<<20, waker)
	defer waker.subscription.Close()
	var group sync.WaitGroup
	group.Go(func() {
		for range 1000 {
			waker.follow(t, time.Minute)
		}
	})
	for range 1000 {
		bus.Publish(sixtySeries())
	}
	group.Wait()
}

type follower struct {
	mu           sync.Mutex
	subscription *hub.Subscription
}

func (f *follower) Wake(*hub.Topic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscription.Unfollow("b")
	f.subscription.Next()
}

func (f *follower) follow(t *testing.T, interval time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, host := range []string{"a", "b"} {
		if _, err := f.subscription.Follow(host, hub.Wish{Interval: interval}); err != nil {
			t.Error(err)
		}
	}
}

func sixtySeries() metric.Update {
	update := metric.Update{Host: "a"}
	for i := range 60 {
		update.Events = append(update.Events, metric.Event{Metric: fmt.Sprintf("series%d", i), Value: 42.5})
	}
	return update
}
