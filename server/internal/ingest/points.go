package ingest

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"vitals/internal/metric"
)

// hostTag is the tag that says whose point it is; Telegraf sets it.
const hostTag = "host"

// readPoints takes all points of a body in the line protocol. Each field with a number or a truth value is an event named
// measurement.field, the tags are its labels. The error is what is wrong with the body as a whole.
func (b *batch) readPoints(in io.Reader, decimals int) error {
	entries := &entryBound{in: in}
	reading := pointReading{batch: b, lines: lineprotocol.NewDecoder(entries), decimals: decimals}
	for reading.lines.Next() {
		entries.begin()
		if reading.index+int(b.ignored) >= maxEvents { // fields that are left out cost as much
			return errTooManyEvents
		}
		if bad := reading.point(); bad != nil && reading.lines.Err() == nil {
			b.refuse(reading.index, bad)
			reading.index++
		}
	}
	return reading.lines.Err()
}

// entryBound fails when one point takes more bytes than an event may, read ahead included.
type entryBound struct {
	in   io.Reader
	read int // since the point began
}

var errPointTooLong = fmt.Errorf("a line has more than %d bytes", maxEventBytes)

func (e *entryBound) begin() { e.read = 0 }

// Read implements [io.Reader].
func (e *entryBound) Read(p []byte) (int, error) {
	if e.read > maxEventBytes {
		return 0, errPointTooLong
	}
	n, err := e.in.Read(p)
	e.read += n
	return n, err
}

// pointReading reads point by point. The events of a point wait until all of it was understood.
type pointReading struct {
	batch    *batch
	lines    *lineprotocol.Decoder
	decimals int // of the unit of timestamps
	index    int // of the next event
	fields   []event
}

// point takes one point, or says what is wrong with it.
func (r *pointReading) point() *fault {
	measurement, err := r.lines.Measurement()
	if err != nil {
		return badLine(err)
	}
	family := word(string(measurement), true)
	host, labels, err := r.tags()
	if err != nil {
		return badLine(err)
	}
	r.fields = r.fields[:0]
	if err := r.readFields(family, labels, host); err != nil {
		return badLine(err)
	}
	stamp, err := r.lines.TimeBytes()
	if err != nil {
		return badLine(err)
	}
	return r.send(stamp)
}

func badLine(err error) *fault { return &fault{codeMalformed, "", clip(err.Error())} }

// send gives the events of the point on, now that its time is known.
func (r *pointReading) send(stamp []byte) *fault {
	var timestamp metric.TimestampMs
	if stamp != nil {
		count, err := strconv.ParseInt(string(stamp), 10, 64)
		if err != nil {
			return badTime(codeBadTimestamp, clip(string(stamp))+" is no time")
		}
		timestamp = fromUnits(count, r.decimals)
	}
	for _, field := range r.fields {
		field.index, field.timestamp, field.hasTime = r.index, timestamp, stamp != nil
		r.index++
		r.batch.add(field)
	}
	return nil
}

// tags reads the tags: the host, and the labels between their braces.
func (r *pointReading) tags() (host, labels string, err error) {
	var all []metric.Label
	for {
		key, value, err := r.lines.NextTag()
		if err != nil {
			return "", "", err
		}
		if key == nil {
			break
		}
		if string(key) == hostTag {
			host = string(value)
			continue
		}
		all = append(all, metric.Label{Key: word(string(key), false), Value: string(value)})
	}
	slices.SortFunc(all, func(a, b metric.Label) int { return strings.Compare(a.Key, b.Key) })
	return host, metric.Name{Labels: all}.String(), nil
}

// readFields collects an event for each field with a number.
func (r *pointReading) readFields(family, labels, host string) error {
	for {
		key, value, err := r.lines.NextField()
		if err != nil {
			return err
		}
		if key == nil {
			return nil
		}
		number, isNumber := numberOf(value)
		if !isNumber {
			r.batch.ignored++
			continue
		}
		name := family + "." + word(string(key), true) + labels
		r.fields = append(r.fields, event{host: host, metric: name, value: number})
	}
}

func numberOf(value lineprotocol.Value) (number float64, isNumber bool) {
	switch value.Kind() {
	case lineprotocol.Float:
		return value.FloatV(), true
	case lineprotocol.Int:
		return float64(value.IntV()), true
	case lineprotocol.Uint:
		return float64(value.UintV()), true
	case lineprotocol.Bool:
		if value.BoolV() {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// word puts an underscore for every character that a name or a label key must not have: agents write cpu-total and
// disk/inodes. Keys have no dots.
func word(text string, dots bool) string {
	fits := func(r rune) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || dots && r == '.'
	}
	text = strings.Map(func(r rune) rune {
		if fits(r) {
			return r
		}
		return '_'
	}, text)
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		return "_" + text
	}
	return text
}

// precisions are the words for units of time that InfluxDB's clients use, and the decimals of each. Without a word it is
// nanoseconds.
var precisions = map[string]int{"": 9, "n": 9, "ns": 9, "u": 6, "us": 6, "µ": 6, "ms": 3, "s": 0}
