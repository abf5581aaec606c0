package hub

import (
	"time"

	"vitals/internal/metric"
)

// host is all that the hub knows of one host. Everything in it is guarded by Hub.mu.
type host struct {
	name        string
	description metric.Host
	described   bool // by Describe: it never leaves, and bounds on hosts and on series in all are not for it
	listed      bool // among the hosts that there are; one that has left is kept for those who still follow it
	slot        int  // its place in the serials of a mark; no other listed or kept host has the same

	base     *Topic
	folded   map[time.Duration]*Topic // by interval
	columns  columns
	timeline timeline
	presence presence
}

// timeline tells how old ticks are, from clocks that may jump. Time passes by the hub's own clock, or faster, while a past
// comes in a burst, by the timestamps; those count only where they pass the newest one so far, and a leap of them only for
// a step. So a clock that is set forward and back again costs the past little, and one that is set back keeps nothing
// for ever.
type timeline struct {
	started bool
	age     time.Duration
	arrived time.Duration
	newest  metric.TimestampMs
}

// A leap of the timestamps counts for at most this part of the backfill.
const leapsOfBackfill = 10

// step says how old the host is at a tick that arrives now.
func (l *timeline) step(timestamp metric.TimestampMs, arrived, backfill time.Duration) time.Duration {
	if !l.started {
		*l = timeline{started: true, arrived: arrived, newest: timestamp}
		return 0
	}
	leap := time.Duration(min(max(0, timestamp-l.newest), metric.TimestampMs(backfill.Milliseconds()))) * time.Millisecond
	l.age += max(arrived-l.arrived, min(leap, backfill/leapsOfBackfill), 0)
	l.arrived = arrived
	l.newest = max(l.newest, timestamp)
	return l.age
}

// presence is whether a host is heard of.
type presence struct {
	silent  bool
	heard   time.Duration      // when its last update arrived, or when it came
	heardAt metric.TimestampMs // the same by the wall
	gap     time.Duration      // between the last two bursts of updates
}

// Updates this close together are one burst: somebody who sends a minute's ticks each minute has a gap of a minute.
const burst = time.Second

const (
	leastSilence = 15 * time.Second
	mostSilence  = 15 * time.Minute
)

// hear notes an update; it says whether the host was silent before.
func (p *presence) hear(now time.Duration, at metric.TimestampMs) (returned bool) {
	if gap := now - p.heard; gap >= burst {
		p.gap = gap
	}
	p.heard, p.heardAt = now, at
	returned, p.silent = p.silent, false
	return returned
}

// fallsSilent notes that a host has sent nothing for longer than it usually does; it is true once.
func (p *presence) fallsSilent(now, interval time.Duration) bool {
	patience := min(max(3*p.gap, leastSilence, 3*interval+5*time.Second), max(mostSilence, 3*interval+5*time.Second))
	if p.silent || now-p.heard <= patience {
		return false
	}
	p.silent = true
	return true
}

// status is the description, and since when the host is silent.
func (t *host) status() metric.Host {
	described := t.description
	described.SilentSince = 0
	if t.presence.silent {
		described.SilentSince = t.presence.heardAt
	}
	return described
}

// followed reports whether any subscription holds a topic of the host.
func (t *host) followed() bool { return len(t.folded) > 0 || !t.base.wakers.empty() }
