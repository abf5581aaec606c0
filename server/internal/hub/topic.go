package hub

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"vitals/internal/metric"
)

// A host has at most so many series within an epoch. Columns are never given back, so names that come and go without end
// (mounts of short-lived containers, say) would fill the memory; series that have a column are not affected.
const maxSeries = 1 << 16

// Topic is the stream of one host: its catalogue, its ring of ticks and who follows it.
type Topic struct {
	name      string
	ringBytes uint64

	mu      sync.RWMutex
	host    metric.Host
	catalog *Catalog
	columns map[string]int // series name to column
	ring    []*Tick        // tick seq stands at seq % len(ring)
	first   uint64         // the oldest position in the ring
	last    uint64         // the newest position; first > last while the ring is empty

	followersMu sync.Mutex
	wakers      map[Waker]int // how many subscriptions of each follow
}

func newTopic(host string, ringTicks int, ringBytes uint64) *Topic {
	return &Topic{
		name:      host,
		ringBytes: ringBytes,
		host:      metric.Host{Name: host, Hostname: host},
		catalog:   &Catalog{Host: host},
		columns:   make(map[string]int),
		wakers:    make(map[Waker]int),
		ring:      make([]*Tick, ringTicks),
		first:     1,
	}
}

// Host is the name of the host whose stream this is.
func (t *Topic) Host() string { return t.name }

// Interval is the time that one row stands for: 0 for every tick as it came.
func (t *Topic) Interval() time.Duration { return 0 }

func (t *Topic) describe(host metric.Host) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.host = host
}

func (t *Topic) description() metric.Host {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.host
}

func (t *Topic) currentCatalog() *Catalog {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.catalog
}

// publish turns an update into the newest tick of the ring. It says how many events it had to leave out.
func (t *Topic) publish(update metric.Update, serial uint64, families map[string]metric.Family) (seq uint64, rejected []Rejection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	values, rejected := t.row(update.Events, families)
	tick := &Tick{Seq: t.last + 1, From: t.last + 1, Serial: serial, Timestamp: update.Timestamp, Catalog: t.catalog, Values: values}
	if newest := t.at(t.last); newest != nil {
		tick.endBytes = newest.endBytes
	}
	tick.endBytes += tick.sizeBytes()
	t.store(tick)
	return tick.Seq, rejected
}

// row puts the events under their columns and counts those that can have none. A series that is new gets the next column,
// and the host a longer catalogue.
func (t *Topic) row(events []metric.Event, families map[string]metric.Family) (values []float64, rejected []Rejection) {
	series := slices.Clip(t.catalog.Series) // so that append copies: the catalogue that others hold never changes
	values = emptyRow(len(series))
	for i, event := range events {
		column, known := t.columns[event.Metric]
		if !isFinite(event.Value) {
			rejected = append(rejected, Rejection{i, ErrNotFinite})
			continue
		}
		if !known && len(series) == maxSeries {
			rejected = append(rejected, Rejection{i, ErrTooManySeries})
			continue
		}
		if !known {
			described, err := describe(event.Metric, families)
			if err != nil {
				rejected = append(rejected, Rejection{i, fmt.Errorf("%w: %w", ErrBadName, err)})
				continue
			}
			column = len(series)
			t.columns[event.Metric] = column
			series, values = append(series, described), append(values, math.NaN())
		}
		values[column] = event.Value
	}
	if len(series) > len(t.catalog.Series) {
		t.catalog = &Catalog{Host: t.name, Series: series}
	}
	return values, rejected
}

func emptyRow(columns int) []float64 {
	values := make([]float64, columns)
	for i := range values {
		values[i] = math.NaN()
	}
	return values
}

// describe makes the series of that name, in its family if that is known.
func describe(name string, families map[string]metric.Family) (metric.Series, error) {
	parsed, err := metric.ParseName(name)
	if err != nil {
		return metric.Series{}, err
	}
	family, known := families[parsed.Family]
	if !known {
		family = metric.Family{Name: parsed.Family, Kind: metric.Gauge}
	}
	return family.Describe(parsed), nil
}

// store writes the tick over the oldest one and lets go of what the byte bound no longer allows.
func (t *Topic) store(tick *Tick) {
	t.ring[tick.Seq%uint64(len(t.ring))] = tick
	t.last = tick.Seq
	if held := t.last - t.first + 1; held > uint64(len(t.ring)) {
		t.first++
	}
	for t.first < t.last && tick.endBytes-t.at(t.first).endBytes > t.ringBytes {
		t.ring[t.first%uint64(len(t.ring))] = nil
		t.first++
	}
}

// at is the tick at a position of the ring, or nil.
func (t *Topic) at(seq uint64) *Tick {
	if seq < t.first || seq > t.last {
		return nil
	}
	return t.ring[seq%uint64(len(t.ring))]
}

// between copies the ticks from one position to another, both included; the ring must hold them.
func (t *Topic) between(from, to uint64) []*Tick {
	if from > to {
		return nil
	}
	ticks := make([]*Tick, 0, to-from+1)
	for seq := from; seq <= to; seq++ {
		ticks = append(ticks, t.at(seq))
	}
	return ticks
}

func (t *Topic) wakeAll() {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	for waker := range t.wakers {
		waker.Wake(t)
	}
}

func (t *Topic) follow(c *cursor) {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	t.wakers[c.subscription.waker]++
}

func (t *Topic) unfollow(c *cursor) {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	waker := c.subscription.waker
	if t.wakers[waker]--; t.wakers[waker] == 0 {
		delete(t.wakers, waker)
	}
}

func isFinite(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }
