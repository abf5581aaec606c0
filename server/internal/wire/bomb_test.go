package wire_test

import (
	"runtime"
	"strings"
	"testing"

	"vitals/internal/wire"
)

// TestAnnouncedLengthsCostNothing holds that memory is given for what has come, not for what a message says is to come.
func TestAnnouncedLengthsCostNothing(t *testing.T) {
	tried := 0
	for file, vector := range readVectors(t) {
		if !strings.Contains(file, "announced") {
			continue
		}
		tried++
		const mostBytes = 64 << 10
		if allocated := bytesFor(func() { _, _ = vector.decode() }); allocated > mostBytes {
			t.Errorf("%s: %d bytes of memory for %d bytes of message", file, allocated, len(vector.message))
		}
	}
	if tried < 3 {
		t.Fatalf("found %d vectors that announce too much", tried)
	}
}

// TestFullFramesCostLittle decodes frames of the largest size that are all structure.
func TestFullFramesCostLittle(t *testing.T) {
	const mostBytes = 4 << 20
	full := func(item string) []byte { return []byte(strings.Repeat(item, wire.MaxClientFrameBytes/len(item))) }
	array := append([]byte{0xa1, 0x65, 'h', 'o', 's', 't', 's', 0x99, 0x3e, 0x80}, full("\x80")[:0x3e80]...)
	objects := append([]byte(`{"type":"publish","events":[`), full("{},")[:16200]...)
	for name, decode := range map[string]func(){
		"arrays in CBOR":  func() { _, _ = wire.CBOR{}.DecodeClient(array) },
		"objects in JSON": func() { _, _ = wire.JSON{}.DecodeClient(append(objects, "{}]}"...)) },
		"brackets":        func() { _, _ = wire.JSON{}.DecodeClient(full("[")) },
		"nested in CBOR":  func() { _, _ = wire.CBOR{}.DecodeClient(full("\x81")) },
		"commas":          func() { _, _ = wire.JSON{}.DecodeClient(full(",")) },
	} {
		if allocated := bytesFor(decode); allocated > mostBytes {
			t.Errorf("%s: %d bytes of memory", name, allocated)
		}
	}
}

func bytesFor(work func()) uint64 {
	work() // what is made once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
