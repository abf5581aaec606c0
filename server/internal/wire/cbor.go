package wire

import (
	"encoding/binary"
	"math"

	"vitals/internal/metric"
)

// CBOR is the codec of [SubprotocolCBOR] and of the plain stream in CBOR. A frame is the same map with the same keys as in
// JSON, but for the columns of numbers, which are typed arrays. See docs/adr/0010-cbor-columns.md.
type CBOR struct{}

var _, _ Codec = JSON{}, CBOR{}

// Subprotocol is [SubprotocolCBOR].
func (CBOR) Subprotocol() string { return SubprotocolCBOR }

// Binary is true.
func (CBOR) Binary() bool { return true }

// Append appends the frame.
func (CBOR) Append(dst []byte, frame Frame) []byte {
	switch frame := frame.(type) {
	case Update:
		return appendUpdateCBOR(dst, &frame)
	case Snapshot:
		return appendSnapshotCBOR(dst, &frame)
	}
	return appendTranscoded(dst, JSON{}.Append(nil, frame))
}

// AppendUpdate appends an update and makes no garbage.
func (CBOR) AppendUpdate(dst []byte, frame Update) []byte { return appendUpdateCBOR(dst, &frame) }

// mapOf begins a map whose number of pairs is not known yet; [pairs] are counted as they are appended. A frame has fewer
// than 24, so that the head stays one byte.
type mapOf struct {
	head int // where the head stands in the message
	dst  []byte
}

func beginMap(dst []byte) mapOf { return mapOf{head: len(dst), dst: append(dst, majorMap)} }

func (m *mapOf) key(name string) {
	m.dst = appendText(m.dst, name)
	m.dst[m.head]++
}

func (m *mapOf) text(name, value string) {
	m.key(name)
	m.dst = appendText(m.dst, value)
}

func (m *mapOf) uint(name string, value uint64) {
	m.key(name)
	m.dst = appendHead(m.dst, majorUint, value)
}

func (m *mapOf) numbers(name string, column Column) {
	m.key(name)
	m.dst = appendNumbers(m.dst, column)
}

func (m *mapOf) columns(name string, columns []Column) {
	m.key(name)
	m.dst = appendHead(m.dst, majorArray, uint64(len(columns)))
	for _, column := range columns {
		m.dst = appendNumbers(m.dst, column)
	}
}

func (m *mapOf) row(frameType Type, host string, seq, from uint64) {
	m.text("type", string(frameType))
	m.text("host", host)
	m.uint("seq", seq)
	if from > 0 {
		m.uint("from", from)
	}
}

func appendUpdateCBOR(dst []byte, frame *Update) []byte {
	m := beginMap(dst)
	m.row(TypeUpdate, frame.Host, frame.Seq, frame.From)
	m.key("timestamp")
	m.dst = appendSeconds(m.dst, frame.Timestamp)
	if len(frame.Columns) > 0 {
		m.key("columns")
		m.dst = appendUints(m.dst, frame.Columns)
	}
	m.values(frame.Values)
	if len(frame.Min) > 0 {
		m.numbers("min", frame.Min)
	}
	if len(frame.Max) > 0 {
		m.numbers("max", frame.Max)
	}
	return m.dst
}

// values appends the values of an update: as float32, those that a float32 does not carry behind them in wide.
func (m *mapOf) values(values Column) {
	m.key("values")
	start := len(m.dst)
	m.dst = appendTypedArray(m.dst, tagFloat32s, float32Bytes*len(values))
	wide := 0
	for _, value := range values {
		short, carried := shorten(value)
		if !carried {
			short = math.Float32frombits(quietNaN32)
			if !absent(value) {
				wide++
			}
		}
		m.dst = binary.LittleEndian.AppendUint32(m.dst, math.Float32bits(positiveZero(short)))
	}
	// A value in wide costs its index more than it would in an array of float64.
	const wideValueBytes = 2 + float64Bytes
	if wide*wideValueBytes > len(values)*(float64Bytes-float32Bytes) || len(values) > math.MaxUint16+1 && wide > 0 {
		m.dst = appendFloat64s(m.dst[:start], values)
		return
	}
	if wide > 0 {
		m.wide(values, m.dst[len(m.dst)-float32Bytes*len(values):], wide)
	}
}

// wide appends the values that stand as NaN among the float32s.
func (m *mapOf) wide(values Column, float32s []byte, wide int) {
	isWide := func(i int) bool {
		return binary.LittleEndian.Uint32(float32s[i*float32Bytes:]) == quietNaN32 && !absent(values[i])
	}
	m.key("wide")
	inner := beginMap(m.dst)
	inner.key("columns")
	inner.dst = appendTypedArray(inner.dst, tagUint16s, 2*wide)
	for i := range values {
		if isWide(i) {
			inner.dst = binary.LittleEndian.AppendUint16(inner.dst, uint16(i)) //nolint:gosec // values has checked the length
		}
	}
	inner.key("values")
	inner.dst = appendTypedArray(inner.dst, tagFloat64s, float64Bytes*wide)
	for i, value := range values {
		if isWide(i) {
			inner.dst = binary.LittleEndian.AppendUint64(inner.dst, math.Float64bits(value))
		}
	}
	m.dst = inner.dst
}

func appendSnapshotCBOR(dst []byte, frame *Snapshot) []byte {
	m := beginMap(dst)
	m.row(TypeSnapshot, frame.Host, frame.Seq, frame.From)
	if len(frame.Seqs) > 0 {
		m.key("seqs")
		m.dst = appendUints(m.dst, frame.Seqs)
	}
	m.key("timestamps")
	m.dst = appendTimes(m.dst, frame.Timestamps)
	m.columns("columns", frame.Columns)
	if len(frame.Min) > 0 {
		m.columns("min", frame.Min)
	}
	if len(frame.Max) > 0 {
		m.columns("max", frame.Max)
	}
	return m.dst
}

// EventKey is the map's head, the host if there is one, and the name.
func (CBOR) EventKey(host, name string) []byte {
	m := beginMap(nil)
	if host != "" {
		m.text("host", host)
	}
	m.text("metric", name)
	m.dst[m.head] += 2 // value and timestamp follow
	return appendText(m.dst, "value")
}

// AppendEvent appends a map of metric, value and timestamp.
func (CBOR) AppendEvent(dst, key []byte, value float64, timestamp metric.TimestampMs) []byte {
	dst = append(dst, key...)
	dst = appendFloat64(dst, positiveZero(value))
	return appendSeconds(appendText(dst, "timestamp"), timestamp)
}

// AppendEnvelope appends a map with min and max too.
func (c CBOR) AppendEnvelope(dst, key []byte, value, least, most float64, timestamp metric.TimestampMs) []byte {
	head := len(dst)
	dst = c.AppendEvent(dst, key, value, timestamp)
	dst[head] += 2
	dst = appendFloat64(appendText(dst, "min"), positiveZero(least))
	return appendFloat64(appendText(dst, "max"), positiveZero(most))
}

// AppendBatchStart appends the head of an array.
func (CBOR) AppendBatchStart(dst []byte, events int) []byte {
	return appendHead(dst, majorArray, uint64(events)) //nolint:gosec // a number of events is not negative
}

// AppendBatchNext appends nothing: items follow each other.
func (CBOR) AppendBatchNext(dst []byte) []byte { return dst }

// AppendBatchEnd appends nothing: the head says how many there are.
func (CBOR) AppendBatchEnd(dst []byte) []byte { return dst }
