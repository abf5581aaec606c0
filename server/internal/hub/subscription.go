package hub

import (
	"errors"
	"time"

	"vitals/internal/metric"
)

// ErrUnknownHost says that no host of that name has been described or has published.
var ErrUnknownHost = errors.New("unknown host")

// Waker is told when a topic that one of its subscriptions follows has something new.
type Waker interface {
	// Wake is called by Publish and must return at once. One waker may serve thousands of subscriptions: a topic tells
	// each distinct waker once. Wakers are compared, so pass a pointer. Call Next once after Follow: what was published
	// meanwhile may have been told before the caller knew the topic.
	Wake(*Topic)
}

// Wish is what a subscriber wants of a host.
type Wish struct {
	Backfill time.Duration    // so much past, unless Since or Serial is given
	Interval time.Duration    // rows folded over so much time; up to the hub's own interval means every tick
	Since    *metric.Position // everything after this position of the host
	Serial   *uint64          // everything after this hub-wide number, see [Tick]
	// Replay hands the past out by Next, in hub-wide order with that of the other hosts, instead of in Start.Past. The
	// past is exempt from the bound on lag, and nothing of it is held by the subscription.
	Replay bool
}

// Subscription follows any number of hosts. It is used by one goroutine at a time.
type Subscription struct {
	hub      *Hub
	lagBytes uint64
	waker    Waker
	cursors  []*cursor
	turn     int // the cursor that Next looks at first, so that no host starves another
}

// cursor is where a subscription stands in one host's ring.
type cursor struct {
	topic        *Topic
	subscription *Subscription
	next         uint64 // the position that the subscriber wants next
	slot         int    // place among the topic's followers
}

// Start is what a subscription to a host begins with; Next goes on behind Past without a seam.
type Start struct {
	Host    metric.Host
	Topic   *Topic
	Catalog *Catalog
	Past    []*Tick // oldest first
	// Lost is set when the subscriber named a position and not everything after it is in Past.
	Lost *Lost
}

// Lost says which ticks a returning subscriber will never see.
type Lost struct {
	From, To uint64 // the missing positions; both 0 when the epoch is another one and nobody can know
}

// Delivery is one tick, and how many positions of the same host were skipped right before it because the subscriber lagged.
type Delivery struct {
	Topic       *Topic
	Host        string
	Tick        *Tick
	Skipped     uint64 // positions
	SkippedFrom uint64 // the first of them
}

// Subscribe implements [Bus].
func (h *Hub) Subscribe(lagBytes int, waker Waker) *Subscription {
	return &Subscription{hub: h, lagBytes: uint64(max(lagBytes, 1)), waker: waker}
}

// FollowAll follows every host that there is and each that comes later; Next begins those by itself.
func (s *Subscription) FollowAll(wish Wish) ([]Start, error) {
	var starts []Start
	for _, host := range s.hub.Hosts() {
		start, err := s.Follow(host.Name, wish)
		if err != nil {
			return starts, err
		}
		starts = append(starts, start)
	}
	return starts, nil
}

// Follow begins the stream of a host with the past that is wished for. Following a host again starts it anew.
func (s *Subscription) Follow(host string, wish Wish) (Start, error) {
	topic, known := s.hub.lookup(host)
	if !known {
		return Start{}, ErrUnknownHost
	}
	s.Unfollow(host)
	cursor := &cursor{topic: topic, subscription: s}
	start := cursor.start(wish, s.hub.epoch)
	s.cursors = append(s.cursors, cursor)
	topic.follow(cursor)
	return start, nil
}

// Unfollow ends the stream of a host; unknown hosts are ignored.
func (s *Subscription) Unfollow(host string) {
	for i, cursor := range s.cursors {
		if cursor.topic.name == host {
			cursor.topic.unfollow(cursor)
			s.cursors = append(s.cursors[:i], s.cursors[i+1:]...)
			return
		}
	}
}

// Close ends the streams of all hosts.
func (s *Subscription) Close() {
	for _, cursor := range s.cursors {
		cursor.topic.unfollow(cursor)
	}
	s.cursors = nil
}

// Next takes the next tick of any host that is followed; false if there is none now. It never waits.
func (s *Subscription) Next() (Delivery, bool) {
	for range s.cursors {
		cursor := s.cursors[s.turn%len(s.cursors)]
		s.turn++
		if delivery, ok := cursor.take(s.lagBytes); ok {
			return delivery, true
		}
	}
	return Delivery{}, false
}

// take steps to the next tick, skipping what lies further back than the bound.
func (c *cursor) take(lagBytes uint64) (Delivery, bool) {
	c.topic.mu.RLock()
	defer c.topic.mu.RUnlock()
	if c.next > c.topic.last {
		return Delivery{}, false
	}
	wanted := c.next
	newest := c.topic.at(c.topic.last)
	c.next = max(c.next, c.topic.first)
	for c.next < c.topic.last && newest.endBytes-c.topic.at(c.next).endBytes > lagBytes {
		c.next++
	}
	tick := c.topic.at(c.next)
	delivery := Delivery{Topic: c.topic, Host: c.topic.name, Tick: tick, Skipped: c.next - wanted, SkippedFrom: wanted}
	c.next++
	return delivery, true
}

// start sets the cursor behind the newest tick and collects what the subscriber gets of the past.
func (c *cursor) start(wish Wish, epoch string) Start {
	since := wish.Since
	t := c.topic
	t.mu.RLock()
	defer t.mu.RUnlock()
	c.next = t.last + 1
	start := Start{Host: t.host, Topic: t, Catalog: t.catalog}
	from := t.first
	switch {
	case wish.Serial != nil:
		for from <= t.last && t.at(from).Serial <= *wish.Serial {
			from++
		}
	case since == nil:
		from = t.newerThan(wish.Backfill)
	case since.Epoch != epoch || since.Seq > t.last:
		start.Lost = &Lost{}
	case since.Seq+1 < t.first:
		start.Lost = &Lost{From: since.Seq + 1, To: t.first - 1}
	default:
		from = since.Seq + 1
	}
	if wish.Replay {
		c.next = from
		return start
	}
	start.Past = t.between(from, t.last)
	return start
}

// newerThan is the first position whose tick is at most so much older than the newest one.
func (t *Topic) newerThan(age time.Duration) uint64 {
	newest := t.at(t.last)
	from := t.last + 1
	for from > t.first && age > 0 && newest.Timestamp-t.at(from-1).Timestamp < metric.TimestampMs(age.Milliseconds()) {
		from--
	}
	return from
}
