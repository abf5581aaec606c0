package wire_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// serverFrames is one of each, with every field set somewhere.
func serverFrames() []wire.Frame {
	host := metric.Host{Name: "web-1", Hostname: "web-1.example", CPUCount: 8, MemoryBytes: 1 << 40, BootTime: 1689990000123, SilentSince: 1}
	nan := math.NaN()
	return []wire.Frame{
		wire.Hello{
			Type: wire.TypeHello, Protocol: 1, Server: wire.Server{Version: "v1", Time: 1690000000123}, Epoch: "e", Interval: 0.25, Backfill: 300,
			Limits: wire.Limits{MessageBytes: 1, Events: 2, BytesPerSecond: 3}, Hosts: []metric.Host{host},
		},
		wire.HostState{Type: wire.TypeHost, State: wire.Gone, Host: host, Since: 1690000000000},
		wire.Catalog{Type: wire.TypeCatalog, Host: "web-1", Series: []metric.Series{
			{Metric: "a{k=ü<&>}", Family: "a", Labels: map[string]string{"k": "ü<&>"}, Unit: "bananas", Kind: metric.Gauge, Custom: true},
		}},
		wire.Snapshot{
			Type: wire.TypeSnapshot, Host: "web-1", Seq: 5, From: 3, Seqs: []uint64{5, 9}, Timestamps: []metric.TimestampMs{1, 1690000000123},
			Columns: []wire.Column{{1.5, nan}, {math.Pi, 0}}, Min: []wire.Column{{1, nan}, {3, 0}}, Max: []wire.Column{{2, nan}, {4, 0}},
		},
		wire.Snapshot{Type: wire.TypeSnapshot, Host: "web-1", Seq: 5, Timestamps: []metric.TimestampMs{}, Columns: []wire.Column{}},
		wire.Update{Type: wire.TypeUpdate, Host: "web-1", Seq: 1<<53 - 1, Timestamp: -1500, Values: wire.Column{}},
		wire.Update{
			Type: wire.TypeUpdate, Host: "web-1", Seq: 9, From: 4, Timestamp: 1690000000123, Columns: []uint32{0, 70000},
			Values: wire.Column{nan, 361481053}, Min: wire.Column{nan, 1}, Max: wire.Column{nan, 1e300},
		},
		wire.Gap{Type: wire.TypeGap, Host: "web-1", From: 3, To: 5, Dropped: 3},
		wire.Published{Type: wire.TypePublished, ID: 7, Accepted: 2, Late: 1, Rejected: []wire.Rejection{{Index: 1, Field: "value", Code: "c", Message: "m"}}},
		wire.Error{Type: wire.TypeError, Code: "bad_request", Message: "\u2028 \x01", Field: "x"},
		wire.Pong{Type: wire.TypePong, ID: 1<<53 - 1, Time: 1690000000123},
	}
}

func clientFrames() []wire.Frame {
	backfill, instant := 60.5, metric.TimestampMs(1690000000123)
	return []wire.Frame{
		wire.Subscribe{Type: wire.TypeSubscribe},
		wire.Subscribe{
			Type: wire.TypeSubscribe, Hosts: []string{"web-1"}, Metrics: []string{"cpu"}, Interval: 0.1, Envelope: true, Backfill: &backfill,
			Since: map[string]metric.Position{"web-1": {Epoch: "e", Seq: 12}},
		},
		wire.Unsubscribe{Type: wire.TypeUnsubscribe, Hosts: []string{"ü"}},
		wire.Publish{Type: wire.TypePublish, ID: 3, Events: []wire.PushedEvent{
			{Metric: "room.temp", Value: -21.3, Timestamp: &instant, Host: "attic", Unit: "celsius", Help: "warm"}, {Metric: "a", Value: 0},
		}},
		wire.Ping{Type: wire.TypePing, ID: 1<<53 - 1},
	}
}

// TestFramesSurviveBothCodecs holds that what is read is what was written, through either codec.
func TestFramesSurviveBothCodecs(t *testing.T) {
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		for i, frame := range serverFrames() {
			checkSurvives(t, fmt.Sprintf("%s server frame %d", codec.Subprotocol(), i), frame, codec.Append, codec.DecodeServer)
		}
		for i, frame := range clientFrames() {
			checkSurvives(t, fmt.Sprintf("%s client frame %d", codec.Subprotocol(), i), frame, codec.Append, codec.DecodeClient)
		}
	}
}

func checkSurvives(
	t *testing.T, name string, frame wire.Frame, encode func([]byte, wire.Frame) []byte, decode func([]byte) (wire.Frame, error),
) {
	t.Helper()
	got, err := decode(encode([]byte("before")[6:], frame))
	if err != nil {
		t.Errorf("%s is refused: %v", name, err)
		return
	}
	if difference := cmp.Diff(frame, got, equalNaN); difference != "" {
		t.Errorf("%s differs:\n%s", name, difference)
	}
}

// TestBothCodecsCarryTheSameNumbers compares whole updates and snapshots of all kinds of values.
func TestBothCodecsCarryTheSameNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	kinds := []func() float64{
		func() float64 { return float64(random.Int64N(1e5)) / 100 },
		func() float64 { return float64(random.Int64N(1e12)) },
		func() float64 { return math.Float64frombits(random.Uint64()) },
		math.NaN,
		func() float64 { return math.Copysign(0, -1) },
	}
	for round := range 3000 {
		column := make(wire.Column, random.IntN(70))
		for i := range column {
			column[i] = kinds[random.IntN(1+round%len(kinds))]()
		}
		update := usualUpdate(column)
		update.Min, update.Max = column, column
		fromJSON, fromCBOR := decodeBoth(t, update)
		if difference := cmp.Diff(fromJSON, fromCBOR, sameBits); difference != "" {
			t.Fatalf("%v:\n%s", column, difference)
		}
		snapshot := wire.Snapshot{Host: "a", Seq: 1, Timestamps: make([]metric.TimestampMs, len(column)), Columns: []wire.Column{column}}
		fromJSON, fromCBOR = decodeBoth(t, snapshot)
		if difference := cmp.Diff(fromJSON, fromCBOR, sameBits); difference != "" {
			t.Fatalf("%v:\n%s", column, difference)
		}
	}
}

// sameBits tells the zeros apart, but not one NaN from another.
var sameBits = cmp.Comparer(func(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
})

func decodeBoth(t *testing.T, frame wire.Frame) (fromJSON, fromCBOR wire.Frame) {
	t.Helper()
	fromJSON, err := wire.JSON{}.DecodeServer(wire.JSON{}.Append(nil, frame))
	if err != nil {
		t.Fatal(err)
	}
	fromCBOR, err = wire.CBOR{}.DecodeServer(wire.CBOR{}.Append(nil, frame))
	if err != nil {
		t.Fatal(err)
	}
	return fromJSON, fromCBOR
}

// TestPlainEventsAreTheSameInBothCodecs reads events and batches with libraries that know nothing of ours.
func TestPlainEventsAreTheSameInBothCodecs(t *testing.T) {
	names, values := usualTick(t)
	for _, host := range []string{"", "web-1"} {
		for i, name := range names {
			if values[i] != values[i] {
				continue
			}
			event := func(codec wire.Codec) []byte {
				return codec.AppendEvent(nil, codec.EventKey(host, name), values[i], 1690000000123)
			}
			folded := func(codec wire.Codec) []byte {
				return codec.AppendEnvelope(nil, codec.EventKey(host, name), values[i], 1.25, 1e9, 1690000000123)
			}
			checkSameTree(t, event(wire.JSON{}), event(wire.CBOR{}))
			checkSameTree(t, folded(wire.JSON{}), folded(wire.CBOR{}))
		}
	}
	checkSameTree(t, appendBatch(wire.JSON{}, names, values, 5), appendBatch(wire.CBOR{}, names, values, 5))
	checkSameTree(t, appendBatch(wire.JSON{}, nil, nil, 5), appendBatch(wire.CBOR{}, nil, nil, 5))
}

func checkSameTree(t *testing.T, text, binary []byte) {
	t.Helper()
	var fromJSON any
	if err := json.Unmarshal(text, &fromJSON); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	mode, err := cbor.DecOptions{DefaultMapType: mapType}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	var fromCBOR any
	if err := mode.Unmarshal(binary, &fromCBOR); err != nil {
		t.Fatalf("%x: %v", binary, err)
	}
	if difference := cmp.Diff(fromJSON, fromCBOR); difference != "" {
		t.Errorf("%s:\n%s", text, difference)
	}
}

var mapType = reflect.TypeFor[map[string]any]()
