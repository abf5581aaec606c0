package ingest

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestAnIdleSeriesIsForgotten(t *testing.T) {
	bus, now := newLedger(), noon
	service := newService(bus)
	service.clock = func() time.Time { return now }
	push(service, pushed("a", 1, 0), pushed("b", 1, 0))
	now = noon.Add(59 * time.Minute)
	push(service, pushed("b", 2, 59*60_000))
	service.Sweep(now)
	if left := service.Stats().Series; left != 2 {
		t.Fatalf("%d series after 59 minutes", left)
	}
	now = noon.Add(time.Hour + time.Second)
	service.Sweep(now)
	if left := service.Stats().Series; left != 1 {
		t.Fatalf("%d series after an hour", left)
	}
	now = noon.Add(2 * time.Hour)
	service.Sweep(now)
	if len(service.hosts) != 0 {
		t.Errorf("still remembered: %v", service.hosts)
	}
}

func TestAnEventIsADuplicateForAsLongAsItIsTaken(t *testing.T) {
	bus, now := newLedger(), noon
	service := newService(bus)
	service.clock = func() time.Time { return now }
	ahead := pushed("a", 1, int(future.Milliseconds()))
	push(service, ahead)
	now = noon.Add(future + leastPast)
	service.Sweep(now)
	if answer := push(service, ahead); answer.Duplicates != 1 {
		t.Errorf("pushed again after %s: %+v", now.Sub(noon), answer)
	}
	now = now.Add(time.Second)
	service.Sweep(now)
	if answer := push(service, ahead); answer.RejectedCount != 1 || len(service.hosts) != 0 {
		t.Errorf("pushed again after %s: %+v, remembered %v", now.Sub(noon), answer, service.hosts)
	}
}

func TestAClockThatIsSetBackHoldsNoSeriesBack(t *testing.T) {
	bus, now := newLedger(), noon
	service := newService(bus)
	service.clock = func() time.Time { return now }
	push(service, pushed("a", 1, 0))
	now = noon.Add(-24 * time.Hour)
	yesterday := -int((24 * time.Hour).Milliseconds())
	for i := range 3 {
		if answer := push(service, pushed("a", 2, yesterday+i)); answer.Accepted != 1 || answer.Late != 0 {
			t.Errorf("event %d after the clock was set: %+v", i, answer)
		}
	}
	if answer := push(service, pushed("a", 2, yesterday)); answer.Late != 1 {
		t.Errorf("what is late: %+v", answer)
	}
}

func TestKnownSeriesGoOnWhenThereIsNoRoom(t *testing.T) {
	bus := newLedger()
	bus.maxSeries, bus.maxHosts = 2, 1
	service := newService(bus)
	push(service, pushed("a", 1, 0), pushed("b", 1, 0))
	stranger := pushed("a", 1, 0)
	stranger.Host = "attic"
	answer := push(service, pushed("a", 2, 1), pushed("c", 2, 1), pushed("c", 2, 1), pushed("c", 3, 1), pushed("b", 2, 1), stranger)
	want := []wire.Rejection{
		{Index: 1, Field: "metric", Code: codeTooManySeries},
		{Index: 2, Field: "metric", Code: codeTooManySeries},
		{Index: 3, Field: "metric", Code: codeTooManySeries},
		{Index: 5, Field: "host", Code: codeTooManyHosts},
	}
	if diff := cmp.Diff(want, withoutMessages(answer.Rejected)); diff != "" || answer.Accepted != 2 || answer.Late+answer.Duplicates != 0 {
		t.Errorf("answer %+v, %s", answer, diff)
	}
	if len(service.hosts) != 1 || len(service.hosts["own"].newest) != 2 {
		t.Errorf("remembered: %+v", service.hosts)
	}
	stats := service.Stats()
	if stats.Refused[codeTooManySeries] != 3 || stats.Refused[codeTooManyHosts] != 1 || stats.Accepted != 4 {
		t.Errorf("stats: %+v", stats)
	}
	bus.maxSeries = 3
	if answer := push(service, pushed("c", 2, 1)); answer.Accepted != 1 {
		t.Errorf("when there is room again: %+v", answer)
	}
}

func withoutMessages(rejections []wire.Rejection) []wire.Rejection {
	rejections = slices.Clone(rejections)
	for i := range rejections {
		rejections[i].Message = ""
	}
	return rejections
}

// TestPushesAtTheSameTime has many goroutines push the same events: each is sent once, in order, whoever was first.
func TestPushesAtTheSameTime(t *testing.T) {
	const pushers, events = 8, 500
	bus := newLedger()
	service := newService(bus)
	answers := make([]wire.Published, pushers)
	var running sync.WaitGroup
	for i := range pushers {
		running.Go(func() {
			for at := range events {
				answer := push(service, pushed("a", float64(at), at), pushed("b", float64(-at), at))
				answers[i].Accepted += answer.Accepted
				answers[i].Late += answer.Late
				answers[i].Duplicates += answer.Duplicates
			}
		})
	}
	running.Wait()
	live := 0
	for _, answer := range answers {
		if answer.Accepted != 2*events {
			t.Errorf("accepted %d", answer.Accepted)
		}
		live += answer.Accepted - answer.Late - answer.Duplicates
	}
	sent, newest := 0, map[string]metric.TimestampMs{}
	for _, update := range bus.updates {
		for _, event := range update.Events {
			sent++
			if event.Timestamp <= newest[event.Metric] {
				t.Fatalf("%s went back to %d", event.Metric, event.Timestamp-noonMs)
			}
			newest[event.Metric] = event.Timestamp
		}
	}
	if sent != live || newest["a"] != noonMs+events-1 {
		t.Errorf("sent %d, answered %d, newest %d", sent, live, newest["a"]-noonMs)
	}
}

// TestAMillionNewNames: who invents names without end gets as many as there is room for, costs no memory beyond them, and
// takes nothing from those who were there before.
func TestAMillionNewNames(t *testing.T) {
	names := 1_000_000
	if testing.Short() || raceDetector {
		names = 50_000
	}
	const perPush, room, known = 500, 2000, 60
	bus := hub.New(hub.Options{})
	service := New(Options{Bus: bus, Own: "own"})
	var before, after runtime.MemStats
	events := make([]wire.PushedEvent, perPush)
	taken := 0
	for pushed := 0; pushed < names; pushed += perPush {
		for i := range events {
			name := fmt.Sprintf("flood{number=%d}", pushed+i)
			if i < known {
				name = fmt.Sprintf("known{number=%d}", i)
			}
			events[i] = wire.PushedEvent{Metric: name, Value: float64(pushed), Host: "attic"}
		}
		answer := push(service, events...)
		taken += answer.Accepted
		if answer.Accepted+answer.RejectedCount != perPush || answer.Accepted < known {
			t.Fatalf("after %d names: %+v", pushed, answer)
		}
		if pushed == names/10/perPush*perPush {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if flood := taken - names/perPush*known; flood != room-known {
		t.Errorf("%d new series were let in", flood)
	}
	const mostGrowth = 40 << 20 // the ring of the host
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > mostGrowth {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if stats := service.Stats(); stats.Series != room || stats.Refused[codeTooManySeries] != uint64(names-taken) {
		t.Errorf("stats: %+v", stats)
	}
}
