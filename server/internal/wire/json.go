package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"vitals/internal/metric"
)

// Frame is one of the frame types of this package, by value.
type Frame interface{ frameType() Type }

// The frame types.
func (Hello) frameType() Type       { return TypeHello }
func (HostState) frameType() Type   { return TypeHost }
func (Catalog) frameType() Type     { return TypeCatalog }
func (Snapshot) frameType() Type    { return TypeSnapshot }
func (Update) frameType() Type      { return TypeUpdate }
func (Gap) frameType() Type         { return TypeGap }
func (Published) frameType() Type   { return TypePublished }
func (Error) frameType() Type       { return TypeError }
func (Pong) frameType() Type        { return TypePong }
func (Subscribe) frameType() Type   { return TypeSubscribe }
func (Unsubscribe) frameType() Type { return TypeUnsubscribe }
func (Publish) frameType() Type     { return TypePublish }
func (Ping) frameType() Type        { return TypePing }

// JSON is the codec of [SubprotocolJSON] and of the plain stream.
type JSON struct{}

// Subprotocol is [SubprotocolJSON].
func (JSON) Subprotocol() string { return SubprotocolJSON }

// Binary is false.
func (JSON) Binary() bool { return false }

// Append appends the frame as one line of JSON.
func (JSON) Append(dst []byte, frame Frame) []byte {
	switch frame := frame.(type) {
	case Update:
		return appendUpdate(dst, &frame)
	case Snapshot:
		return appendSnapshot(dst, &frame)
	default:
		return appendMarshalled(dst, withType(frame))
	}
}

// AppendUpdate appends an update and makes no garbage.
func (JSON) AppendUpdate(dst []byte, frame Update) []byte { return appendUpdate(dst, &frame) }

// EventKey is the text up to the value: the host if there is one, and the name.
func (JSON) EventKey(host, name string) []byte {
	dst := []byte{'{'}
	if host != "" {
		dst = append(appendString(append(dst, `"host":`...), host), ',')
	}
	return append(appendString(append(dst, `"metric":`...), name), `,"value":`...)
}

// AppendEvent appends the plain triple.
func (JSON) AppendEvent(dst, key []byte, value float64, timestamp metric.TimestampMs) []byte {
	dst = AppendNumber(append(dst, key...), value)
	dst = timestamp.AppendSeconds(append(dst, `,"timestamp":`...))
	return append(dst, '}')
}

// AppendEnvelope appends the triple with min and max behind.
func (c JSON) AppendEnvelope(dst, key []byte, value, least, most float64, timestamp metric.TimestampMs) []byte {
	dst = c.AppendEvent(dst, key, value, timestamp)
	dst = AppendNumber(append(dst[:len(dst)-1], `,"min":`...), least)
	dst = AppendNumber(append(dst, `,"max":`...), most)
	return append(dst, '}')
}

// AppendBatchStart appends the bracket of an array.
func (JSON) AppendBatchStart(dst []byte, _ int) []byte { return append(dst, '[') }

// AppendBatchNext appends a comma.
func (JSON) AppendBatchNext(dst []byte) []byte { return append(dst, ',') }

// AppendBatchEnd appends the closing bracket.
func (JSON) AppendBatchEnd(dst []byte) []byte { return append(dst, ']') }

func appendUpdate(dst []byte, frame *Update) []byte {
	dst = appendHost(dst, TypeUpdate, frame.Host, frame.Seq)
	dst = appendFrom(dst, frame.From)
	dst = append(dst, `,"timestamp":`...)
	dst = frame.Timestamp.AppendSeconds(dst)
	if len(frame.Columns) > 0 {
		dst = appendWholes(append(dst, `,"columns":`...), frame.Columns)
	}
	dst = appendColumn(append(dst, `,"values":`...), frame.Values)
	if len(frame.Min) > 0 {
		dst = appendColumn(append(dst, `,"min":`...), frame.Min)
	}
	if len(frame.Max) > 0 {
		dst = appendColumn(append(dst, `,"max":`...), frame.Max)
	}
	return append(dst, '}')
}

func appendSnapshot(dst []byte, frame *Snapshot) []byte {
	dst = appendHost(dst, TypeSnapshot, frame.Host, frame.Seq)
	dst = appendFrom(dst, frame.From)
	if len(frame.Seqs) > 0 {
		dst = appendWholes(append(dst, `,"seqs":`...), frame.Seqs)
	}
	dst = append(dst, `,"timestamps":[`...)
	for i, timestamp := range frame.Timestamps {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = timestamp.AppendSeconds(dst)
	}
	dst = appendColumns(append(dst, `],"columns":`...), frame.Columns)
	if len(frame.Min) > 0 {
		dst = appendColumns(append(dst, `,"min":`...), frame.Min)
	}
	if len(frame.Max) > 0 {
		dst = appendColumns(append(dst, `,"max":`...), frame.Max)
	}
	return append(dst, '}')
}

func appendFrom(dst []byte, from uint64) []byte {
	if from == 0 {
		return dst
	}
	return strconv.AppendUint(append(dst, `,"from":`...), from, 10)
}

func appendWholes[N uint32 | uint64](dst []byte, wholes []N) []byte {
	dst = append(dst, '[')
	for i, whole := range wholes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, uint64(whole), 10)
	}
	return append(dst, ']')
}

func appendColumns(dst []byte, columns []Column) []byte {
	dst = append(dst, '[')
	for i, column := range columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendColumn(dst, column)
	}
	return append(dst, ']')
}

func appendHost(dst []byte, frameType Type, host string, seq uint64) []byte {
	dst = append(dst, `{"type":"`...)
	dst = append(dst, frameType...)
	dst = append(dst, `","host":`...)
	dst = appendString(dst, host)
	dst = append(dst, `,"seq":`...)
	return strconv.AppendUint(dst, seq, 10)
}

func appendColumn(dst []byte, column Column) []byte {
	dst = append(dst, '[')
	for i, value := range column {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendNumber(dst, value)
	}
	return append(dst, ']')
}

// withType sets the field that says what the frame is.
func withType(frame Frame) Frame {
	switch frame := frame.(type) {
	case Hello:
		frame.Type = TypeHello
		return frame
	case HostState:
		frame.Type = TypeHost
		return frame
	case Catalog:
		frame.Type = TypeCatalog
		return frame
	case Gap:
		frame.Type = TypeGap
		return frame
	case Published:
		frame.Type = TypePublished
		if frame.Rejected == nil {
			frame.Rejected = []Rejection{}
		}
		return frame
	case Error:
		frame.Type = TypeError
		return frame
	case Pong:
		frame.Type = TypePong
		return frame
	case Subscribe:
		frame.Type = TypeSubscribe
		return frame
	case Unsubscribe:
		frame.Type = TypeUnsubscribe
		return frame
	case Publish:
		frame.Type = TypePublish
		if frame.Events == nil {
			frame.Events = []PushedEvent{}
		}
		return frame
	case Ping:
		frame.Type = TypePing
		return frame
	}
	panic(fmt.Sprintf("wire: %T is no frame; frames are given by value", frame))
}

// appendString appends text as JSON; names that need no escapes, as nearly all do, make no garbage.
func appendString(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || strings.IndexByte(`"\\<>&`, c) >= 0 {
			return appendMarshalled(dst, text)
		}
	}
	return append(append(append(dst, '"'), text...), '"')
}

// appendMarshalled is encoding/json for what is sent rarely. The frames hold nothing that it can refuse.
func appendMarshalled(dst []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("wire: encode frame: " + err.Error())
	}
	return append(dst, text...)
}
