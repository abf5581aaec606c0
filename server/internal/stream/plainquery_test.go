package stream

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
)

// nextMessage reads the next message of a plain WebSocket, text or binary.
func nextMessage(t *testing.T, client *streamtest.Client) (opcode byte, message []byte) {
	t.Helper()
	for {
		opcode, message, err := client.ReadFrame()
		must(t, err)
		if opcode == streamtest.Text || opcode == streamtest.Binary {
			return opcode, message
		}
	}
}

// The same query gets the same events over both transports and in both formats: the past oldest first, then what comes, with
// no seam.
func TestBothTransportsAndFormatsSayTheSame(t *testing.T) {
	const past, live, series = 23, 17, 3
	for name, c := range map[string]struct {
		query  string
		events int // messages, until the last tick's
	}{
		"everything":      {"backfill=1h", (past + live) * series},
		"only from now":   {"backfill=0", live * series},
		"some of it":      {"backfill=1h&metrics=cpu.core{core=1},cpu.core{core=2}", (past + live) * 2},
		"all hosts":       {"backfill=1h&host=*", (past + live) * series * 2},
		"two hosts":       {"backfill=1h&host=web-2,web-1", (past + live) * series * 2},
		"batches":         {"backfill=1h&batch=1&host=*", (past + live) * 2},
		"intervals":       {"backfill=1h&interval=5s", (past + live - 5) / 5 * series},
		"their envelopes": {"backfill=1h&interval=5s&envelope=1&batch=1", (past + live - 5) / 5},
	} {
		t.Run(name, func(t *testing.T) {
			bus := newHub(hub.Options{Backfill: time.Hour})
			streams := newStreams(bus)
			address := serveEvents(t, streams)
			publish := func(seq int) {
				publishOther(bus, testHost, seq, series)
				publishOther(bus, "web-2", seq, series)
			}
			for seq := range past {
				publish(seq)
			}
			events := openEvents(t, address, "/events?"+c.query)
			text, err := streamtest.Dial(address, "/ws?"+c.query)
			must(t, err)
			defer text.CloseNow()
			binary, err := streamtest.Dial(address, "/ws?format=cbor&"+c.query)
			must(t, err)
			defer binary.CloseNow()
			eventually(t, "three viewers", func() bool { return viewersIn(streams) >= 3 })
			for seq := range live {
				publish(past + seq)
			}
			for i := range c.events {
				event := nextValue(t, events)
				opcode, message := nextMessage(t, text)
				if event.Name != "message" || opcode != streamtest.Text || event.Data != string(message) {
					t.Fatalf("event %d is %+v, message %s", i, event, message)
				}
				opcode, packed := nextMessage(t, binary)
				var unpacked any
				must(t, cbor.Unmarshal(packed, &unpacked))
				if opcode != streamtest.Binary || !reflect.DeepEqual(plainMap(unpacked), decodeAny(t, message)) {
					t.Fatalf("message %d is %s, in CBOR %v", i, message, unpacked)
				}
				if strings.Contains(string(message), `"host"`) != strings.Contains(c.query, "host=") {
					t.Fatalf("message %d is %s", i, message)
				}
			}
		})
	}
}

func decodeAny(t *testing.T, message []byte) any {
	t.Helper()
	var decoded any
	must(t, json.Unmarshal(message, &decoded))
	return decoded
}

// plainMap turns what CBOR unpacks to into what JSON does: keys are text, numbers float64.
func plainMap(value any) any {
	switch value := value.(type) {
	case map[any]any:
		made := make(map[string]any, len(value))
		for key, member := range value {
			made[key.(string)] = plainMap(member)
		}
		return made
	case []any:
		made := make([]any, 0, len(value))
		for _, member := range value {
			made = append(made, plainMap(member))
		}
		return made
	case uint64:
		return float64(value)
	case int64:
		return float64(value)
	}
	return value
}
