package wire_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/wire"
)

// A vector is a file of header lines, an empty line, and the text of one frame. The app's tests read the same files.
type vector struct {
	header map[string]string
	frame  string
}

func readVectors(t *testing.T) map[string]vector {
	t.Helper()
	files, err := filepath.Glob("../../../protocol/vectors/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	const fewest = 40 // a wrong path must not pass for a green test
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
		vectors[filepath.Base(file)] = vector{header: header, frame: strings.TrimSuffix(frame, "\n")}
	}
	return vectors
}

func TestVectors(t *testing.T) {
	for file, vector := range readVectors(t) {
		t.Run(file, func(t *testing.T) {
			decode := wire.JSON{}.DecodeServer
			if vector.header["direction"] == "client" {
				decode = wire.JSON{}.DecodeClient
			}
			frame, err := decode([]byte(vector.frame))
			switch expect := vector.header["expect"]; expect {
			case "ok":
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				checkRoundTrip(t, frame, decode)
			case "reject":
				checkRejected(t, err, vector.header)
			default:
				t.Fatalf("expect: %q is neither ok nor reject", expect)
			}
		})
	}
}

// checkRoundTrip encodes the frame and reads it back.
func checkRoundTrip(t *testing.T, frame wire.Frame, decode func([]byte) (wire.Frame, error)) {
	t.Helper()
	if frame == nil {
		return // a type that this version does not know
	}
	again, err := decode(wire.JSON{}.Append(nil, frame))
	if err != nil {
		t.Fatalf("our own encoding is refused: %v", err)
	}
	if difference := cmp.Diff(frame, again, equalNaN); difference != "" {
		t.Errorf("decode(encode(frame)) differs:\n%s", difference)
	}
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
	if field.Message == "" {
		t.Error("the error has no message")
	}
}
