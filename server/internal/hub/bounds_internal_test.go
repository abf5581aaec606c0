package hub

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"vitals/internal/metric"
)

// heapBytes is what is reachable now.
func heapBytes() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func one(host, name string) metric.Update {
	return metric.Update{Host: host, Events: []metric.Event{{Metric: name, Value: 1}}}
}

// Whoever pushes a new series with each update must not have the ring hold a catalogue for each.
func TestCataloguesThatGrowShareTheirMemory(t *testing.T) {
	const series, allowed = 2000, 4 << 20
	bus := New(Options{})
	before := heapBytes()
	for i := range series {
		bus.Publish(one("a", fmt.Sprint("series", i)))
	}
	if held := heapBytes() - before; held > allowed {
		t.Errorf("%d series are held in %d bytes, expected at most %d", series, held, allowed)
	}
	runtime.KeepAlive(bus)
}

// Series that came one after the other must not each have the host get a catalogue of its own as they leave.
func TestIdleSeriesLeaveTogether(t *testing.T) {
	const series, second = 600, time.Second
	now := time.Unix(1_690_000_000, 0)
	bus := New(Options{Clock: func() time.Time { return now }, SeriesIdle: 15 * time.Minute})
	bus.Publish(one("a", "stays"))
	catalogues := make(map[*Catalog]bool)
	for i := range 2*series + 900 {
		now = now.Add(second)
		if i < series {
			bus.Publish(one("a", fmt.Sprint("series", i)))
		}
		bus.Publish(one("a", "stays"))
		bus.Sweep(now)
		if i >= series {
			catalogues[bus.hosts["a"].columns.catalog] = true
		}
	}
	if left := len(bus.hosts["a"].columns.seen); left != 1 {
		t.Errorf("%d series are left", left)
	}
	if most := series/15 + 2; len(catalogues) > most {
		t.Errorf("%d catalogues while %d series left, expected at most %d", len(catalogues), series, most)
	}
}

// A host that has left, is still followed, and is then described, is no guest any more.
func TestAKeptHostThatIsDescribedIsBoundedByItself(t *testing.T) {
	now := time.Unix(1_690_000_000, 0)
	bus := New(Options{Clock: func() time.Time { return now }, SeriesIdle: time.Minute})
	bus.Publish(one("a", "cpu"))
	s := bus.Subscribe(1, new(silentWaker))
	defer s.Close()
	if _, err := s.Follow("a", Wish{}); err != nil {
		t.Fatal(err)
	}
	for range 62 {
		now = now.Add(time.Second)
		bus.Sweep(now)
	}
	if bus.hosts["a"].listed {
		t.Fatal("the host has not left")
	}
	bus.Describe(metric.Host{Name: "a"})
	if bus.undescribedBytes != 0 {
		t.Errorf("%d bytes of hosts that there are not", bus.undescribedBytes)
	}
}

// A past that is cut while a topic is made of it leaves no row that covers positions it has not seen.
func TestAPastThatIsCutWhileItIsFolded(t *testing.T) {
	bus := New(Options{Backfill: time.Hour})
	publish := func(from, to int) {
		for i := from; i <= to; i++ {
			update := one("a", "cpu")
			update.Timestamp = metric.TimestampMs(i)
			bus.Publish(update)
		}
	}
	publish(1, 15)
	subject := bus.hosts["a"]
	ring := &subject.base.ring
	topic := bus.newFoldedTopic(subject, 10*time.Millisecond)
	topic.foldIn(ring.since(ring.first), &bus.marks)
	publish(16, 18)
	for range 17 {
		dropped := ring.oldest()
		subject.base.lost = lost{dropped.Seq, dropped.Serial, dropped.Timestamp}
		ring.dropOldest()
	}
	publish(19, 30)
	topic = bus.catchUp(subject, topic)
	rows := topic.ring.since(topic.ring.first)
	if len(rows) != 2 || rows[0].From != 18 || rows[0].Seq != 19 || rows[1].From != 20 || rows[1].Seq != 29 {
		t.Errorf("%d rows, the first from %d to %d", len(rows), rows[0].From, rows[0].Seq)
	}
	if topic.lost.serial != rows[0].Serial {
		t.Errorf("lost up to serial %d, the row that is not whole has %d", topic.lost.serial, rows[0].Serial)
	}
}
