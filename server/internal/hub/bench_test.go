package hub_test

import (
	"fmt"
	"testing"
	"time"

	"vitals/internal/hub"
)

// lane is a waker for many subscriptions, as the streams have them.
type lane struct{ woken int }

func (l *lane) Wake(*hub.Topic) { l.woken++ }

// BenchmarkPublish is flat: what a tick costs does not depend on how many follow it.
func BenchmarkPublish(b *testing.B) {
	for _, subscribers := range []int{0, 1, 1000, 10_000} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) {
			bus, update, lanes := hub.New(hub.Options{}), sixtySeries(), [2]lane{}
			bus.Publish(update)
			for i := range subscribers {
				s := bus.Subscribe(1<<20, &lanes[i%2])
				defer s.Close()
				if _, err := s.Follow("a", hub.Wish{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				bus.Publish(update)
			}
		})
	}
}

// BenchmarkNext is what a tick costs each subscription, and what a look costs when nothing is new.
func BenchmarkNext(b *testing.B) {
	for _, hosts := range []int{1, 50} {
		for name, publishing := range map[string]bool{"new": true, "idle": false} {
			b.Run(fmt.Sprintf("%s-%d", name, hosts), func(b *testing.B) {
				bus, update := hub.New(hub.Options{}), sixtySeries()
				s := bus.Subscribe(1<<20, new(lane))
				defer s.Close()
				for i := range hosts {
					update.Host = fmt.Sprint("host", i)
					bus.Publish(update)
					if _, err := s.Follow(update.Host, hub.Wish{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					if publishing {
						b.StopTimer()
						for i := range hosts {
							update.Host = fmt.Sprint("host", i)
							bus.Publish(update)
						}
						b.StartTimer()
					}
					for more := true; more; {
						_, more = s.Next()
					}
				}
			})
		}
	}
}

// BenchmarkFold is what one interval adds to a tick of 60 series.
func BenchmarkFold(b *testing.B) {
	for _, intervals := range []int{0, 1, 10} {
		b.Run(fmt.Sprint(intervals), func(b *testing.B) {
			bus, update := hub.New(hub.Options{}), sixtySeries()
			bus.Publish(update)
			for i := range intervals {
				s := bus.Subscribe(1<<20, new(lane))
				defer s.Close()
				if _, err := s.Follow("a", hub.Wish{Interval: time.Duration(10+i) * time.Second}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				update.Timestamp += 1000
				bus.Publish(update)
			}
		})
	}
}
