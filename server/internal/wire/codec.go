package wire

import "vitals/internal/metric"

// Codec turns frames and plain events into messages and messages into frames. [JSON] and [CBOR] are the codecs; they carry
// the very same numbers.
type Codec interface {
	// Subprotocol is the WebSocket subprotocol of a session in this codec.
	Subprotocol() string
	// Binary says whether messages are binary; else they are text.
	Binary() bool

	// Append appends the frame. Its Type field need not be set.
	Append(dst []byte, frame Frame) []byte
	// AppendUpdate appends an update like Append, and makes no garbage.
	AppendUpdate(dst []byte, frame Update) []byte

	// EventKey is the part of a plain event that is the same in all events of a series. Without a host the event names none.
	EventKey(host, name string) []byte
	// AppendEvent appends a plain event. The value is finite, the key is one of EventKey.
	AppendEvent(dst, key []byte, value float64, timestamp metric.TimestampMs) []byte
	// AppendEnvelope appends a plain event that has the smallest and the largest value of its interval too.
	AppendEnvelope(dst, key []byte, value, least, most float64, timestamp metric.TimestampMs) []byte
	// AppendBatchStart, AppendBatchNext and AppendBatchEnd stand before, between and after the events of a batch.
	AppendBatchStart(dst []byte, events int) []byte
	AppendBatchNext(dst []byte) []byte
	AppendBatchEnd(dst []byte) []byte

	// DecodeClient reads a frame that a client sent. Fields that the frame does not have, keys that stand twice, values of
	// another type and deep nesting are refused. Every error is a [*FieldError].
	DecodeClient(data []byte) (Frame, error)
	// DecodeServer reads a frame that a server sent. Unknown fields are ignored, so that an older client understands a newer
	// server; an unknown type gives nil without an error. Every error is a [*FieldError].
	DecodeServer(data []byte) (Frame, error)
}
