package hub

import (
	"slices"
	"time"
)

// Sweep implements [Bus]. Its work grows with the hosts, not with the viewers.
func (h *Hub) Sweep(now time.Time) {
	for _, topic := range h.sweep(now) {
		topic.wakers.wake(topic)
	}
}

// sweep returns the folded topics that have a new row.
func (h *Hub) sweep(now time.Time) (ended []*Topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	elapsed := h.advance(now)
	ended = h.endIntervals(elapsed)
	h.skipPause(elapsed - h.swept - mostBetweenSweeps)
	h.swept = elapsed
	for _, subject := range slices.Clone(h.order) { // hosts may leave it
		h.sweepHost(subject, elapsed)
	}
	if len(h.hosts) > len(h.order) {
		h.forgetUnfollowed()
	}
	return ended
}

// The time between two sweeps beyond this is a pause of this process, and nobody's silence.
const mostBetweenSweeps = 5 * time.Second

// skipPause does not hold a pause of this process against the hosts that it could not hear, nor against their series.
func (h *Hub) skipPause(pause time.Duration) {
	if pause <= 0 || h.swept == 0 {
		return
	}
	for _, subject := range h.order {
		subject.presence.heard = min(h.elapsed, subject.presence.heard+pause)
		subject.columns.skipPause(pause, h.elapsed)
	}
}

// endIntervals makes a mark and ends the rows that are due at it.
func (h *Hub) endIntervals(elapsed time.Duration) (ended []*Topic) {
	if len(h.intervals) == 0 {
		return nil
	}
	made := mark{at: elapsed, serial: h.serial.Load() + 1}
	h.marks.add(made, h.options.Backfill)
	for _, subject := range h.hosts {
		for _, topic := range subject.folded {
			if row := topic.fold.sweep(&h.marks); row != nil {
				h.push(subject, topic, row)
				ended = append(ended, topic)
			}
		}
	}
	h.serial.Store(made.serial + uint64(len(h.slots)))
	return ended
}

// sweepHost lets series leave, and finds out whether the host is silent or gone.
func (h *Hub) sweepHost(subject *host, elapsed time.Duration) {
	h.series -= subject.columns.dropIdle(elapsed, h.options.SeriesIdle)
	presence := &subject.presence
	switch {
	case !subject.described && len(subject.columns.seen) == 0 && elapsed-presence.heard >= h.options.SeriesIdle:
		h.unlist(subject, h.wall())
	case presence.fallsSilent(elapsed, h.options.Interval):
		h.tell(HostSilent, subject, presence.heardAt)
	}
}

// forgetUnfollowed drops the hosts that have left and that nobody follows any more.
func (h *Hub) forgetUnfollowed() {
	for _, subject := range h.hosts {
		if !subject.listed && !subject.followed() {
			h.forget(subject)
		}
	}
}
