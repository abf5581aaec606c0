package wire_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/wire"
)

// A vector is one message and what a decoder must make of it; protocol/vectors/README.md describes the files. The app's
// tests read the same ones.
type vector struct {
	header  map[string]string
	message []byte
}

func readVectors(t testing.TB) map[string]vector {
	t.Helper()
	files, err := filepath.Glob("../../../protocol/vectors/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	const fewest = 200 // a wrong path must not pass for a green test
	if len(files) < fewest {
		t.Fatalf("found %d vectors, expected at least %d", len(files), fewest)
	}
	vectors := make(map[string]vector, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, frame, found := strings.Cut(string(text), "\n\n")
		if !found {
			t.Fatalf("%s: no empty line between header and frame", file)
		}
		header := make(map[string]string)
		for line := range strings.SplitSeq(head, "\n") {
			key, value, _ := strings.Cut(line, ":")
			header[key] = strings.TrimSpace(value)
		}
		vectors[filepath.Base(file)] = vector{header: header, message: message(t, file, header["codec"], frame)}
	}
	return vectors
}

func message(t testing.TB, file, codec, text string) []byte {
	t.Helper()
	if codec == "json" {
		return []byte(strings.TrimSuffix(text, "\n"))
	}
	var digits strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	bytes, err := hex.DecodeString(digits.String())
	if err != nil || codec != "cbor" {
		t.Fatalf("%s: codec %q: %v", file, codec, err)
	}
	return bytes
}

func (v vector) codec() wire.Codec {
	if v.header["codec"] == "cbor" {
		return wire.CBOR{}
	}
	return wire.JSON{}
}

func (v vector) decode() (wire.Frame, error) { return v.decodeBy(v.codec(), v.message) }

func (v vector) decodeBy(codec wire.Codec, message []byte) (wire.Frame, error) {
	if v.header["direction"] == "client" {
		return codec.DecodeClient(message)
	}
	return codec.DecodeServer(message)
}

func TestVectors(t *testing.T) {
	vectors := readVectors(t)
	for file, vector := range vectors {
		t.Run(file, func(t *testing.T) {
			frame, err := vector.decode()
			switch expect := vector.header["expect"]; expect {
			case "ok":
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				checkRoundTrip(t, frame, vector)
			case "reject":
				checkRejected(t, err, vector.header)
			case "refuse":
				if err != nil {
					t.Fatalf("refused as a whole: %v", err)
				}
				checkRejected(t, eventFault(frame), vector.header)
			default:
				t.Fatalf("expect: %q is neither ok, reject nor refuse", expect)
			}
			if twin, named := vector.header["same"]; named {
				checkSame(t, frame, vectors[twin])
			}
		})
	}
}

// eventFault is what is wrong with the first bad event of a frame, with the path from the frame; nil if all are good.
func eventFault(frame wire.Frame) error {
	publish, is := frame.(wire.Publish)
	if !is {
		return nil
	}
	for i, event := range publish.Events {
		if event.Fault != nil {
			fault := *event.Fault
			path := fmt.Sprintf("events[%d]", i)
			if fault.Field != "" || strings.HasPrefix(fault.Message, "no such field") { // a field may be called ""
				path += "." + fault.Field
			}
			fault.Field = path
			return &fault
		}
	}
	return nil
}

func checkSame(t *testing.T, frame wire.Frame, twin vector) {
	t.Helper()
	want, err := twin.decode()
	if err != nil || want == nil {
		t.Fatalf("the other vector gives %v, %v", want, err)
	}
	if difference := cmp.Diff(want, frame, equalNaN); difference != "" {
		t.Errorf("differs from the other vector:\n%s", difference)
	}
}

// checkRoundTrip encodes the frame by both codecs and reads it back.
func checkRoundTrip(t *testing.T, frame wire.Frame, vector vector) {
	t.Helper()
	if frame == nil || hasNoJSON(frame) {
		return
	}
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		again, err := vector.decodeBy(codec, codec.Append(nil, frame))
		if err != nil {
			t.Fatalf("our own encoding in %s is refused: %v", codec.Subprotocol(), err)
		}
		if difference := cmp.Diff(frame, again, equalNaN); difference != "" {
			t.Errorf("decode(encode(frame)) differs in %s:\n%s", codec.Subprotocol(), difference)
		}
	}
}

// hasNoJSON is true of the only thing that CBOR can say and JSON cannot: a pushed value that is not a number.
func hasNoJSON(frame wire.Frame) bool {
	publish, isPublish := frame.(wire.Publish)
	return isPublish && slices.ContainsFunc(publish.Events, func(event wire.PushedEvent) bool { return event.Value != event.Value })
}

var equalNaN = cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })

func checkRejected(t *testing.T, err error, header map[string]string) {
	t.Helper()
	var field *wire.FieldError
	if !errors.As(err, &field) {
		t.Fatalf("got error %v, expected a FieldError", err)
	}
	if wanted, named := header["field"]; named && field.Field != wanted {
		t.Errorf("the error names field %q, expected %q (%s)", field.Field, wanted, field.Message)
	}
	code := header["code"]
	if code == "" {
		code = wire.CodeBadRequest
	}
	if field.Code != code {
		t.Errorf("the error has code %q, expected %q", field.Code, code)
	}
	if field.Message == "" {
		t.Error("the error has no message")
	}
}
