package hub

import (
	"math"
	"slices"
	"sync"

	"vitals/internal/metric"
)

// topic is the stream of one host: its catalogue, its ring of ticks and who follows it.
type topic struct {
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
	followers   []*cursor
}

func newTopic(host string, ringTicks int, ringBytes uint64) *topic {
	return &topic{
		name:      host,
		ringBytes: ringBytes,
		host:      metric.Host{Name: host, Hostname: host},
		catalog:   &Catalog{Host: host},
		columns:   make(map[string]int),
		ring:      make([]*Tick, ringTicks),
		first:     1,
	}
}

func (t *topic) describe(host metric.Host) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.host = host
}

func (t *topic) description() metric.Host {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.host
}

func (t *topic) currentCatalog() *Catalog {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.catalog
}

// publish turns an update into the newest tick of the ring. It says how many events it had to leave out.
func (t *topic) publish(update metric.Update, families map[string]metric.Family) (seq, rejected uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	added, rejected := t.newSeries(update.Events, families)
	if len(added) > 0 {
		series := append(slices.Clip(t.catalog.Series), added...)
		t.catalog = &Catalog{Host: t.name, Series: series}
	}
	tick := &Tick{Seq: t.last + 1, Timestamp: update.Timestamp, Catalog: t.catalog, Values: t.row(update.Events)}
	if newest := t.at(t.last); newest != nil {
		tick.endBytes = newest.endBytes
	}
	tick.endBytes += tick.sizeBytes()
	t.store(tick)
	return tick.Seq, rejected
}

// newSeries gives a column to every series that has none yet and counts the events that cannot have one.
func (t *topic) newSeries(events []metric.Event, families map[string]metric.Family) (added []metric.Series, rejected uint64) {
	for _, event := range events {
		if !isFinite(event.Value) {
			rejected++
			continue
		}
		if _, known := t.columns[event.Metric]; known {
			continue
		}
		name, err := metric.ParseName(event.Metric)
		if err != nil {
			rejected++
			continue
		}
		family, known := families[name.Family]
		if !known {
			family = metric.Family{Name: name.Family, Kind: metric.Gauge}
		}
		t.columns[event.Metric] = len(t.catalog.Series) + len(added)
		added = append(added, family.Describe(name))
	}
	return added, rejected
}

// row puts the events under their columns.
func (t *topic) row(events []metric.Event) []float64 {
	values := make([]float64, len(t.catalog.Series))
	for i := range values {
		values[i] = math.NaN()
	}
	for _, event := range events {
		if column, known := t.columns[event.Metric]; known && isFinite(event.Value) {
			values[column] = event.Value
		}
	}
	return values
}

// store writes the tick over the oldest one and lets go of what the byte bound no longer allows.
func (t *topic) store(tick *Tick) {
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
func (t *topic) at(seq uint64) *Tick {
	if seq < t.first || seq > t.last {
		return nil
	}
	return t.ring[seq%uint64(len(t.ring))]
}

// between copies the ticks from one position to another, both included; the ring must hold them.
func (t *topic) between(from, to uint64) []*Tick {
	if from > to {
		return nil
	}
	ticks := make([]*Tick, 0, to-from+1)
	for seq := from; seq <= to; seq++ {
		ticks = append(ticks, t.at(seq))
	}
	return ticks
}

func (t *topic) wakeAll() {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	for _, follower := range t.followers {
		follower.subscription.wake()
	}
}

func (t *topic) follow(c *cursor) {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	c.slot = len(t.followers)
	t.followers = append(t.followers, c)
}

func (t *topic) unfollow(c *cursor) {
	t.followersMu.Lock()
	defer t.followersMu.Unlock()
	newest := len(t.followers) - 1
	t.followers[c.slot] = t.followers[newest]
	t.followers[c.slot].slot = c.slot
	t.followers[newest] = nil
	t.followers = t.followers[:newest]
}

func isFinite(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }
