package hub

import (
	"sync"
	"sync/atomic"
	"time"

	"vitals/internal/metric"
)

// Topic is one stream of rows of a host: every tick as it came, or ticks folded over an interval.
type Topic struct {
	host     string
	interval time.Duration
	maxAge   time.Duration
	maxBytes uint64
	wakers   wakerSet
	newest   atomic.Pointer[Tick]

	fold    *fold  // of a folded topic; guarded by Hub.mu
	users   int    // subscriptions that follow a folded topic; guarded by Hub.mu
	origin  uint64 // the position before the first one of all
	lost    lost   // the newest tick that has left the ring; at first its position is the origin; guarded by Hub.mu
	size    uint64 // bytes of all ticks so far; guarded by Hub.mu
	counted uint64 // bytes of the ring, as they are counted in Hub.undescribedBytes; guarded by Hub.mu

	mu   sync.RWMutex // held for writing together with Hub.mu, for reading by cursors
	ring ring
}

// lost is what is known of a tick that has left a ring.
type lost struct {
	seq, serial uint64
	timestamp   metric.TimestampMs
}

// Host is the name of the host whose stream this is.
func (t *Topic) Host() string { return t.host }

// Interval is the time that one row stands for: 0 for every tick as it came.
func (t *Topic) Interval() time.Duration { return t.interval }

// RowsBehind is how many rows the topic has after this one of its own. It takes no lock.
func (t *Topic) RowsBehind(row *Tick) uint64 { return t.newest.Load().row - row.row }

func (h *Hub) newTopic(host string, interval time.Duration, origin uint64) *Topic {
	return &Topic{
		host: host, interval: interval, maxAge: h.options.Backfill, maxBytes: uint64(h.options.MaxBytes), ring: newRing(),
		origin: origin, lost: lost{seq: origin},
	}
}

// push makes the tick the newest of the topic, whose ring may hold so many bytes. From here on the tick does not change.
func (t *Topic) push(tick *Tick, maxBytes uint64) {
	t.size += tick.sizeBytes()
	tick.endBytes = t.size
	t.mu.Lock()
	t.ring.push(tick)
	dropped := t.ring.bound(t.maxAge, min(maxBytes, t.maxBytes))
	t.mu.Unlock()
	if dropped != nil {
		t.lost = lost{dropped.Seq, dropped.Serial, dropped.Timestamp}
	}
	t.newest.Store(tick)
}

// lastSeq is the newest position that a row of the topic covers.
func (t *Topic) lastSeq() uint64 {
	if newest := t.newest.Load(); newest != nil {
		return newest.Seq
	}
	return t.lost.seq
}
