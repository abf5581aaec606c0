package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// addVectors makes the vectors of a direction the first inputs of a fuzz target.
func addVectors(f *testing.F, direction string, add func(message []byte, binary bool)) {
	f.Helper()
	for _, vector := range readVectors(f) {
		const longest = 4 << 10 // longer ones slow the search down
		if vector.header["direction"] == direction && len(vector.message) <= longest {
			add(vector.message, vector.codec().Binary())
		}
	}
}

func codecFor(binary bool) wire.Codec {
	if binary {
		return wire.CBOR{}
	}
	return wire.JSON{}
}

// FuzzCommand holds what a stranger sends against what must be true of every answer: an error names what is wrong in few
// words, and what is accepted means the same to encoding/json and survives being written and read again.
func FuzzCommand(f *testing.F) {
	addVectors(f, "client", func(message []byte, binary bool) { f.Add(message, binary) })
	f.Fuzz(func(t *testing.T, data []byte, binary bool) {
		if len(data) > wire.MaxClientFrameBytes {
			t.Skip()
		}
		codec := codecFor(binary)
		frame, err := codec.DecodeClient(data)
		if !binary {
			compareWithEncodingJSON(t, data, frame, err)
		}
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		if fault := eventFault(frame); fault != nil { // what is not there cannot be written again
			checkRefusal(t, data, fault)
			return
		}
		checkAgain(t, data, frame, codec.Append, codec.DecodeClient)
	})
}

// compareWithEncodingJSON is the other opinion on a text of JSON: whether it is one, and what an accepted frame holds.
func compareWithEncodingJSON(t *testing.T, data []byte, frame wire.Frame, err error) {
	t.Helper()
	var fault *wire.FieldError
	isJSON := json.Valid(data) && utf8.Valid(data)
	switch saysNot := errors.As(err, &fault) && (strings.HasPrefix(fault.Message, "not JSON") || fault.Message == "not valid UTF-8"); {
	case saysNot && isJSON:
		t.Errorf("%q is JSON, and refused because %v", data, err)
	case err == nil && !isJSON:
		t.Errorf("%q is no JSON, and accepted", data)
	case err == nil:
		checkSameAsEncodingJSON(t, data, frame)
	}
}

func checkSameAsEncodingJSON(t *testing.T, data []byte, frame wire.Frame) {
	t.Helper()
	var want wire.Frame
	var err error
	switch frame.(type) {
	case wire.Subscribe:
		want, err = unmarshal[wire.Subscribe](data)
	case wire.Unsubscribe:
		want, err = unmarshal[wire.Unsubscribe](data)
	case wire.Ping:
		want, err = unmarshal[wire.Ping](data)
	default:
		return // its times may be words, its numbers too large
	}
	if err != nil {
		t.Errorf("%q is accepted, and refused by encoding/json: %v", data, err)
		return
	}
	if difference := cmp.Diff(want, frame, cmpopts.EquateEmpty()); difference != "" {
		t.Errorf("%q means something else to encoding/json:\n%s", data, difference)
	}
}

func unmarshal[F wire.Frame](data []byte) (wire.Frame, error) {
	var frame F
	err := json.Unmarshal(data, &frame)
	return frame, err
}

func checkAgain(
	t *testing.T, data []byte, frame wire.Frame, encode func([]byte, wire.Frame) []byte, decode func([]byte) (wire.Frame, error),
) {
	t.Helper()
	if hasNoJSON(frame) {
		return
	}
	again, err := decode(encode(nil, frame))
	if err != nil {
		t.Fatalf("%q is accepted, and refused when it is written again: %v", data, err)
	}
	if difference := cmp.Diff(frame, again, equalNaN, cmpopts.EquateEmpty()); difference != "" {
		t.Errorf("%q changes when it is written again:\n%s", data, difference)
	}
}

func checkRefusal(t *testing.T, data []byte, err error) {
	t.Helper()
	var field *wire.FieldError
	if !errors.As(err, &field) {
		t.Fatalf("%q: the error %v names no field", data, err)
	}
	const mostBytes = 300
	if field.Code == "" || field.Message == "" || len(field.Message)+len(field.Field) > mostBytes {
		t.Errorf("%q: the error is %+v", data, field)
	}
	if !utf8.ValidString(field.Message) || !utf8.ValidString(field.Field) {
		t.Errorf("%q: the error is not UTF-8: %+v", data, field)
	}
	if told, err := (wire.JSON{}).DecodeServer(wire.JSON{}.Append(nil, field.Frame())); err != nil || told.(wire.Error).Message != field.Message {
		t.Errorf("%q: the error frame reads back as %+v, %v", data, told, err)
	}
}

// FuzzServerFrames holds that no input of any size or shape breaks the decoder of a client.
func FuzzServerFrames(f *testing.F) {
	addVectors(f, "server", func(message []byte, binary bool) { f.Add(message, binary) })
	f.Fuzz(func(t *testing.T, data []byte, binary bool) {
		codec := codecFor(binary)
		frame, err := codec.DecodeServer(data)
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		if frame != nil {
			checkAgain(t, data, frame, codec.Append, codec.DecodeServer)
		}
	})
}

// FuzzParity holds that a frame that came in one codec can be passed on in the other without a change.
func FuzzParity(f *testing.F) {
	for _, direction := range []string{"client", "server"} {
		addVectors(f, direction, func(message []byte, binary bool) { f.Add(message, binary, direction == "client") })
	}
	f.Fuzz(func(t *testing.T, data []byte, binary, client bool) {
		decode, decodeOther := codecFor(binary).DecodeServer, codecFor(!binary).DecodeServer
		if client {
			decode, decodeOther = codecFor(binary).DecodeClient, codecFor(!binary).DecodeClient
		}
		frame, err := decode(data)
		if err == nil && frame != nil && eventFault(frame) == nil { // what is not there cannot be written
			checkAgain(t, data, frame, codecFor(!binary).Append, decodeOther)
		}
	})
}

// FuzzPushedEvent holds that an event that is accepted has what it must have, and that its times survive.
func FuzzPushedEvent(f *testing.F) {
	for _, seed := range []string{
		`{"metric":"room.temp","value":21.3}`, `{"metric":"a","value":-0,"timestamp":1690000000.123,"host":"attic","unit":"c","help":"h"}`,
		`{"metric":"a","value":1,"timestamp":"2023-07-22T04:26:40.5+02:00"}`, `{"metric":"a","value":1e999}`, `{"metric":"a","value":1,"timestamp":-1e30}`,
		`{"metric":"a","value":"1"}`, `{"metric":"a","value":1,"Value":2}`, `{"metric":"a","value":1,"value":2}`, `[]`, `{}`, `null`, ``, `{"metric":"\ud800","value":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := wire.DecodePushedEvent(data)
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		if !json.Valid(data) || event.Value != event.Value {
			t.Errorf("%q is accepted as %+v", data, event)
		}
		again, err := wire.DecodePushedEvent(mustJSON(event))
		if err != nil {
			t.Fatalf("%q is accepted, and refused when it is written again: %v", data, err)
		}
		if difference := cmp.Diff(event, again, cmp.Comparer(sameInstant)); difference != "" {
			t.Errorf("%q changes when it is written again:\n%s", data, difference)
		}
	})
}

// sameInstant compares as exactly as a number of JSON holds seconds.
func sameInstant(a, b metric.TimestampMs) bool { return a.Seconds() == b.Seconds() }
