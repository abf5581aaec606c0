package ingest

import (
	"strconv"
	"unicode/utf8"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// readPlain reads an event as programs write them: keys once, texts without escapes, a time in seconds. It is there for
// speed, and for the attacker who packs a hundred thousand of them into a few kilobytes. Where it is not sure it says so,
// and the codec decides; what it does read it reads as the codec would.
func readPlain(text []byte) (pushed wire.PushedEvent, sure bool) {
	reading := plainReading{text: text}
	if !reading.next('{') {
		return wire.PushedEvent{}, false
	}
	var hasMetric, hasValue bool
	for first := true; first || reading.next(','); first = false {
		key, ok := reading.quoted()
		if !ok || !reading.next(':') {
			return wire.PushedEvent{}, false
		}
		switch string(key) {
		case "metric":
			ok, hasMetric = reading.textInto(&pushed.Metric), true
		case "value":
			ok = !hasValue && reading.number(&pushed.Value)
			hasValue = true
		case "timestamp":
			ok = reading.timeInto(&pushed.Timestamp)
		case "host":
			ok = reading.textInto(&pushed.Host)
		case "unit":
			ok = reading.textInto(&pushed.Unit)
		case "help":
			ok = reading.textInto(&pushed.Help)
		default:
			ok = false
		}
		if !ok {
			return wire.PushedEvent{}, false
		}
	}
	sure = reading.next('}') && reading.atEnd() && hasMetric && hasValue
	return pushed, sure
}

type plainReading struct {
	text []byte
	at   int
}

func (r *plainReading) skipSpace() {
	for r.at < len(r.text) && isSpace(r.text[r.at]) {
		r.at++
	}
}

// next takes that byte, after white space.
func (r *plainReading) next(c byte) bool {
	r.skipSpace()
	if r.at == len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *plainReading) atEnd() bool {
	r.skipSpace()
	return r.at == len(r.text)
}

// quoted takes a text without escapes.
func (r *plainReading) quoted() ([]byte, bool) {
	if !r.next('"') {
		return nil, false
	}
	begin := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			quoted := r.text[begin : r.at-1]
			return quoted, utf8.Valid(quoted)
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// textInto takes a text that is not empty, once.
func (r *plainReading) textInto(text *string) bool {
	quoted, ok := r.quoted()
	if !ok || len(quoted) == 0 || *text != "" {
		return false
	}
	*text = string(quoted)
	return true
}

// number takes digits with a sign and decimals; exponents are the codec's.
func (r *plainReading) number(number *float64) bool {
	r.skipSpace()
	begin := r.at
	if r.at < len(r.text) && r.text[r.at] == '-' {
		r.at++
	}
	whole := r.digits()
	if whole == 0 || whole > 1 && r.text[r.at-whole] == '0' {
		return false
	}
	if r.at < len(r.text) && r.text[r.at] == '.' {
		r.at++
		if r.digits() == 0 {
			return false
		}
	}
	const longest = 25 // nothing that is out of range
	if r.at-begin > longest || r.at == len(r.text) || r.text[r.at]|0x20 == 'e' {
		return false
	}
	parsed, err := strconv.ParseFloat(string(r.text[begin:r.at]), 64)
	*number = parsed
	return err == nil
}

func (r *plainReading) digits() (count int) {
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at, count = r.at+1, count+1
	}
	return count
}

// timeInto takes unix seconds, once. What is no sensible number of them is the codec's.
func (r *plainReading) timeInto(timestamp **metric.TimestampMs) bool {
	var seconds float64
	if *timestamp != nil || !r.number(&seconds) || seconds < leastSeconds || seconds >= mostSeconds {
		return false
	}
	rounded := fromSeconds(seconds)
	*timestamp = &rounded
	return true
}
