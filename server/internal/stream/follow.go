package stream

import (
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// follow is what a viewer wants of one host.
type follow struct {
	membership
	group *group
	view  *view  // of the last catalogue that was sent
	last  uint64 // the newest position that the viewer has or was told of; 0 when nobody knows
	past  past

	interval   time.Duration // that it asked for
	conflation time.Duration // the longer one that it gets because it is slow; 0 while it is not
	passed     uint64        // the newest position that it has come by, also if it saw nothing of that

	wanted *wish // of a plain viewer, which cannot ask again when its host has left and comes back
	gone   bool
}

// wish is a host that a viewer wants to follow.
type wish struct {
	host     string
	field    string // where the host stands in the command, for an error
	globs    []metric.Glob
	envelope bool
	hub      hub.Wish
}

// prepareStart goes on with what commands have asked for: the past of one host after the other.
func (v *viewer) prepareStart() bool {
	switch {
	case v.behind != nil:
		v.preparePast(v.behind)
	case len(v.wishes) > 0:
		next := v.wishes[0]
		v.wishes = v.wishes[1:]
		v.start(next)
	default:
		v.wishes = nil
		return false
	}
	return true
}

// start begins the stream of a host. A session gets its catalogue and what was lost; a plain viewer gets its past as ticks.
func (v *viewer) start(wanted wish) {
	of := wanted.hub
	of.Replay, of.Interval = v.kind.shape != shapeSession, max(of.Interval, v.conflation)
	start, err := v.subscription.Follow(wanted.host, of)
	if err != nil {
		v.refuse(wanted, err)
		return
	}
	v.forget(wanted.host)
	follow := v.attach(start.Catalog, wanted, start.Behind)
	v.lane.join(start.Topic, &follow.membership)
	if v.kind.shape == shapeSession {
		v.outbox.add(follow.view.catalogFrame())
	}
	if v.kind.shape != shapeSession {
		follow.wanted = &wanted
	}
	if since := wanted.hub.Since; since != nil {
		follow.last = since.Seq
	}
	if start.Lost != nil {
		v.tellLost(follow, start)
	}
	if len(start.Past) > 0 {
		follow.past = follow.view.newPast(start.Past, v.streams.stride(start.Topic))
		v.behind = follow
	}
}

// attach makes the viewer a member of the group that sees a host as it does. It goes on behind a position.
func (v *viewer) attach(catalog *hub.Catalog, wanted wish, behind uint64) *follow {
	of, interval := v.kind, wanted.hub.Interval
	of.envelope = wanted.envelope
	added := &follow{membership: membership{viewer: v}, interval: interval, passed: behind}
	if v.conflation > interval {
		added.conflation = v.conflation
	}
	if of.hasIDs() {
		of.conflation = added.conflation
	}
	added.group = v.streams.groups.acquire(of, wanted.globs)
	added.view = added.group.view(catalog)
	v.follows[catalog.Host] = added
	return added
}

// stride is how far the positions of two rows of a topic lie apart.
func (s *Streams) stride(topic *hub.Topic) uint64 {
	return uint64(max(1, topic.Interval()/max(s.interval, 1)))
}

// refuse says why a host cannot be followed. A session goes on; a plain viewer, which wants nothing else, may come back.
func (v *viewer) refuse(wanted wish, err error) {
	fault := unknownHost(wanted.field, wanted.host)
	if errors.Is(err, hub.ErrTooManyIntervals) {
		fault = &wire.FieldError{Code: wire.CodeTooMany, Field: "interval", Message: err.Error()}
	}
	if v.kind.shape == shapeSession {
		v.say(fault.Frame())
		return
	}
	v.end(&closing{websocket.StatusTryAgainLater, fault.Error()})
}

func unknownHost(field, host string) *wire.FieldError {
	return &wire.FieldError{Code: wire.CodeUnknownHost, Field: field, Message: fmt.Sprintf("no host is called %.64q", host)}
}

// preparePast sends the next piece of the past.
func (v *viewer) preparePast(follow *follow) {
	v.busySince = v.streams.beat.Load() // a past may take its time: it is no lag
	piece := follow.past.next(follow.view.rowsPerPiece())
	v.outbox.add(follow.view.snapshot(piece, follow.from(piece[0])))
	follow.last = piece[len(piece)-1].Seq
	if len(follow.past.ticks) == 0 {
		follow.past, v.behind = past{}, nil
	}
}

// from is the first position that a row covers for this viewer, 0 if that is the row's own.
func (f *follow) from(tick *hub.Tick) uint64 {
	first := tick.From
	if f.last > 0 {
		first = f.last + 1
	}
	if first == tick.Seq {
		return 0
	}
	return first
}

// forget ends what a viewer wants of a host.
func (v *viewer) forget(host string) {
	follow, exists := v.follows[host]
	if !exists {
		return
	}
	delete(v.follows, host)
	v.lane.leave(&follow.membership)
	v.streams.groups.release(follow.group)
	if v.behind == follow {
		v.behind = nil
	}
}

// say puts a frame that is for this viewer alone into the outbox.
func (v *viewer) say(frame wire.Frame) { v.outbox.add(v.encode(frame)) }

// has is how far a viewer of events has come, as an id; none inside a tick of which it has a part.
func (v *viewer) has() messageID {
	if v.kind.hasIDs() && v.resume == nil {
		return v.served
	}
	return messageID{}
}

// prepareControl answers a ping, or asks for a sign of life.
func (v *viewer) prepareControl() bool {
	switch {
	case v.pong != nil:
		v.outbox.add(append([]byte{finalPong, byte(len(v.pong))}, v.pong...))
		v.pong = nil
	case v.pulse.pingDue.Swap(false):
		v.outbox.add(v.framing.Ping(nil, metric.TimestampOf(time.Now()), v.has()))
	default:
		return false
	}
	return true
}
