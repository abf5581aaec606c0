package wire_test

import (
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/wire"
)

// FuzzDecodeClient holds what a stranger sends against what must be true of every answer: an error names what is wrong
// in few words, and what is accepted is plain JSON and survives being written and read again.
func FuzzDecodeClient(f *testing.F) {
	for _, seed := range []string{
		`{"type":"ping","id":1}`, `{"type":"subscribe"}`, `{"type":"unsubscribe","hosts":["web-1"]}`, `{"type":"ping","type":"ping"}`,
		`{"type":"subscribe","hosts":["a"],"metrics":["cpu","*"],"backfill":1.5,"since":{"a":{"epoch":"e","seq":12}}}`,
		`{"type":"subscribe","backfill":1e400}`, `{"type":"subscribe","since":{"a":null}}`, `{"Type":"ping"}`, `[[[[[[[[[[[[`,
		`{"type":"ping","id":9007199254740992}`, `{"type":"\u0070ing"}`, `{"type":"ping"}{}`, ``, `null`, "{\"\xff\":1}", `{"type":"subscribe","hosts":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > wire.MaxClientFrameBytes {
			t.Skip()
		}
		frame, err := wire.JSON{}.DecodeClient(data)
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		if !json.Valid(data) {
			t.Errorf("%q was accepted and is no JSON", data)
		}
		again, err := wire.JSON{}.DecodeClient(wire.JSON{}.Append(nil, frame))
		if err != nil {
			t.Fatalf("%q was accepted, and refused when it was written again: %v", data, err)
		}
		if difference := cmp.Diff(wire.JSON{}.Append(nil, frame), wire.JSON{}.Append(nil, again)); difference != "" {
			t.Errorf("%q changes when it is written again:\n%s", data, difference)
		}
	})
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

// FuzzDecodeServer holds that no input of any size or shape breaks the decoder.
func FuzzDecodeServer(f *testing.F) {
	for _, seed := range []string{
		`{"type":"update","host":"a","seq":1,"timestamp":1690000000.123,"values":[1,null,-2e-9]}`,
		`{"type":"snapshot","host":"a","seq":1,"timestamps":[1,2],"columns":[[1,null]]}`,
		`{"type":"catalog","host":"a","series":[{"metric":"cpu","family":"cpu","unit":"percent","kind":"gauge"}]}`,
		`{"type":"gap","host":"a","recovered":false}`, `{"type":"tomorrow","x":[{}]}`, `{"type":"pong","id":1,"time":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := wire.JSON{}.DecodeServer(data)
		if err != nil {
			checkRefusal(t, data, err)
			return
		}
		if frame == nil {
			return
		}
		if _, err := (wire.JSON{}).DecodeServer(wire.JSON{}.Append(nil, frame)); err != nil {
			t.Errorf("%q was accepted, and refused when it was written again: %v", data, err)
		}
	})
}
