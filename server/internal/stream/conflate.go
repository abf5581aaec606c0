package stream

import (
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// A viewer that is slower than its stream for long would be as far behind as it may for ever, and lose the oldest rows. It
// gets rows folded over a longer interval instead, of which a few are kept when it changes over: it misses detail, and is
// fresh. The rows are those of the hub's own intervals, so all slow viewers share them, and positions go on: what was
// passed over is in a gap, everything else in some row.

// conflations are the intervals that slow viewers get, one after the other until one is long enough.
var conflations = [...]time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute}

const (
	mostRowsBehind = 3   // a viewer that lags is this far behind; so much it keeps of its backlog when it changes over
	calmBeats      = 30  // a viewer that took everything at once for so long gets what it wanted again
	mostCalmBeats  = 960 // the same for one that could not keep up with that time and again
)

// slowness is what a viewer gets less of because it is slow.
type slowness struct {
	conflation time.Duration // its rows are folded over at least so long; 0 while it keeps up
	busySince  uint32        // the beat since which its chaser is at live ticks
	easedAt    uint32        // the beat at which it got what it wanted again
}

// conflate looks at a tick that is next for a viewer. True means that the tick is replaced: the follow goes on in rows of a
// longer interval, right behind what the viewer has.
func (v *viewer) conflate(follow *follow, delivery hub.Delivery) bool {
	lags := v.lags(delivery)
	if lags {
		v.slowDown(follow)
	}
	return (lags || delivery.Topic.Interval() < v.conflation) && v.refollow(follow, hub.Wish{Newest: mostRowsBehind})
}

// lags reports whether the viewer was slower than its stream for long: the line was full all the time, and it shows.
func (v *viewer) lags(delivery hub.Delivery) bool {
	if !v.chased {
		return false
	}
	now := v.streams.beat.Load()
	if delivery.IsPast {
		v.busySince = now // as in preparePast
	}
	return now-v.busySince >= patienceBeats && delivery.Topic.RowsBehind(delivery.Tick) >= mostRowsBehind
}

// slowDown takes the next longer interval. With the longest one it stays, and the backlog is skipped again.
func (v *viewer) slowDown(follow *follow) {
	now, current := v.streams.beat.Load(), max(follow.interval, v.conflation, v.streams.interval)
	if v.conflation == 0 {
		calm := v.streams.calm
		if before := v.pulse.calm.Load(); before > 0 && now-v.easedAt < mostCalmBeats {
			calm = min(2*before, mostCalmBeats) // it is back soon: not too often, each time costs it detail and age
		}
		v.pulse.calm.Store(calm)
	}
	for _, longer := range conflations {
		if longer > current {
			v.conflation = longer
			break
		}
	}
	v.busySince = now // the longer interval gets its chance
	v.pulse.slowedAt.Store(now)
}

// prepareEase gives a viewer what it wanted again, all hosts at once: ids of events count over all of them.
func (v *viewer) prepareEase() bool {
	if !v.pulse.easeDue.Swap(false) {
		return false
	}
	v.conflation, v.easedAt = 0, v.streams.beat.Load()
	v.pulse.slowedAt.Store(0)
	behind := v.served.serial
	if v.served.conflation > 0 {
		behind-- // a folded row has the serial of the tick that ended it, and does not hold that tick
	}
	if v.wide != nil { // so that later hosts come as it wants them
		later := hub.Wish{Interval: v.every.hub.Interval, Serial: &behind, Replay: true}
		_, _ = v.subscription.FollowAll(later) // a host that cannot be followed so goes on as it is
	}
	for _, follow := range v.follows {
		if follow.conflation > 0 || v.wide != nil {
			v.ease(follow, behind)
		}
	}
	return true
}

// ease goes on with a host as the viewer wanted it. Where ids count over several hosts, ticks up to a serial that the viewer
// has no row of yet are given up: nobody could come back between them.
func (v *viewer) ease(follow *follow, behind uint64) {
	wanted := hub.Wish{}
	if follow.conflation > 0 && v.kind.hasIDs() && behind > 0 {
		wanted.Serial = &behind
	}
	v.refollow(follow, wanted)
}

// refollow goes on with a host in rows of the interval that is due: behind a serial if one is wished for, and in any case
// behind what the viewer has. A host that has left is followed as before.
func (v *viewer) refollow(follow *follow, wanted hub.Wish) bool {
	follow.conflation = 0
	if v.conflation > follow.interval {
		follow.conflation = v.conflation
	}
	v.regroup(follow)
	wanted.Interval, wanted.Replay = max(follow.interval, v.conflation), true
	if wanted.Serial == nil {
		wanted.Since = &metric.Position{Epoch: v.streams.bus.Epoch(), Seq: follow.passed}
	}
	start, err := v.subscription.Follow(follow.view.catalog.Host, wanted)
	if err == nil && wanted.Serial != nil && start.Behind < follow.passed {
		wanted.Serial = nil
		return v.refollow(follow, wanted)
	}
	if err != nil {
		return false
	}
	if v.wide == nil {
		v.lane.leave(&follow.membership)
		v.lane.join(start.Topic, &follow.membership)
	}
	if start.Behind > follow.passed {
		v.tellSkipped(follow, follow.passed+1, start.Behind)
		follow.passed = start.Behind
	}
	return true
}

// regroup makes the ids of an event stream tell the interval of its rows.
func (v *viewer) regroup(follow *follow) {
	of := follow.group.kind
	if !of.hasIDs() || of.conflation == follow.conflation {
		return
	}
	of.conflation = follow.conflation
	before := follow.group
	follow.group = v.streams.groups.acquire(of, before.globs)
	follow.view = follow.group.view(follow.view.catalog)
	v.streams.groups.release(before)
}
