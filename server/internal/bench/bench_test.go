package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// TestMain lets this very program be the one that Measure starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "bench-floor" {
		if err := ServeFloor(context.Background(), os.Stdout, FloorOptions{MessageBytes: 300, Interval: 50 * time.Millisecond}); err != nil {
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func TestRowsAreReadFromBothCodecs(t *testing.T) {
	update := wire.Update{Host: "web-1", Seq: 70_000, From: 300, Timestamp: 1_690_000_000_123, Values: wire.Column{1.5, 2}}
	gap := wire.Gap{Host: "web-1", From: 5, To: 9, Dropped: 5}
	catalog := wire.Catalog{Host: "web-1", Series: []metric.Series{{Metric: "cpu", Family: "cpu", Kind: metric.Gauge}}}
	for name, c := range map[string]struct {
		codec wire.Codec
		read  func([]byte) row
	}{"json": {wire.JSON{}, readText}, "cbor": {wire.CBOR{}, readBinary}} {
		t.Run(name, func(t *testing.T) {
			wanted := row{isRow: true, first: 300, last: 70_000, seconds: 1_690_000_000.123}
			if got := c.read(c.codec.Append(nil, update)); got != wanted {
				t.Errorf("folded update: %+v", got)
			}
			update := update
			update.From, wanted.first = 0, 70_000
			if got := c.read(c.codec.Append(nil, update)); got != wanted {
				t.Errorf("update: %+v", got)
			}
			if got := c.read(c.codec.Append(nil, gap)); got != (row{isGap: true, last: 9, dropped: 5}) {
				t.Errorf("gap: %+v", got)
			}
			if got := c.read(c.codec.Append(nil, catalog)); got != (row{}) {
				t.Errorf("catalog: %+v", got)
			}
			event := c.codec.AppendEvent(nil, c.codec.EventKey("", "cpu"), 1.5, update.Timestamp)
			if got := c.read(event); got != (row{isRow: true, seconds: 1_690_000_000.123}) {
				t.Errorf("event: %+v", got)
			}
		})
	}
}

func TestLedgerTellsDroppedLostAndTwiceApart(t *testing.T) {
	var ledger Ledger
	viewer := &viewer{}
	viewer.arrived(&ledger, 5, 5)   // the first one: nothing is known of before
	viewer.arrived(&ledger, 6, 6)   //
	viewer.arrived(&ledger, 6, 6)   // twice
	viewer.announced(&ledger, 8, 2) // 7 and 8 are announced
	viewer.arrived(&ledger, 9, 9)   //
	viewer.arrived(&ledger, 12, 12) // 10 and 11 are lost
	viewer.arrived(&ledger, 13, 15) // a folded row
	wanted := Ledger{Deliveries: 6, Gaps: 1, Dropped: 2, Lost: 2, Duplicates: 1}
	if diff := cmp.Diff(wanted, ledger); diff != "" {
		t.Error(diff)
	}
}

func TestMessagesAreCutAtAnyByte(t *testing.T) {
	var stream []byte
	messages := []string{"", "short", strings.Repeat("x", 126), strings.Repeat("y", 70_000)}
	for _, message := range messages {
		stream = append(append(stream, serverHead(len(message))...), message...)
	}
	for _, at := range []int{0, 1, 2, 5, 9, 100, 140, 145, len(stream) - 1} {
		var got []string
		for _, piece := range [][]byte{stream[:at], stream} { // the second time with all that was there before
			got = nil
			for rest := piece; ; {
				_, message, left, complete := cutMessage(rest)
				if !complete {
					break
				}
				got, rest = append(got, string(message)), left
			}
		}
		if diff := cmp.Diff(messages, got); diff != "" {
			t.Errorf("cut at %d: %.200s", at, diff)
		}
	}
	if _, _, _, complete := cutMessage([]byte{0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}); complete {
		t.Error("a message of 2^64 bytes is complete")
	}
}

func serverHead(length int) []byte {
	switch {
	case length < 126:
		return []byte{0x81, byte(length)}
	case length < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{0x81, 126}, uint16(length))
	}
	return binary.BigEndian.AppendUint64([]byte{0x81, 127}, uint64(length))
}

func TestEventsAreCut(t *testing.T) {
	name, content, rest, complete := cutEvent([]byte("id: A-1\ndata: {\"metric\":\"cpu\"}\n\nevent: ping\nda"))
	if !complete || len(name) > 0 || string(content) != `{"metric":"cpu"}` || string(rest) != "event: ping\nda" {
		t.Errorf("%q %q %q %v", name, content, rest, complete)
	}
	if _, _, _, complete := cutEvent(rest); complete {
		t.Error("half an event is complete")
	}
}

func TestTargets(t *testing.T) {
	for text, wanted := range map[string]string{
		"http://127.0.0.1:8080":       "127.0.0.1:8080 ",
		"http://localhost:8080/base/": "127.0.0.1:8080 /base",
		"http://10.0.0.7":             "10.0.0.7:80 ",
	} {
		got, err := parseTarget(text)
		if err != nil || got.address.String()+" "+got.base != wanted {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "127.0.0.1:8080", "https://127.0.0.1", "http://name.example", "http://[::1]:80", "http://"} {
		if _, err := parseTarget(text); err == nil || !strings.Contains(err.Error(), "http") && !strings.Contains(err.Error(), "IPv4") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPacesAreSpread(t *testing.T) {
	load := &Load{options: LoadOptions{Viewers: 30, Slow: 6, Stalled: 4}}
	counts := map[pace]int{}
	for number := range 30 {
		counts[load.paceOf(number)]++
	}
	if diff := cmp.Diff(map[pace]int{paceFast: 20, paceSlow: 6, paceStalled: 4}, counts); diff != "" {
		t.Error(diff)
	}
}

// The floor is measured by the same way as a server: started, watched, counted, stopped.
func TestLoadCountsWhatTheFloorSends(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		LoadOptions: LoadOptions{Form: raw, Viewers: 20}, Binary: own, Interval: 50 * time.Millisecond, Duration: time.Second,
	}
	options.setDefaults()
	floor, err := options.launch(t.Context(), "bench-floor")
	if err != nil {
		t.Fatal(err)
	}
	defer floor.stop()
	options.LoadOptions.URL = floor.url
	cost, seen, err := options.serve(t.Context(), floor, options.LoadOptions)
	if err != nil {
		t.Fatal(err)
	}
	if seen.fast.Deliveries < 20 || seen.fast.Lost+seen.fast.Duplicates+seen.fast.Closed != 0 {
		t.Errorf("%+v", seen.fast)
	}
	if cost == nil || cost.ResidentBytes == 0 || cost.MillisecondsPerSecond <= 0 {
		t.Errorf("cost %+v", cost)
	}
}

func TestListenerIsFound(t *testing.T) {
	listener, address, err := listenRaw()
	if err != nil {
		t.Fatal(err)
	}
	where, err := parseTarget("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	if pid, found := listenerOf(where.address.Port()); !found || pid != os.Getpid() {
		t.Errorf("found %v, process %d; listening is %d on %d", found, pid, os.Getpid(), listener)
	}
}

func TestTableLinesUp(t *testing.T) {
	var out bytes.Buffer
	table := Table{Title: "Title", Head: []string{"name", "value"}}
	table.Add("a", "1")
	table.Add("longer", "123456")
	table.Note("%d rows", 2)
	table.Print(&out)
	wanted := "\nTitle\n-----\n  name      value\n  a             1\n  longer   123456\n  2 rows\n"
	if diff := cmp.Diff(wanted, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTooManyViewersForTheFileLimit(t *testing.T) {
	if err := checkFileLimit(1 << 40); err == nil || !strings.Contains(err.Error(), "ulimit") || errors.Is(err, os.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
