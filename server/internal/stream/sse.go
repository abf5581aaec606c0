package stream

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// The names of events that are no values.
const (
	eventPing    = "ping"
	eventGap     = "gap"
	eventGoodbye = "goodbye"
)

// How long a browser waits before it comes back: at least, and up to so much longer. Not all may come back at once.
const (
	leastRetryMs  = 1000
	retrySpreadMs = 2000
)

// eventFraming writes the events of text/event-stream. What comes from outside stands in data only, and data is one line of
// JSON, which has no line breaks: nobody can slip in a field of the stream. Ids are numbers of our own behind the epoch.
type eventFraming struct{ epoch string }

var _ framing = eventFraming{}

// Begin implements [framing]. An id stands before its data, for simple readers that act on the data at once; it is not known
// yet, so Seal moves the data.
func (eventFraming) Begin(dst []byte) []byte { return dst }

// Seal implements [framing].
func (f eventFraming) Seal(dst []byte, start int, id messageID) []byte {
	const most = len("id: ") + maxEpochBytes + len("-18446744073709551615.2147483647-60\ndata: ")
	var room [most]byte
	head := f.id(room[:0], id)
	return append(slices.Insert(dst, start, append(head, "data: "...)...), "\n\n"...)
}

// id appends the line of an id, if there is one.
func (f eventFraming) id(dst []byte, id messageID) []byte {
	if id.serial == 0 {
		return dst
	}
	dst = append(dst, "id: "...)
	dst = resumePoint{f.epoch, id.serial, id.part, id.conflation}.append(dst)
	return append(dst, '\n')
}

// Gap implements [framing]. A gap has no id: a viewer that is cut behind it is told again.
func (f eventFraming) Gap(dst []byte, gap wire.Gap) []byte {
	return f.named(dst, eventGap, struct {
		Host      string `json:"host"`
		From      uint64 `json:"from,omitempty"`
		To        uint64 `json:"to,omitempty"`
		Dropped   uint64 `json:"dropped,omitempty"`
		Recovered bool   `json:"recovered"`
	}{gap.Host, gap.From, gap.To, gap.Dropped, gap.Recovered})
}

// Ping implements [framing]. It tells how far the viewer has come, so that one that sees little does not come back from long
// ago.
func (f eventFraming) Ping(dst []byte, now metric.TimestampMs, served messageID) []byte {
	return f.named(f.id(dst, served), eventPing, struct {
		Timestamp metric.TimestampMs `json:"timestamp"`
	}{now})
}

// Goodbye implements [framing].
func (f eventFraming) Goodbye(dst []byte, cause *closing) []byte {
	return f.named(dst, eventGoodbye, struct {
		Code   int    `json:"code"` // as a WebSocket would be closed with
		Reason string `json:"reason"`
	}{int(cause.code), cause.reason})
}

// Opening begins a stream: a comment, so that something comes at once, and when to come back after a cut.
func (eventFraming) Opening(dst []byte) []byte {
	dst = append(dst, ": vitals\nretry: "...)
	dst = strconv.AppendInt(dst, leastRetryMs+rand.Int64N(retrySpreadMs+1), 10)
	return append(dst, "\n\n"...)
}

// named appends an event that is no value.
func (eventFraming) named(dst []byte, name string, data any) []byte {
	text, err := json.Marshal(data)
	if err != nil {
		panic("stream: encode event: " + err.Error()) // the structs above hold nothing that it can refuse
	}
	dst = append(append(dst, "event: "...), name...)
	dst = append(append(dst, "\ndata: "...), text...)
	return append(dst, "\n\n"...)
}

// append appends the id: EPOCH-SERIAL behind a whole tick, EPOCH-SERIAL.PART inside one; behind both -SECONDS where rows are
// of an interval that the viewer did not ask for.
func (p resumePoint) append(dst []byte) []byte {
	dst = append(dst, p.epoch...)
	dst = append(dst, '-')
	dst = strconv.AppendUint(dst, p.serial, 10)
	if p.part > 0 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(p.part), 10)
	}
	if p.conflation > 0 {
		dst = append(dst, '-')
		dst = strconv.AppendInt(dst, int64(p.conflation/time.Second), 10)
	}
	return dst
}

// parseEventID reads what append wrote.
func parseEventID(text string) (resumePoint, bool) {
	epoch, rest, found := strings.Cut(text, "-")
	place, intervalDigits, isConflated := strings.Cut(rest, "-")
	digits, partDigits, hasPart := strings.Cut(place, ".")
	serial, err := strconv.ParseUint(digits, 10, 64)
	if !found || err != nil || epoch == "" || len(epoch) > maxEpochBytes {
		return resumePoint{}, false
	}
	point := resumePoint{epoch: epoch, serial: serial}
	if hasPart {
		part, err := strconv.ParseUint(partDigits, 10, 31)
		if err != nil || part == 0 || serial == 0 {
			return resumePoint{}, false
		}
		point.part = int(part)
	}
	if isConflated {
		known := slices.IndexFunc(conflations[:], func(one time.Duration) bool {
			return strconv.Itoa(int(one/time.Second)) == intervalDigits
		})
		if known < 0 {
			return resumePoint{}, false
		}
		point.conflation = conflations[known]
	}
	return point, true
}
