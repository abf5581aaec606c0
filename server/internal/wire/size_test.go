package wire_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// usualTick is a tick of a busy simulated machine of 16 cores, with the series that a page of its own shows.
func usualTick(t testing.TB) (names []string, values wire.Column) {
	t.Helper()
	text, err := os.ReadFile("testdata/tick.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][2]any
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		value, measured := row[1].(float64)
		if !measured {
			value = math.NaN()
		}
		names = append(names, row[0].(string))
		values = append(values, value)
	}
	return names, values
}

func usualUpdate(values wire.Column) wire.Update {
	return wire.Update{Host: "web-1", Seq: 123456, Timestamp: 1690000000123, Values: values}
}

func appendBatch(codec wire.Codec, names []string, values wire.Column, timestamp metric.TimestampMs) []byte {
	measured := 0
	for _, value := range values {
		if value == value {
			measured++
		}
	}
	batch := codec.AppendBatchStart(nil, measured)
	start := len(batch)
	for i, value := range values {
		if value != value {
			continue
		}
		if len(batch) > start {
			batch = codec.AppendBatchNext(batch)
		}
		batch = codec.AppendEvent(batch, codec.EventKey("", names[i]), value, timestamp)
	}
	return codec.AppendBatchEnd(batch)
}

// TestAnUpdateIsSmall bounds the bytes of a usual tick in a session by those of the plain stream.
func TestAnUpdateIsSmall(t *testing.T) {
	names, values := usualTick(t)
	plain := len(appendBatch(wire.JSON{}, names, values, 1690000000123))
	for _, test := range []struct {
		codec wire.Codec
		most  float64
	}{{wire.JSON{}, 0.13}, {wire.CBOR{}, 0.10}} {
		size := len(test.codec.AppendUpdate(nil, usualUpdate(values)))
		ratio := float64(size) / float64(plain)
		t.Logf("%s: %d series, %d bytes, %.3f of the plain array's %d", test.codec.Subprotocol(), len(values), size, ratio, plain)
		if ratio > test.most {
			t.Errorf("%s: %.3f, at most %.2f is allowed", test.codec.Subprotocol(), ratio, test.most)
		}
	}
}

func TestAppendUpdateMakesNoGarbage(t *testing.T) {
	names, values := usualTick(t)
	update := usualUpdate(values)
	sparse := update
	sparse.Columns, sparse.Values, sparse.From = []uint32{3, 17}, values[:2], 7
	sparse.Min, sparse.Max = values[:2], values[:2]
	buffer := make([]byte, 0, 16<<10)
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		key := codec.EventKey("web-1", names[0])
		for name, work := range map[string]func(){
			"update":   func() { buffer = codec.AppendUpdate(buffer[:0], update) },
			"sparse":   func() { buffer = codec.AppendUpdate(buffer[:0], sparse) },
			"event":    func() { buffer = codec.AppendEvent(buffer[:0], key, 12.5, update.Timestamp) },
			"envelope": func() { buffer = codec.AppendEnvelope(buffer[:0], key, 12.5, 1, 20, update.Timestamp) },
		} {
			if allocations := testing.AllocsPerRun(100, work); allocations != 0 {
				t.Errorf("%s %s: %v allocations", codec.Subprotocol(), name, allocations)
			}
		}
	}
}

func BenchmarkAppendUpdate(b *testing.B) {
	_, values := usualTick(b)
	update := usualUpdate(values)
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		b.Run(codec.Subprotocol(), func(b *testing.B) {
			var buffer []byte
			b.ReportAllocs()
			for b.Loop() {
				buffer = codec.AppendUpdate(buffer[:0], update)
			}
		})
	}
}

func BenchmarkDecodeUpdate(b *testing.B) {
	_, values := usualTick(b)
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		message := codec.AppendUpdate(nil, usualUpdate(values))
		b.Run(codec.Subprotocol(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := codec.DecodeServer(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
