package stream

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"vitals/internal/metric"
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

// appendOpening begins an event stream: a comment, so that headers and proxies let go at once, and when to come back.
func appendOpening(dst []byte) []byte {
	dst = append(dst, ": vitals\nretry: "...)
	dst = strconv.AppendInt(dst, leastRetryMs+rand.Int64N(retrySpreadMs+1), 10)
	return append(dst, "\n\n"...)
}

// appendEvent appends an event with an id; data is one line of JSON. What comes from outside stands in data only, and JSON
// has no line breaks: nobody can slip in a field of the stream.
func appendEvent(dst []byte, id resumePoint, data []byte) []byte {
	dst = append(dst, "id: "...)
	dst = id.append(dst)
	dst = append(dst, "\ndata: "...)
	dst = append(dst, data...)
	return append(dst, "\n\n"...)
}

// appendNamed appends an event that is no value. It has no id: a viewer that is cut behind it resumes where it was before.
func appendNamed(dst []byte, name string, data []byte) []byte {
	dst = append(dst, "event: "...)
	dst = append(dst, name...)
	return appendFrame(append(dst, '\n'), data)
}

// appendFrame appends a frame of a session; its position stands in itself.
func appendFrame(dst, frame []byte) []byte {
	dst = append(dst, "data: "...)
	dst = append(dst, frame...)
	return append(dst, "\n\n"...)
}

func appendPing(dst []byte, now time.Time) []byte {
	data := metric.TimestampOf(now).AppendSeconds([]byte(`{"timestamp":`))
	return appendNamed(dst, eventPing, append(data, '}'))
}

// append appends the id: EPOCH-SERIAL behind a whole tick, EPOCH-SERIAL.PART inside one.
func (p resumePoint) append(dst []byte) []byte {
	dst = append(dst, p.epoch...)
	dst = append(dst, '-')
	dst = strconv.AppendUint(dst, p.serial, 10)
	if p.part > 0 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(p.part), 10)
	}
	return dst
}

// parseEventID reads what append wrote.
func parseEventID(text string) (resumePoint, bool) {
	epoch, rest, found := strings.Cut(text, "-")
	digits, partDigits, hasPart := strings.Cut(rest, ".")
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
	return point, true
}
