package wire_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// The examples of docs/protocol.md are marked by what they are; the app's tests read the same ones.
var documented = regexp.MustCompile("(?m)^```json (\\w+)\n(.+)\n```$")

func TestDocumentedExamples(t *testing.T) {
	page, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := documented.FindAllSubmatch(page, -1)
	const fewest = 15 // a wrong pattern must not pass for a green test
	if len(examples) < fewest {
		t.Fatalf("found %d examples, expected at least %d", len(examples), fewest)
	}
	for _, example := range examples {
		kind, text := string(example[1]), example[2]
		t.Run(kind+" "+string(text[:min(len(text), 40)]), func(t *testing.T) {
			switch kind {
			case "server":
				checkDocumented(t, text, wire.JSON{}.DecodeServer)
			case "client":
				checkDocumented(t, text, wire.JSON{}.DecodeClient)
			case "event":
				checkDocumentedEvents(t, append(append([]byte{'['}, text...), ']'))
			case "batch":
				checkDocumentedEvents(t, text)
			default:
				if !json.Valid(text) {
					t.Error("not JSON")
				}
			}
		})
	}
}

// checkDocumented wants every field of the example to be one that the codec knows: what it reads and writes again says the same.
func checkDocumented(t *testing.T, text []byte, decode func([]byte) (wire.Frame, error)) {
	t.Helper()
	frame, err := decode(text)
	if err != nil || frame == nil {
		t.Fatalf("not a frame: %v", err)
	}
	var documented, written any
	if err := json.Unmarshal(text, &documented); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(wire.JSON{}.Append(nil, frame), &written); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(documented, written); diff != "" {
		t.Errorf("documented (-) and written (+) differ:\n%s", diff)
	}
}

func checkDocumentedEvents(t *testing.T, text []byte) {
	t.Helper()
	var events []metric.Event
	if err := json.Unmarshal(text, &events); err != nil {
		t.Fatal(err)
	}
	var documented []map[string]any
	if err := json.Unmarshal(text, &documented); err != nil {
		t.Fatal(err)
	}
	for i, event := range events {
		if _, err := metric.ParseName(event.Metric); err != nil || event.Timestamp == 0 || len(documented[i]) != 3 {
			t.Errorf("not a triple: %v %v", documented[i], err)
		}
	}
}

// Both ways to write a time are rounded to the millisecond.
func TestTimesOfPushedEventsAreRounded(t *testing.T) {
	for _, text := range []string{`1690000000.1236`, `"2023-07-22T04:26:40.1236Z"`, `"2023-07-22T06:26:40.1236+02:00"`} {
		event, err := wire.DecodePushedEvent([]byte(`{"metric":"a","value":1,"timestamp":` + text + `}`))
		if err != nil || *event.Timestamp != 1_690_000_000_124 {
			t.Errorf("%s: %v %v", text, event.Timestamp, err)
		}
	}
}
