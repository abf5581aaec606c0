package hub_test

import (
	"fmt"
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

func BenchmarkPublish(b *testing.B) {
	for _, subscribers := range []int{0, 1, 100, 1000} {
		b.Run(map[int]string{0: "nobody", 1: "1", 100: "100", 1000: "1000"}[subscribers], func(b *testing.B) {
			bus := hub.New(hub.Options{})
			update := metric.Update{Host: "a"}
			for _, name := range []string{"cpu", "memory", "load.1m", "network.receive", "network.transmit"} {
				update.Events = append(update.Events, metric.Event{Metric: name, Value: 42.5})
			}
			bus.Publish(update)
			for range subscribers {
				s := bus.Subscribe(1<<20, asleep{})
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
