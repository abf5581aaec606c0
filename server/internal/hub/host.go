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

// timeline tells how old ticks are, from clocks that may jump. Time passes by the hub's own clock, and faster while a past
// comes in a burst: by as much as the timestamps get further ahead of the hub's clock than they ever were, a leap of them
// counting for a step only. So a clock that is set forward, back, or to and fro costs the past little, and keeps nothing
// for ever.
type timeline struct {
	started bool
	first   metric.TimestampMs
	ahead   time.Duration // the most that timestamps were ahead of the hub's clock
	leapt   time.Duration // what the burst added to the hub's clock
}

// What fits a duration, with room to subtract.
const mostSinceFirst = 200 * 365 * 24 * time.Hour

// mostLeap is what one leap of the timestamps counts for at most. A few intervals are no leap.
func (o Options) mostLeap() time.Duration { return max(o.Backfill/10, 3*o.Interval) }

// step says how old the host is at a tick that arrives now. It never grows younger.
func (l *timeline) step(timestamp metric.TimestampMs, arrived, mostLeap time.Duration) time.Duration {
	if !l.started {
		*l = timeline{started: true, first: timestamp, ahead: -arrived}
	}
	most := metric.TimestampMs(mostSinceFirst.Milliseconds())
	sinceFirst := time.Duration(min(max(timestamp-l.first, -most), most)) * time.Millisecond
	if ahead := sinceFirst - arrived; ahead > l.ahead {
		l.leapt += min(ahead-l.ahead, mostLeap)
		l.ahead = ahead
	}
	return arrived + l.leapt
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
