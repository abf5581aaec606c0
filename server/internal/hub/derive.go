package hub

import (
	"errors"
	"slices"
	"time"

	"vitals/internal/metric"
)

// ErrTooManyIntervals refuses an interval that is not in use yet and not among the usual ones, because many such are.
var ErrTooManyIntervals = errors.New("too many different intervals are in use; take 2s, 5s, 10s, 30s, 1m, 5m or another usual one")

// At most so many unusual intervals are folded at a time: each costs the publisher a little at every tick.
const maxUnusualIntervals = 16

// isUsual says that an interval always has room.
func isUsual(interval time.Duration) bool {
	return slices.Contains([]time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
	}, interval)
}

// join finds the topic of a host's interval, or makes it and folds the past that the hub remembers. The caller counts as a
// user of a folded topic until leave. Only those who make one wait for the folding; nobody else does.
func (h *Hub) join(name string, interval time.Duration, waker Waker) (*host, *Topic, error) {
	interval = interval.Truncate(time.Millisecond)
	if interval <= h.options.Interval {
		interval = 0
	}
	subject, topic, err := h.joinExisting(name, interval, waker)
	if topic != nil || err != nil {
		return subject, topic, err
	}
	h.deriving.Lock()
	defer h.deriving.Unlock()
	if subject, topic, err = h.joinExisting(name, interval, waker); topic != nil || err != nil {
		return subject, topic, err
	}
	topic, err = h.derive(subject, interval, waker)
	return subject, topic, err
}

// joinExisting returns no topic if it has to be made.
func (h *Hub) joinExisting(name string, interval time.Duration, waker Waker) (*host, *Topic, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	subject, known := h.hosts[name]
	if !known || !subject.listed {
		return nil, nil, ErrUnknownHost
	}
	topic := subject.base
	if interval > 0 {
		if topic = subject.folded[interval]; topic == nil {
			return subject, nil, h.admitsInterval(interval)
		}
		topic.users++
	}
	topic.wakers.add(waker)
	return subject, topic, nil
}

func (h *Hub) admitsInterval(interval time.Duration) error {
	if _, inUse := h.intervals[interval]; inUse || isUsual(interval) {
		return nil
	}
	unusual := 0
	for taken := range h.intervals {
		if !isUsual(taken) {
			unusual++
		}
	}
	if unusual >= maxUnusualIntervals {
		return ErrTooManyIntervals
	}
	return nil
}

// derive makes a folded topic. The past is folded without the lock, from a copy of the ring; what was published meanwhile
// is folded under it.
func (h *Hub) derive(subject *host, interval time.Duration, waker Waker) (*Topic, error) {
	h.mu.RLock()
	topic := h.newFoldedTopic(subject, interval)
	past, remembered := subject.base.ring.since(subject.base.ring.first), h.marks.clone()
	h.mu.RUnlock()
	topic.foldIn(past, &remembered)

	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hosts[subject.name] != subject || !subject.listed {
		return nil, ErrUnknownHost
	}
	topic = h.catchUp(subject, topic)
	if !subject.described {
		h.count(topic)
	}
	subject.folded[interval] = topic
	h.intervals[interval]++
	topic.users++
	topic.wakers.add(waker)
	return topic, nil
}

func (h *Hub) newFoldedTopic(subject *host, interval time.Duration) *Topic {
	topic := h.newTopic(subject.name, interval, subject.base.origin)
	topic.lost = subject.base.lost
	topic.fold = &fold{intervalMs: metric.TimestampMs(interval.Milliseconds()), slot: subject.slot}
	return topic
}

// foldIn folds ticks of the past into a topic that nobody follows yet.
func (t *Topic) foldIn(ticks []*Tick, past *marks) {
	for _, tick := range ticks {
		if row := t.fold.add(tick, past); row != nil {
			t.push(row, t.maxBytes)
		}
	}
}

// catchUp folds in what was published since the topic was made. If all that it has seen has left the ring meanwhile, it is
// made again: its open row would miss what lies between.
func (h *Hub) catchUp(subject *host, topic *Topic) *Topic {
	ring := &subject.base.ring
	from := ring.first
	if last := topic.fold.last; last != nil && ring.oldest().Seq > last.Seq+1 {
		topic = h.newFoldedTopic(subject, topic.interval)
	} else if last != nil {
		from = ring.search(from, func(tick *Tick) bool { return tick.Seq > last.Seq })
	}
	topic.foldIn(ring.since(from), &h.marks)
	if row := topic.fold.sweep(&h.marks); row != nil {
		topic.push(row, topic.maxBytes)
	}
	if ring.len() > 0 {
		topic.admitRest(h.serial.Load())
	}
	return topic
}

// admitRest owns up to a first row that is made of the rest of its ticks, because the others have left the ring: whoever
// resumes before its end has lost something. The newest serial is that of the hub.
func (t *Topic) admitRest(newest uint64) {
	first, serial := t.fold.last, newest+1 // of the open row, which has not ended
	if t.ring.len() > 0 {
		first, serial = t.ring.oldest(), t.ring.oldest().Serial
	}
	if t.lost.serial > 0 && t.fold.bucketOf(t.lost.timestamp) == t.fold.bucketOf(first.Timestamp) {
		t.lost.serial = serial
	}
}

// leave ends what join began.
func (h *Hub) leave(subject *host, topic *Topic, waker Waker) {
	topic.wakers.remove(waker)
	if topic.interval == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if topic.users--; topic.users > 0 {
		return
	}
	h.uncount(topic)
	delete(subject.folded, topic.interval)
	if h.intervals[topic.interval]--; h.intervals[topic.interval] == 0 {
		delete(h.intervals, topic.interval)
	}
}
