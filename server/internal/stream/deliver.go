package stream

import (
	"vitals/internal/hub"
	"vitals/internal/wire"
)

// deliver puts a tick into the outbox, after what the viewer must know before it.
func (v *viewer) deliver(delivery hub.Delivery) {
	tick := delivery.Tick
	follow := v.follows[delivery.Host]
	if follow == nil {
		follow = v.meet(delivery)
	}
	if v.conflate(follow, delivery) {
		return
	}
	follow.passed, v.served = tick.Seq, messageID{serial: tick.Serial, conflation: follow.conflation}
	if delivery.Skipped > 0 {
		v.tellSkipped(follow, delivery.SkippedFrom, delivery.SkippedFrom+delivery.Skipped-1)
	}
	if tick.Seq <= follow.last && v.kind.shape == shapeSession {
		return // folded of rows that it had one by one before it asked for a coarser interval
	}
	if follow.view.catalog != tick.Catalog {
		v.changeView(follow, tick.Catalog)
	}
	if v.kind.shape != shapeSession {
		v.outbox.add(v.plainImage(follow.view, tick))
		follow.last = tick.Seq
	} else if image := follow.view.image(tick, follow.from(tick)); image != nil {
		v.outbox.add(image)
		follow.last = tick.Seq
	}
	v.streams.counts.delivered.Add(1)
}

// meet begins with a host that came later, for a viewer who follows all.
func (v *viewer) meet(delivery hub.Delivery) *follow {
	behind := delivery.Tick.From - delivery.Skipped - 1
	follow := v.attach(delivery.Tick.Catalog, v.every, behind)
	if v.kind.shape == shapeSession {
		v.outbox.add(follow.view.catalogFrame())
	}
	return follow
}

// plainImage is the tick's events, without those that a viewer who came back in the middle of the tick has.
func (v *viewer) plainImage(sight *view, tick *hub.Tick) []byte {
	if v.resume == nil {
		return sight.image(tick, 0)
	}
	have := v.resume
	v.resume = nil
	if have.serial != tick.Serial || v.kind.shape != shapeEvents {
		return sight.image(tick, 0)
	}
	return sight.encodeEvents(tick, have.part)
}

// tellSkipped counts the positions that a slow viewer missed, and tells it.
func (v *viewer) tellSkipped(follow *follow, from, to uint64) {
	skipped := to - from + 1
	v.streams.counts.skipped.Add(skipped)
	gap := wire.Gap{Host: follow.view.catalog.Host, From: from, To: to, Dropped: skipped}
	if follow.last > 0 {
		gap.From = follow.last + 1 // rows of which it sees nothing may lie before
	}
	follow.last = gap.To
	v.tellGap(gap)
}

// changeView goes on under another catalogue; a session is told when it sees other columns than before.
func (v *viewer) changeView(follow *follow, catalog *hub.Catalog) {
	before := follow.view
	follow.view = follow.group.view(catalog)
	if v.kind.shape == shapeSession && !follow.view.looksLike(before) {
		v.outbox.add(follow.view.catalogFrame())
	}
}

// tellLost says what a viewer who came back will never see.
func (v *viewer) tellLost(follow *follow, start hub.Start) {
	lost := start.Lost
	gap := wire.Gap{Host: start.Host.Name, From: lost.From, To: lost.To}
	if lost.From > 0 {
		gap.Dropped = lost.To - lost.From + 1
	}
	follow.last = lost.To
	v.tellGap(gap)
}

func (v *viewer) tellGap(gap wire.Gap) {
	if v.kind.shape == shapeSession {
		v.say(gap)
		return
	}
	v.outbox.add(v.framing.Gap(nil, gap))
}
