package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// checkTaken holds what came out of foreign input to what the contract says of it.
func checkTaken(t *testing.T, bus *ledger, answer wire.Published, events int) {
	t.Helper()
	if answer.Accepted+answer.RejectedCount != events && events >= 0 {
		t.Errorf("%d events, answered %+v", events, answer)
	}
	if listed := len(answer.Rejected); listed != min(maxListed, answer.RejectedCount) {
		t.Errorf("%d of %d refusals are listed", listed, answer.RejectedCount)
	}
	for _, refused := range answer.Rejected {
		const longest = 2 * maxNameBytes
		if refused.Code == "" || refused.Message == "" || len(refused.Message) > longest || len(refused.Field) > longest {
			t.Errorf("refused as %+v", refused)
		}
	}
	sent := 0
	for _, update := range bus.updates {
		for _, event := range update.Events {
			sent++
			if _, err := metric.ParseName(event.Metric); err != nil || !isFinite(event.Value) || event.Timestamp != update.Timestamp {
				t.Errorf("published %+v: %v", event, err)
			}
			if age := noonMs - event.Timestamp; age > 3600_000 || age < -600_000 {
				t.Errorf("published %+v, %d ms old", event, age)
			}
		}
	}
	if sent != answer.Accepted-answer.Late-answer.Duplicates {
		t.Errorf("published %d, answered %+v", sent, answer)
	}
}

const maxNameBytes = 400 // of what is echoed, with the words around it

// FuzzEvent: one event as JSON. What is taken reads back as the same event.
func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		`{"metric":"room.temp","value":21.3}`, `{"metric":"a{b=c}","value":-0,"timestamp":1795348800.0005,"host":"attic"}`,
		`{ "help" : "é" ,"unit":"%","metric":"a","value":-10.50,"timestamp":1795348800.0005 }`, `{"metric":"a","value":01}`, `{"metric":"a","value":1e999}`, `{"metric":"a","value":"1"}`, `{"metric":"a","value":1,"timestamp":"2026-11-22T13:00:00+01:00"}`,
		`{"metric":"a","value":1,"timestamp":1795348800000}`, `{"value":1,"value":2}`, `{"metric":"a\u202e","value":1,"unit":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		pushed, err := wire.DecodePushedEvent(text)
		if plain, sure := readPlain(text); sure && (err != nil || !cmp.Equal(plain, pushed)) {
			t.Errorf("read as %+v, by the codec as %+v, %v", plain, pushed, err)
		}
		bus := newLedger()
		batch := newService(bus).newBatch(context.Background(), 0)
		if err != nil {
			batch.refuse(0, unreadable(err))
		} else {
			batch.add(eventOf(0, pushed))
		}
		checkTaken(t, bus, batch.close(""), 1)
		for _, update := range bus.updates {
			again, err := json.Marshal(pushed)
			if err != nil {
				t.Fatalf("%+v is taken, and is no JSON: %v", pushed, err)
			}
			back, err := wire.DecodePushedEvent(again)
			if err != nil || back.Metric != update.Events[0].Metric || back.Value != update.Events[0].Value {
				t.Errorf("%s reads back as %+v, %v", again, back, err)
			}
		}
	})
}

// FuzzEvents: a body of events. However it is cut, every byte of it is looked at once, and events on lines of their own are
// found whatever stands between them.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{
		`[{"metric":"a","value":1},{"metric":"b","value":2}]`, "{\"metric\":\"a\",\"value\":1}\n{\"metric\":\"b\",\"value\":2}\n",
		"{\"metric\":\"a\",\n\"value\":1}", "{\"metric\":\"a\n{}", `[1,"]",[{}],null]`, "x\n{", `{"metric":"\"}{","value":1}{}`, "[", "[,]", "[]]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		bus := newLedger()
		batch := newService(bus).newBatch(context.Background(), 0)
		_ = batch.readEvents(bytes.NewReader(text))
		checkTaken(t, bus, batch.close(""), -1)
		if strings.ContainsAny(string(text), "[{\"") { // these can begin something that a line does not end
			return
		}
		bus = newLedger()
		batch = newService(bus).newBatch(context.Background(), 0)
		lines := "{\"metric\":\"first\",\"value\":1}\n" + string(text) + "\n{\"metric\":\"last\",\"value\":2}\n"
		if err := batch.readEvents(strings.NewReader(lines)); err != nil {
			t.Fatal(err)
		}
		if answer := batch.close(""); answer.Accepted != 2 {
			t.Errorf("of two good events and junk: %+v", answer)
		}
	})
}

// FuzzLineProtocol: a body of points.
func FuzzLineProtocol(f *testing.F) {
	for _, seed := range []string{
		"m,a=b f=1 1795348800000000000", "m f=1i,g=2u,h=t,i=\"x\"\n# c\nn f=1", "m,a-b=1,a_b=2 f=1", "m,host=a\\ b f=1", "m f=nan", "1m é=1",
		"m f=\"a\\\"\n", "m f=1 -1", "m f=1e999", "\\", "m\\", "m,a=b\\", "m f=1\r", "m f=\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, decimals := range precisions {
			bus := newLedger()
			batch := newService(bus).newBatch(context.Background(), decimals)
			batch.named = true
			err := batch.readPoints(bytes.NewReader(text), decimals)
			answer := batch.close("")
			checkTaken(t, bus, answer, -1)
			if err != nil && len(text) < maxEventBytes {
				t.Errorf("a body of %d bytes failed: %v", len(text), err)
			}
		}
	})
}

// FuzzTimestamp: the window is exact to the millisecond, whatever the unit, and a guess at another unit would put the time
// between 1973 and 5138.
func FuzzTimestamp(f *testing.F) {
	for _, seed := range []int64{0, -1, math.MaxInt64, math.MinInt64, noon.Unix(), noon.UnixMilli(), noon.UnixMicro(), noon.UnixNano()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, count int64) {
		for _, decimals := range []int{0, 3, 6, 9} {
			at := fromUnits(count, decimals)
			bad := window{past: time.Hour, decimals: decimals}.check(at, noon)
			inside := at >= noonMs-3600_000 && at <= noonMs+600_000
			if inside != (bad == nil) {
				t.Errorf("%d with %d decimals, %d ms after noon: %+v", count, decimals, at-noonMs, bad)
			}
			exact := float64(count) / math.Pow10(decimals-3)
			if math.Abs(exact) < 1e15 && math.Abs(float64(at)-exact) > 0.51 {
				t.Errorf("%d with %d decimals is %v ms, read as %d", count, decimals, exact, at)
			}
			if bad != nil && !strings.Contains(bad.message, "expected") && !strings.Contains(bad.message, "clock") {
				t.Errorf("%d with %d decimals: %s", count, decimals, bad.message)
			}
			if unit := otherUnit(at.Seconds(), decimals); unit == units[decimals] || inside && unit != "" {
				t.Errorf("%d with %d decimals is taken for %s", count, decimals, unit)
			}
		}
	})
}
