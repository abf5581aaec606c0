package ingest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// pieceEvents is how many events of a push are judged and sent together.
const pieceEvents = 4096

// maxListed bounds the refusals that an answer lists; the others are counted.
const maxListed = 100

// event is an event on its way in.
type event struct {
	index     int // in the push, from 0
	host      string
	metric    string
	value     float64
	timestamp metric.TimestampMs
	hasTime   bool
	unit      string
	help      string
}

func eventOf(index int, pushed wire.PushedEvent) event {
	one := event{
		index: index, host: pushed.Host, metric: pushed.Metric, value: pushed.Value, unit: pushed.Unit, help: pushed.Help,
	}
	if pushed.Timestamp != nil {
		one.timestamp, one.hasTime = *pushed.Timestamp, true
	}
	return one
}

// batch is one push: it collects events, gives them to the service piece by piece, and keeps the count.
type batch struct {
	ctx     context.Context // of the push; it outlives a client that goes, whose events are taken all the same
	service *Service
	window  window
	now     time.Time
	events  []event
	answer  wire.Published
	byCode  map[string]uint64
	ignored uint64
	named   bool // refusals name the series, for senders who do not count their events
	offered int  // events so far

	after     uint64          // the serial of the bus before the first event was published
	published bool            // anything at all
	kept      []metric.Update // of this piece: what is not published, for the keeper
	unkept    error           // why nothing of the push is acknowledged; nil while all is well
}

// newBatch begins a push whose timestamps are in units of so many decimals.
func (s *Service) newBatch(ctx context.Context, decimals int) *batch {
	return &batch{
		ctx: ctx, service: s, after: s.bus.Serial(), window: window{past: s.past, decimals: decimals}, now: s.clock(),
		answer: wire.Published{Rejected: []wire.Rejection{}}, byCode: make(map[string]uint64),
	}
}

// add takes one event, or refuses it.
func (b *batch) add(one event) {
	b.offered = max(b.offered, one.index+1)
	if b.unkept != nil {
		return
	}
	if len(b.events) == 0 {
		b.now = b.service.clock() // of this piece; a body may take its time
	}
	if one.host == "" {
		one.host = b.service.own
	}
	if one.value == 0 {
		one.value = 0 // -0 is the same measurement
	}
	if bad := b.check(&one); bad != nil {
		b.refuseEvent(one, bad)
		return
	}
	b.events = append(b.events, one)
	if len(b.events) == pieceEvents {
		b.flush()
	}
}

// check judges what can be seen of one event alone. Its name and its host are the hub's to judge, when they are new to it.
func (b *batch) check(one *event) *fault {
	if !one.hasTime {
		one.timestamp = metric.TimestampOf(b.now)
	} else if bad := b.window.check(one.timestamp, b.now); bad != nil {
		return bad
	}
	if !isFinite(one.value) {
		return notFinite()
	}
	if bad := checkText(codeBadUnit, "unit", one.unit, maxUnitBytes); bad != nil {
		return bad
	}
	return checkText(codeBadHelp, "help", one.help, maxHelpBytes)
}

func (b *batch) refuse(index int, bad *fault) {
	b.offered = max(b.offered, index+1)
	b.byCode[bad.code]++
	b.answer.RejectedCount++
	if len(b.answer.Rejected) < maxListed {
		b.answer.Rejected = append(b.answer.Rejected, bad.at(index))
	}
}

// refuseEvent refuses an event that could be read.
func (b *batch) refuseEvent(one event, bad *fault) {
	if b.named {
		bad = &fault{bad.code, bad.field, clip(one.metric) + ": " + bad.message}
	}
	b.refuse(one.index, bad)
}

// flush gives the events that were collected to the service, in the order of time.
func (b *batch) flush() {
	slices.SortFunc(b.events, func(x, y event) int {
		return cmp.Or(cmp.Compare(x.host, y.host), cmp.Compare(x.timestamp, y.timestamp), cmp.Compare(x.index, y.index))
	})
	for rest := b.events; len(rest) > 0; {
		size := 1
		for size < len(rest) && rest[size].host == rest[0].host && rest[size].timestamp == rest[0].timestamp {
			size++
		}
		b.service.take(rest[:size], b)
		rest = rest[size:]
	}
	clear(b.events) // lets go of the texts
	b.events = b.events[:0]
	b.keepHeld()
}

// close sends what is left, counts it all, and gives the answer.
func (b *batch) close(peer string) wire.Published {
	b.flush()
	if b.awaitLive(); b.unkept != nil {
		b.refuseUnkept()
	}
	slices.SortStableFunc(b.answer.Rejected, func(x, y wire.Rejection) int { return cmp.Compare(x.Index, y.Index) })
	s := b.service
	s.accepted.Add(uint64(b.answer.Accepted))
	s.lateCount.Add(uint64(b.answer.Late))
	s.duplicates.Add(uint64(b.answer.Duplicates))
	s.ignored.Add(b.ignored)
	for code, count := range b.byCode {
		s.refused.add(code, count)
	}
	if len(b.answer.Rejected) > 0 {
		first := b.answer.Rejected[0]
		s.complaints.Warn().Str("peer", peer).Int("refused", b.answer.RejectedCount).Int("accepted", b.answer.Accepted).
			Str("code", first.Code).Str("field", first.Field).Str("reason", first.Message).Msg("pushed events were refused")
	}
	return b.answer
}

// limited counts the events that were refused for want of room.
func (b *batch) limited() (count int) {
	for code, refused := range b.byCode {
		if isLimit(code) {
			count += int(refused)
		}
	}
	return count
}
