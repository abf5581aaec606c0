package stream

import (
	"strconv"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// eventFraming writes the events of an event stream. Its ids carry the epoch of the bus.
type eventFraming struct{ epoch string }

// Begin implements [framing]. A message is one line of JSON.
func (eventFraming) Begin(dst []byte) []byte { return append(dst, "data: "...) }

// Seal implements [framing].
func (f eventFraming) Seal(dst []byte, _ int, id messageID) []byte {
	if id.serial > 0 {
		dst = append(dst, "\nid: "...)
		dst = resumePoint{epoch: f.epoch, serial: id.serial, part: id.part}.append(dst)
	}
	return append(dst, "\n\n"...)
}

// Gap implements [framing].
func (eventFraming) Gap(dst []byte, gap wire.Gap) []byte {
	return appendNamed(dst, eventGap, wire.JSON{}.Append(nil, gap))
}

// Ping implements [framing].
func (eventFraming) Ping(dst []byte, now metric.TimestampMs) []byte {
	return appendPing(dst, now.Time())
}

// Goodbye implements [framing].
func (eventFraming) Goodbye(dst []byte, cause *closing) []byte {
	data := strconv.AppendInt([]byte(`{"code":`), int64(cause.code), 10)
	data = append(data, `,"reason":`...)
	data = strconv.AppendQuote(data, cause.reason) // our own words, in ASCII
	return appendNamed(dst, eventGoodbye, append(data, '}'))
}
