package stream

import "sync/atomic"

// Stats are figures of the streams, for people and for benchmarks.
type Stats struct {
	Viewers   map[string]int    // who is there now, by transport and format, such as "websocket json"
	Conflated int               // of those get longer intervals than they asked for, because they are slow
	Delivered uint64            // ticks handed to viewers since the start
	Skipped   uint64            // ticks that slow viewers missed
	Bytes     uint64            // written, with the heads of messages
	Cut       map[string]uint64 // viewers that were cut, by cause
}

// cutCause is why a viewer was cut.
type cutCause int

const (
	cutStalled cutCause = iota
	cutHalf
	cutVanished
	cutFlood
	cutCauses
)

func (c cutCause) String() string {
	return [cutCauses]string{"stalled", "half message", "vanished", "flood"}[c]
}

// counts are what Stats adds up.
type counts struct {
	delivered, skipped, bytes atomic.Uint64
	cuts                      [cutCauses]atomic.Uint64
}

func (c *counts) cut(cause cutCause) { c.cuts[cause].Add(1) }

// Stats is a picture of now.
func (s *Streams) Stats() Stats {
	stats := Stats{
		Viewers: make(map[string]int), Delivered: s.counts.delivered.Load(), Skipped: s.counts.skipped.Load(),
		Bytes: s.counts.bytes.Load(), Cut: make(map[string]uint64, cutCauses),
	}
	for cause := range cutCauses {
		stats.Cut[cause.String()] = s.counts.cuts[cause].Load()
	}
	for _, viewer := range s.everybody(nil) {
		stats.Viewers[viewer.kind.transport.String()+" "+viewer.kind.format.String()]++
		if viewer.pulse.slowedAt.Load() != 0 {
			stats.Conflated++
		}
	}
	return stats
}

func (t transport) String() string {
	if t == transportEvents {
		return "events"
	}
	return "websocket"
}

func (f format) String() string {
	if f == formatCBOR {
		return "cbor"
	}
	return "json"
}
