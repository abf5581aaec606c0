package stream

import (
	"sync"
	"sync/atomic"
	"time"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// maxLagBytes is how far a viewer may fall behind before its oldest ticks are skipped.
const maxLagBytes = 256 << 10

// viewer is one client: what it follows, and the bytes that are on their way to it.
//
// Nearly always the viewer's lane writes: what fits, without waiting, under mu. When the line is full a chaser is started, a
// goroutine that waits for this line alone and ends when the viewer has caught up; until then the line is the chaser's.
// It is only looked after under mu, and it stops being chased only when, under mu, nothing is ready: no tick is left behind.
type viewer struct {
	streams *Streams
	lane    *lane
	line    line
	kind    kind
	framing framing
	codec   wire.Codec
	peer    string // who it is, for the log and for what it publishes

	ending atomic.Pointer[ending] // nil while it does not end
	pulse  pulse

	mu           sync.Mutex // held briefly, never while a write waits
	moved        *sync.Cond // the chaser has written something or ended; nil until somebody waits for that
	subscription *hub.Subscription
	follows      map[string]*follow
	every        wish // what it wants of each host, if it follows all
	outbox       outbox
	chased       bool // the line is the chaser's
	left         bool // nothing more is made for it
	silent       bool // nothing more may be written

	pong   []byte // the payload of a ping that is to be answered
	wishes []wish // hosts to follow, in order, after the past of the one before
	behind *follow
	news   uint64       // the newest change of a host that it knows
	resume *resumePoint // the tick of which it has the first events already; nil when that has passed
	served messageID    // of the newest tick that it has come by
	wide   *membership  // its place among those who follow all hosts
	slowness
}

// ending is why a viewer ends, and when it is to be gone at last.
type ending struct {
	cause error
	by    time.Time
}

func (s *Streams) newViewer(out line, request viewerRequest, peer string) *viewer {
	v := &viewer{
		streams: s, lane: s.quietestLane(), line: out, kind: request.kind(), codec: codecOf(request.format), peer: peer,
		follows: make(map[string]*follow),
	}
	v.framing = s.framing(v.kind)
	v.subscription = s.bus.Subscribe(maxLagBytes, v.lane)
	v.pulse.begin(s.beat.Load())
	return v
}

// mostAtOnce is how many things a lane prepares for one viewer before it goes on: the others wait.
const mostAtOnce = 32

// wake has what is ready written, as far as that needs no waiting. A viewer whose line is full, or which has much to catch
// up with, is left to a chaser.
func (v *viewer) wake() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for range mostAtOnce {
		if v.chased || v.left || v.flush() {
			break
		}
		if !v.prepare() {
			return
		}
	}
	if !v.chased && !v.left {
		v.chased, v.busySince = true, v.streams.beat.Load()
		v.streams.present.Go(v.chase)
	}
}

// flush writes what fits; full says that there is more.
func (v *viewer) flush() (full bool) {
	for !v.outbox.isEmpty() {
		head := v.outbox.head()
		written, err := v.line.TryWrite(head)
		v.wrote(written)
		if err != nil {
			v.fail(err)
		}
		if written < len(head) {
			return true
		}
	}
	return false
}

// chase writes with patience until the viewer has caught up or leaves.
func (v *viewer) chase() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.flushPatiently(func() bool { return v.left }) && !v.left && v.prepare() {
		continue
	}
	v.chased = false
	v.tellMoved()
}

// flushPatiently writes all, however long it takes: the watchdog ends it when the peer takes nothing. It gives mu back while
// it waits, and looks between two chunks whether to stop.
func (v *viewer) flushPatiently(stop func() bool) (done bool) {
	for !v.outbox.isEmpty() && !stop() {
		head := v.outbox.head()
		v.pulse.waits(v.streams.beat.Load())
		v.mu.Unlock()
		written, err := v.line.Write(head)
		v.mu.Lock()
		v.pulse.waitsNoMore()
		v.wrote(written)
		v.tellMoved()
		if err != nil {
			v.fail(err)
			return false
		}
	}
	return v.outbox.isEmpty()
}

func (v *viewer) wrote(length int) {
	if length > 0 {
		v.outbox.advance(length)
		v.pulse.wrote(v.streams.beat.Load())
		v.streams.counts.bytes.Add(uint64(length))
	}
}

// awaitMove waits until the chaser has written something or ended; the caller holds mu.
func (v *viewer) awaitMove() {
	if v.moved == nil {
		v.moved = sync.NewCond(&v.mu)
	}
	v.moved.Wait()
}

func (v *viewer) tellMoved() {
	if v.moved != nil {
		v.moved.Broadcast()
	}
}

// fail ends a viewer whose line is broken; the caller holds mu.
func (v *viewer) fail(err error) {
	v.left, v.silent = true, true
	v.end(err)
}

// prepare puts the next thing that is ready into the outbox; false when there is none.
func (v *viewer) prepare() bool {
	return v.prepareControl() || v.prepareStart() || v.prepareNews() || v.prepareEase() || v.prepareTick()
}

func (v *viewer) prepareTick() bool {
	delivery, ready := v.subscription.Next()
	if ready {
		v.deliver(delivery)
	}
	return ready
}

// end begins the end of a viewer, from any goroutine; only the first cause counts. What is being read ends now; what is
// being written, and the goodbye, have goodbyeTimeout in all.
func (v *viewer) end(cause error) {
	if v.blame(cause) {
		v.line.Hurry(goodbyeTimeout)
	}
}

// cut ends a viewer without a word.
func (v *viewer) cut(cause error) {
	v.blame(cause)
	v.line.Cut()
}

// blame notes why the viewer ends, if nobody has before.
func (v *viewer) blame(cause error) bool {
	return v.ending.CompareAndSwap(nil, &ending{cause, time.Now().Add(goodbyeTimeout)})
}

// leave gives back what the viewer held. From now on nothing but lastWords is written.
func (v *viewer) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.left = true
	v.subscription.Close()
	for host := range v.follows {
		v.forget(host)
	}
	if v.wide != nil {
		v.lane.leave(v.wide)
	}
	v.lane.viewers.Add(-1)
	v.wishes, v.behind = nil, nil
}

// lastWords writes what was begun, then the last bytes of all.
func (v *viewer) lastWords(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.left = true
	for v.chased { // not for long: its viewer has left, and its line is in a hurry
		v.awaitMove()
	}
	switch {
	case v.silent && v.outbox.isEmpty():
		return 0, errSilenced
	case v.silent:
		return 0, errBroken
	}
	v.outbox.add(p)
	if !v.flushPatiently(func() bool { return false }) {
		return 0, errBroken
	}
	v.silent = true
	return len(p), nil
}
