package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// FuzzEventStream writes what strangers named and reads it as a browser does: there is one event, and it says what was meant.
func FuzzEventStream(f *testing.F) {
	for _, name := range []string{"cpu", "x\ny", "x\rdata: y", "\u2028\u2029", "\x00", "\xff\xfe", "\n\nevent: gap\ndata: {}\n\n", `"\`, "\ufeff", "id: 1"} {
		f.Add(name, "web-1", 1.5, uint64(7), uint16(3))
		f.Add("cpu", name, -1e300, uint64(1<<63), uint16(0))
	}
	f.Fuzz(func(t *testing.T, name, host string, value float64, serial uint64, part uint16) {
		if value-value != 0 { // not finite: the hub takes none
			value = 0
		}
		id := messageID{serial: max(serial, 1), part: int(part), conflation: append(conflations[:], 0)[serial%5]}
		point := resumePoint{"K7Q2M5RWXA3T", id.serial, id.part, id.conflation}
		framing := eventFraming{point.epoch}
		data := wire.JSON{}.AppendEvent(nil, wire.JSON{}.EventKey(host, name), value, 1500)
		frame := wire.JSON{}.Append(nil, wire.Error{Code: name, Message: host})
		text := framing.Opening(nil)
		text = framing.Seal(append(text, data...), len(text), id)
		text = framing.Gap(text, wire.Gap{Host: host, From: 1, To: serial, Dropped: serial})
		text = framing.Ping(text, 2500, id)
		text = framing.Goodbye(text, &closing{1012, name})
		text = framing.Seal(append(text, frame...), len(text), messageID{})

		parser := streamtest.NewEventParser(bytes.NewReader(text))
		for _, wanted := range []streamtest.Event{
			{Name: "message", Data: string(data)},
			{Name: eventGap},
			{Name: eventPing, Data: `{"timestamp":2.5}`},
			{Name: eventGoodbye},
			{Name: "message", Data: string(frame)},
		} {
			event, err := parser.Next()
			if err != nil || event.Name != wanted.Name || event.ID != string(point.append(nil)) || !json.Valid([]byte(event.Data)) {
				t.Fatalf("read %q (%v), wrote %q", event, err, wanted)
			}
			if wanted.Data != "" && event.Data != wanted.Data {
				t.Fatalf("read the data %q, wrote %q", event.Data, wanted.Data)
			}
		}
		if event, err := parser.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("one more event: %q", event)
		}
		if again, ok := parseEventID(parser.LastID); !ok || again != point {
			t.Fatalf("the id %q is read as %+v, it was %+v", parser.LastID, again, point)
		}
	})
}

// FuzzEventID reads any id; what it takes it writes again as an id that means the same.
func FuzzEventID(f *testing.F) {
	for _, text := range []string{"", "-", "E-1", "E-1.2", "E-1.0", "E-0.1", "E--1", "E-1.", "-1", "E-01", "E-1.2.3", "E-18446744073709551616"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		point, ok := parseEventID(text)
		if !ok {
			return
		}
		if again, ok := parseEventID(string(point.append(nil))); !ok || again != point {
			t.Errorf("%q is %+v, then %+v", text, point, again)
		}
	})
}

func TestTheOpeningSpreadsReturns(t *testing.T) {
	seen := map[int]bool{}
	for range 200 {
		parser := streamtest.NewEventParser(bytes.NewReader(eventFraming{}.Opening(nil)))
		if _, err := parser.Next(); !errors.Is(err, io.EOF) || parser.Comments != 1 {
			t.Fatalf("the opening has %d comments and an event (%v)", parser.Comments, err)
		}
		if parser.RetryMs < 1000 || parser.RetryMs > 3000 {
			t.Fatalf("come back after %d ms", parser.RetryMs)
		}
		seen[parser.RetryMs] = true
	}
	if len(seen) < 100 {
		t.Errorf("200 openings have %d times to come back", len(seen))
	}
}

func TestFramesHaveNoLineBreaks(t *testing.T) {
	host := metric.Host{Name: "a\nb\r", Hostname: strings.Repeat("\n", 3), OS: "\r\n"}
	for _, frame := range []wire.Frame{
		wire.Hello{Protocol: 1, Epoch: "\n", Hosts: []metric.Host{host}},
		wire.Catalog{Host: host.Name, Series: []metric.Series{{Metric: "\n", Family: "\r", Help: "\r\n"}}},
		wire.Snapshot{Host: host.Name, Seq: 1},
		wire.Update{Host: host.Name, Seq: 1},
		wire.Gap{Host: host.Name},
		wire.Error{Code: "\n", Message: "\r"},
		wire.HostState{State: "live", Host: host},
	} {
		if text := (wire.JSON{}).Append(nil, frame); bytes.ContainsAny(text, "\r\n") {
			t.Errorf("%T is more than one line: %q", frame, text)
		}
	}
}
