package hub

import (
	"errors"
	"slices"
	"time"

	"vitals/internal/metric"
)

// ErrUnknownHost says that no host of that name has been described or has published, or that it has left.
var ErrUnknownHost = errors.New("unknown host")

// Wish is what a subscriber wants of a host. With neither Backfill nor Since nor Serial it gets what comes from now on.
type Wish struct {
	Backfill time.Duration    // so much past, unless Since or Serial is given
	Interval time.Duration    // rows folded over so much time, in whole milliseconds; up to the hub's own interval: every tick
	Since    *metric.Position // everything after this position of the host
	Serial   *uint64          // everything after this serial, see [Tick]; of one wish for several hosts
	Newest   int              // with Since: so many rows of the past at most, the newest; those before them are lost
	// Replay hands the past out by Next, in order with that of the other hosts, instead of in Start.Past. The past is
	// exempt from the bound on lag, and the subscription holds none of it.
	Replay bool
}

// Start is what a subscription to a host begins with; Next goes on behind Past without a seam.
type Start struct {
	Host    metric.Host
	Topic   *Topic
	Catalog *Catalog
	Past    []*Tick // oldest first; none with Wish.Replay
	Behind  uint64  // the position right before the first one that Next will deliver
	// Lost is set when the subscriber named a position or a serial and not everything after it is remembered.
	Lost *Lost
}

// Lost says which positions a returning subscriber will never see.
type Lost struct {
	From uint64 // the first; 0 when nobody can know it
	To   uint64 // the last; 0 when nobody can know, because what was named is of another epoch or was never given
}

// Delivery is one tick, and how many positions of the same host were skipped right before it because the subscriber lagged.
type Delivery struct {
	Topic       *Topic
	Host        string
	Tick        *Tick
	Skipped     uint64 // positions
	SkippedFrom uint64 // the first of them, if there are any
	IsPast      bool   // it was there when the host was followed, and wished for: that it comes late is no lag
}

// Subscription follows any number of hosts. It is used by one goroutine at a time.
type Subscription struct {
	hub      *Hub
	lagBytes uint64
	waker    Waker
	cursors  []*cursor
	ready    ready  // cursors that have something up to the horizon
	horizon  uint64 // every row with a serial up to this one could be read when ready was filled
	done     uint64 // everything with a serial up to this one has been delivered
	all      *Wish  // for hosts that come later; nil unless all are followed
	roster   uint64 // of the hub when the hosts were looked at last
}

// Subscribe implements [Bus].
func (h *Hub) Subscribe(lagBytes int, waker Waker) *Subscription {
	return &Subscription{hub: h, lagBytes: uint64(max(lagBytes, 1)), waker: waker}
}

// Follow begins the stream of a host with the past that is wished for. Following a host again starts it anew. The errors are
// [ErrUnknownHost] and [ErrTooManyIntervals]; with an error the host is followed as before.
func (s *Subscription) Follow(name string, wish Wish) (Start, error) {
	subject, topic, err := s.hub.join(name, wish.Interval, s.waker)
	if err != nil {
		return Start{}, err
	}
	s.Unfollow(name)
	added := &cursor{subject: subject, topic: topic}
	s.hub.mu.RLock()
	start := added.begin(s.hub, wish)
	s.hub.mu.RUnlock()
	s.cursors = append(s.cursors, added)
	s.done = 0
	return start, nil
}

// FollowAll follows every host that there is and each that comes later, until Close. Of a host that comes later Next delivers
// everything from its first tick on, and the waker is told even though nobody knows the topic yet.
func (s *Subscription) FollowAll(wish Wish) ([]Start, error) {
	if s.all == nil {
		s.hub.everyone.add(s.waker)
	}
	s.all = &wish
	s.horizon = s.hub.serial.Load()
	s.roster = s.hub.roster.Load() // from here on a host that comes has no tick up to the horizon, see look
	var starts []Start
	for _, host := range s.hub.Hosts() {
		start, err := s.Follow(host.Name, wish)
		switch {
		case err == nil:
			starts = append(starts, start)
		case !errors.Is(err, ErrUnknownHost): // it may have left just now
			return starts, err
		}
	}
	return starts, nil
}

// Unfollow ends the stream of a host; unknown hosts are ignored.
func (s *Subscription) Unfollow(name string) {
	at := slices.IndexFunc(s.cursors, func(c *cursor) bool { return c.topic.host == name })
	if at >= 0 {
		s.drop(at)
	}
}

func (s *Subscription) drop(at int) {
	dropped := s.cursors[at]
	s.hub.leave(dropped.subject, dropped.topic, s.waker)
	s.cursors = slices.Delete(s.cursors, at, at+1)
	clear(s.ready) // may hold it; the next look fills it again
	s.ready = s.ready[:0]
	s.done = 0
}

// Close ends the streams of all hosts.
func (s *Subscription) Close() {
	if s.all != nil {
		s.hub.everyone.remove(s.waker)
		s.all = nil
	}
	for len(s.cursors) > 0 {
		s.drop(len(s.cursors) - 1)
	}
}

// Next takes the next tick of the hosts that are followed, the one with the smallest serial; false if there is none now. It
// never waits. When nothing is new it takes no lock.
func (s *Subscription) Next() (Delivery, bool) {
	if s.all == nil && len(s.cursors) == 1 {
		only := s.cursors[0]
		if tick := only.head(s.lagBytes); tick != nil {
			return only.deliver(tick), true
		}
		return Delivery{}, false
	}
	for len(s.ready) > 0 || s.look() {
		if delivery, found := s.first(); found {
			return delivery, true
		}
	}
	return Delivery{}, false
}

// look finds the cursors that have something. Only ticks up to a serial that was complete before are looked at: else one
// host's newer tick could pass another's older one that is stored a moment later. A host that came later than the last look
// has no tick up to the last horizon, because the hub's roster grows before the serial does.
func (s *Subscription) look() bool {
	horizon := s.hub.serial.Load()
	for s.all != nil && s.roster != s.hub.roster.Load() {
		s.followNewcomers()
		horizon = s.hub.serial.Load() // the waker is in place and will be told of all that comes behind this
	}
	s.horizon = horizon
	if s.horizon == s.done {
		return false
	}
	for _, cursor := range s.cursors {
		if tick := cursor.head(s.lagBytes); tick != nil && tick.Serial <= s.horizon {
			s.ready = append(s.ready, readyCursor{tick.Serial, cursor})
		}
	}
	s.ready.order()
	if len(s.ready) == 0 {
		s.done = s.horizon
	}
	return len(s.ready) > 0
}

// first delivers the head with the smallest serial. Meanwhile heads may have moved on, even all of them behind the horizon,
// when the subscriber lags.
func (s *Subscription) first() (Delivery, bool) {
	for len(s.ready) > 0 {
		top := &s.ready[0]
		tick := top.cursor.head(s.lagBytes)
		if tick.Serial > top.serial {
			s.reorder(tick)
			continue
		}
		delivery := top.cursor.deliver(tick)
		s.reorder(top.cursor.head(s.lagBytes))
		return delivery, true
	}
	return Delivery{}, false
}

// reorder puts the topmost cursor where its head belongs, or takes it out if that is behind the horizon.
func (s *Subscription) reorder(head *Tick) {
	if head == nil || head.Serial > s.horizon {
		s.ready.removeTop()
		return
	}
	s.ready[0].serial = head.Serial
	s.ready.down(0)
}

// followNewcomers follows the hosts that came since the last look, and lets go of those that have left.
func (s *Subscription) followNewcomers() {
	s.roster = s.hub.roster.Load()
	listed := s.hub.names()
	for _, cursor := range slices.Clone(s.cursors) {
		name := cursor.topic.host
		if !listed[name] {
			s.Unfollow(name)
		}
		delete(listed, name)
	}
	for name := range listed {
		s.followNewcomer(name)
	}
}

// followNewcomer goes on behind the last horizon. The host may have left again; its interval is in use, so there is room.
func (s *Subscription) followNewcomer(name string) {
	behind := s.horizon
	start, err := s.Follow(name, Wish{Interval: s.all.Interval, Serial: &behind, Replay: true})
	if err == nil && start.Lost != nil {
		newest := s.cursors[len(s.cursors)-1]
		newest.expect = start.Topic.origin + 1 // so that the first delivery says what was missed
	}
}
