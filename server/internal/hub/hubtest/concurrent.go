package hubtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

func publishDoesNotWait(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	publish(bus, "a", 1, 1)
	for range 100 {
		follow(t, subscribe(t, bus), "a", hub.Wish{})
	}
	publish(bus, "a", 2, 1000) // nobody reads; this returns or the test run's own deadline fails it
}

// followWhilePublishing has many begin while ticks come, and checks that each sees every position once.
func followWhilePublishing(t *testing.T, newBus Maker) {
	const ticks, subscribers = 2000, 8
	bus := newBus(t, hub.Options{Backfill: time.Hour})
	publish(bus, "a", 1, 1)
	var group sync.WaitGroup
	for number := range subscribers {
		group.Go(func() {
			bell := newBell()
			s := bus.Subscribe(1<<30, bell)
			defer s.Close()
			wish := hub.Wish{Backfill: time.Hour, Interval: []time.Duration{0, tens}[number%2], Replay: number%4 > 1}
			start := follow(t, s, "a", wish)
			next := uint64(1)
			for _, tick := range start.Past {
				next = expectNext(t, tick, next)
			}
			for next <= ticks/10*10-10 {
				live, skipped := drain(s)
				for _, tick := range live {
					next = expectNext(t, tick, next)
				}
				if skipped != 0 || t.Failed() {
					t.Errorf("skipped %d", skipped)
					return
				}
				if len(live) == 0 {
					<-bell.rung
				}
			}
		})
	}
	publish(bus, "a", 2, ticks)
	group.Wait()
}

// newcomersWhilePublishing has hosts come all at once, and checks that who follows all of them gets every tick once and in order.
func newcomersWhilePublishing(t *testing.T, newBus Maker) {
	const hosts, ticks, subscribers = 20, 200, 4
	bus := newBus(t, hub.Options{Backfill: time.Hour})
	var group sync.WaitGroup
	for range subscribers {
		bell := newBell()
		s := bus.Subscribe(1<<30, bell)
		defer s.Close()
		if _, err := s.FollowAll(hub.Wish{}); err != nil {
			t.Fatal(err)
		}
		group.Go(func() { expectAll(t, s, bell, hosts*ticks) })
	}
	for host := range hosts {
		group.Go(func() { publish(bus, fmt.Sprint("host", host), 1, ticks) })
	}
	group.Wait()
}

func expectAll(t *testing.T, s *hub.Subscription, bell *bell, ticks int) {
	next := make(map[string]uint64)
	var serial uint64
	for seen := 0; seen < ticks; {
		delivery, ready := s.Next()
		if !ready {
			<-bell.rung
			continue
		}
		seen++
		tick := delivery.Tick
		if delivery.Skipped != 0 || tick.Serial <= serial || tick.Seq != next[delivery.Host]+1 {
			t.Errorf("%s: %d skipped, serial %d after %d, position %d after %d", delivery.Host, delivery.Skipped, tick.Serial, serial, tick.Seq, next[delivery.Host])
			return
		}
		serial, next[delivery.Host] = tick.Serial, tick.Seq
	}
}

func expectNext(t *testing.T, tick *hub.Tick, next uint64) uint64 {
	if tick.From != next {
		t.Errorf("got position %d, expected %d", tick.From, next)
	}
	return tick.Seq + 1
}

// everythingAtOnce is for the race detector, and checks that no subscription sees a position twice or out of order.
func everythingAtOnce(t *testing.T, newBus Maker) {
	const subscribers, hosts, rounds = 200, 5, 30
	clock := newClock()
	bus := newBus(t, hub.Options{Clock: clock.time, SeriesIdle: 10 * time.Second, Backfill: time.Minute})
	var ended atomic.Bool
	var publishers, group sync.WaitGroup
	defer bus.WatchHosts(func(hub.HostChange) {})()
	for host := range hosts {
		publishers.Go(func() { publishWildly(bus, fmt.Sprintf("host%d", host), &ended) })
	}
	publishers.Go(func() {
		for !ended.Load() {
			clock.pass(bus, 1)
			bus.Hosts()
			bus.Catalog("host1")
			bus.Describe(metric.Host{Name: "host0"})
		}
	})
	for number := range subscribers {
		group.Go(func() { followWildly(t, bus, number, hosts, rounds) })
	}
	group.Wait()
	ended.Store(true)
	publishers.Wait()
}

func publishWildly(bus hub.Bus, host string, ended *atomic.Bool) {
	random := rand.New(rand.NewPCG(1, 1))
	for second := 0; !ended.Load(); second++ {
		from := random.IntN(20)
		bus.Publish(wide(host, second, from, from+random.IntN(10)))
	}
}

func followWildly(t *testing.T, bus hub.Bus, number, hosts, rounds int) {
	random := rand.New(rand.NewPCG(uint64(number), 2))
	s := bus.Subscribe(lagBytes, newBell())
	defer s.Close()
	all := number%10 == 0
	if all {
		if _, err := s.FollowAll(hub.Wish{Interval: time.Duration(number%3) * tens}); err != nil {
			t.Error(err)
		}
	}
	seen := make(map[string]uint64)
	anew := make(map[string]bool) // followed anew, and nothing delivered since
	var serial uint64
	for range rounds {
		host := fmt.Sprintf("host%d", random.IntN(hosts))
		switch choice := random.IntN(3); {
		case all:
		case choice == 0:
			s.Unfollow(host)
		case choice == 1:
			delete(seen, host)
			anew[host] = true
			_, _ = s.Follow(host, hub.Wish{Interval: time.Duration(random.IntN(3)) * tens, Backfill: time.Minute}) // it may not have come yet
		}
		for range 50 {
			delivery, ready := s.Next()
			if !ready {
				break
			}
			// A row over some time has the serial of its newest tick, which may have come by itself before the host was followed anew.
			isOld := delivery.Tick.Serial < serial || delivery.Tick.Serial == serial && !anew[delivery.Host]
			delete(anew, delivery.Host)
			if isOld || delivery.Tick.From <= seen[delivery.Host] {
				t.Errorf("serial %d after %d, position %d after %d", delivery.Tick.Serial, serial, delivery.Tick.From, seen[delivery.Host])
			}
			serial, seen[delivery.Host] = delivery.Tick.Serial, delivery.Tick.Seq
		}
	}
}
