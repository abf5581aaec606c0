package hub

import (
	"time"

	"vitals/internal/metric"
)

// cursor is where a subscription stands in one topic.
type cursor struct {
	subject *host
	topic   *Topic
	next    uint64 // the row that the subscriber wants next
	replay  uint64 // rows up to this one are past that was wished for: they are no lag
	expect  uint64 // the position that follows the last delivered one
}

// head is the row that comes next, nil if there is none now. It skips what lies further back than the bound, or has left
// the ring. When nothing is new it costs one atomic load, and when one row is new no lock either.
func (c *cursor) head(lagBytes uint64) *Tick {
	newest := c.topic.newest.Load()
	if newest == nil || newest.row < c.next {
		return nil
	}
	if newest.row == c.next {
		return newest
	}
	c.topic.mu.RLock()
	defer c.topic.mu.RUnlock()
	ring := &c.topic.ring
	c.next = max(c.next, ring.first)
	if c.next > c.replay {
		end := ring.newest().endBytes
		c.next = ring.search(c.next, func(tick *Tick) bool { return end-tick.endBytes <= lagBytes })
	}
	return ring.at(c.next)
}

// deliver steps behind a tick that head found.
func (c *cursor) deliver(tick *Tick) Delivery {
	delivery := Delivery{Topic: c.topic, Host: c.topic.host, Tick: tick, IsPast: tick.row <= c.replay}
	if tick.From > c.expect {
		delivery.Skipped, delivery.SkippedFrom = tick.From-c.expect, c.expect
	}
	c.next = tick.row + 1
	c.expect = tick.Seq + 1
	return delivery
}

// begin sets the cursor and collects what the subscriber gets of the past. Hub.mu must be held for reading.
func (c *cursor) begin(h *Hub, wish Wish) Start {
	topic := c.topic
	start := Start{Host: c.subject.status(), Topic: topic, Catalog: c.subject.columns.catalog}
	var from uint64
	switch {
	case wish.Since != nil:
		from, start.Lost = topic.afterSeq(wish.Since.Seq, wish.Since.Epoch == h.epoch && wish.Since.Seq <= c.subject.base.lastSeq())
	case wish.Serial != nil:
		from, start.Lost = topic.afterSerial(*wish.Serial, *wish.Serial <= h.serial.Load())
	default:
		from = topic.newerThan(wish.Backfill)
	}
	ring := &topic.ring
	if rows := uint64(wish.Newest); wish.Since != nil && rows > 0 && ring.next-from > rows {
		from, start.Lost = topic.onlyFrom(ring.next-rows, *wish.Since, start.Lost)
	}
	c.next, c.replay, c.expect = ring.next, ring.next-1, topic.lastSeq()+1
	if !wish.Replay {
		start.Past = ring.since(from)
	} else if from < ring.next {
		c.next, c.expect = from, ring.at(from).From
	}
	start.Behind = c.expect - 1
	return start
}

// onlyFrom gives up the rows after a position that lie before another row, beside what is lost already.
func (t *Topic) onlyFrom(row uint64, since metric.Position, already *Lost) (uint64, *Lost) {
	lost := Lost{From: since.Seq + 1}
	if already != nil {
		lost = *already
	}
	lost.To = t.ring.at(row).From - 1
	return row, &lost
}

// afterSeq is the first row that ends behind a position, and what between the two is lost. If the position means nothing
// here, that is all there is.
func (t *Topic) afterSeq(seq uint64, meaningful bool) (row uint64, lost *Lost) {
	if !meaningful || seq < t.origin {
		return t.ring.first, &Lost{}
	}
	if seq < t.lost.seq {
		return t.ring.first, &Lost{From: seq + 1, To: t.lost.seq}
	}
	return t.ring.search(t.ring.first, func(tick *Tick) bool { return tick.Seq > seq }), nil
}

// afterSerial is the same for a serial; how many positions are lost nobody knows.
func (t *Topic) afterSerial(serial uint64, meaningful bool) (row uint64, lost *Lost) {
	if !meaningful {
		return t.ring.first, &Lost{}
	}
	if serial < t.lost.serial {
		return t.ring.first, &Lost{To: t.lost.seq}
	}
	return t.ring.search(t.ring.first, func(tick *Tick) bool { return tick.Serial > serial }), nil
}

// newerThan is the first row that is less than so much older than the newest one.
func (t *Topic) newerThan(age time.Duration) uint64 {
	if age <= 0 || t.ring.len() == 0 {
		return t.ring.next
	}
	newest := t.ring.newest().age
	return t.ring.search(t.ring.first, func(tick *Tick) bool { return newest-tick.age < age })
}

// ready is a heap of cursors, the one whose head has the smallest serial on top.
type ready []readyCursor

type readyCursor struct {
	serial uint64 // of the head when it was looked at
	cursor *cursor
}

func (r ready) order() {
	for i := len(r)/2 - 1; i >= 0; i-- {
		r.down(i)
	}
}

// down moves an entry to where its serial belongs.
func (r ready) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r); child++ {
			if r[child].serial < r[least].serial {
				least = child
			}
		}
		if least == i {
			return
		}
		r[i], r[least] = r[least], r[i]
		i = least
	}
}

func (r *ready) removeTop() {
	last := len(*r) - 1
	(*r)[0] = (*r)[last]
	(*r)[last] = readyCursor{}
	*r = (*r)[:last]
	r.down(0)
}
