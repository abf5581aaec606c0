package stream

import (
	"errors"
	"sync/atomic"
	"time"
)

// The watchdog counts in beats, one a second: no connection has a timer of its own, and none is set for a write.
const (
	beatEvery      = time.Second
	patienceBeats  = 10 // a peer that takes nothing, ends no message or gives no sign of life for so long is cut
	heartbeatBeats = 10 // a WebSocket on which nothing was written for so long is asked for a sign of life
	pingEveryBeats = 15 // an event stream gets a ping each time
	goodbyeTimeout = 3 * time.Second
	askKernelBeats = 5 // so often the kernel is asked whether the peer's machine is still there
)

// Why the watchdog cuts a viewer.
var (
	errStalled  = errors.New("took no byte for too long")
	errHalf     = errors.New("began a message and did not end it")
	errVanished = errors.New("gave no sign of life")
)

// pulse is what the watchdog looks at, in beats of its clock; the clock begins at 1, and 0 means never or not now.
type pulse struct {
	writtenAt    atomic.Uint32 // bytes went out
	heardAt      atomic.Uint32 // bytes came in
	waitingSince atomic.Uint32 // a write waits for the peer to take something
	messageSince atomic.Uint32 // a message is coming in
	pingDue      atomic.Bool   // a ping is to be written
	slowedAt     atomic.Uint32 // it got a longer interval than it asked for, because it is slow; 0 while it keeps up
	calm         atomic.Uint32 // so many beats without waiting, and it gets what it asked for again
	easeDue      atomic.Bool   // it is to get that

	// The watchdog's own.
	beganAt  uint32
	pingedAt uint32
	waitedAt uint32 // a write was seen to wait
	takenAt  uint32 // when the peer was seen to take something
	taken    int64
}

func (p *pulse) begin(now uint32) {
	p.writtenAt.Store(now)
	p.heardAt.Store(now)
	p.pingedAt, p.beganAt = now, now
}

func (p *pulse) wrote(now uint32) { p.writtenAt.Store(now) }
func (p *pulse) heard(now uint32) { p.heardAt.Store(now) }
func (p *pulse) waits(now uint32) { p.waitingSince.Store(now) }
func (p *pulse) waitsNoMore()     { p.waitingSince.Store(0) }

// check is what the watchdog does with a viewer at each beat. It never waits.
func (v *viewer) check(now uint32) {
	p := &v.pulse
	if (now-p.beganAt)%askKernelBeats == 0 && v.line.Vanished() {
		v.streams.counts.cut(cutVanished)
		v.cut(errVanished)
		return
	}
	if waiting := p.waitingSince.Load(); waiting != 0 {
		if v.noteProgress(waiting, now); now-p.takenAt >= patienceBeats {
			v.streams.counts.cut(cutStalled)
			v.cut(errStalled)
		}
		p.waitedAt = now
		return // its reader may be waiting too, and its pings lie behind what it does not take
	}
	if slowed := p.slowedAt.Load(); slowed != 0 && now-max(slowed, p.waitedAt) >= p.calm.Load() {
		p.easeDue.Store(true)
		v.wake()
	}
	switch message := p.messageSince.Load(); {
	case message != 0 && now-message >= patienceBeats:
		v.streams.counts.cut(cutHalf)
		v.cut(errHalf)
	case v.kind.transport == transportEvents:
		if now-p.pingedAt >= pingEveryBeats {
			v.ping(now)
		}
	case p.heardAt.Load() < p.pingedAt: // the last ping is not answered
		if now-p.pingedAt >= patienceBeats {
			v.streams.counts.cut(cutVanished)
			v.cut(errVanished)
		}
	case now-max(p.writtenAt.Load(), p.heardAt.Load()) >= heartbeatBeats:
		v.ping(now)
	}
}

// noteProgress notes when the peer was seen to take something last while a write waits.
func (v *viewer) noteProgress(waiting, now uint32) {
	p := &v.pulse
	switch taken := v.line.Taken(); {
	case waiting > p.takenAt: // another write than the one that was looked at before
		p.takenAt, p.taken = waiting, taken
	case taken != p.taken:
		p.takenAt, p.taken = now, taken
	}
}

func (v *viewer) ping(now uint32) {
	v.pulse.pingedAt = now
	v.pulse.pingDue.Store(true)
	v.wake()
}
