package ingest

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestEventsOfOneInstantAreOneUpdateInOrderOfTime(t *testing.T) {
	bus := newLedger()
	other := pushed("b", 4, -1000)
	other.Host = "attic"
	answer := push(newService(bus), pushed("a", 3, 0), pushed("a", 1, -2000), other, pushed("b", 2, -2000))
	if diff := cmp.Diff([]string{"attic@-1000 b=4", "own@-2000 a=1 b=2", "own@0 a=3"}, bus.lines()); diff != "" {
		t.Errorf("updates: %s", diff)
	}
	if answer.Accepted != 4 || len(answer.Rejected) != 0 {
		t.Errorf("answer: %+v", answer)
	}
}

func TestASeriesGoesForwardOnly(t *testing.T) {
	tests := map[string]struct {
		then                 wire.PushedEvent
		late, duplicates     int
		isSent               bool
		thenAgainIsDuplicate bool
	}{
		"newer":                  {then: pushed("a", 5, 1), isSent: true},
		"newer, the same value":  {then: pushed("a", 1, 1), isSent: true},
		"the same":               {then: pushed("a", 1, 0), duplicates: 1},
		"same time, other value": {then: pushed("a", 2, 0), late: 1},
		"older":                  {then: pushed("a", 1, -1), late: 1},
		"another series, older":  {then: pushed("b", 1, -1), isSent: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bus := newLedger()
			service := newService(bus)
			push(service, pushed("a", 1, 0))
			answer := push(service, test.then)
			if answer.Accepted != 1 || answer.Late != test.late || answer.Duplicates != test.duplicates {
				t.Errorf("answer: %+v", answer)
			}
			if sent := len(bus.lines()) == 2; sent != test.isSent {
				t.Errorf("sent: %v", bus.lines())
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	at := func(ms metric.TimestampMs) wire.PushedEvent {
		return wire.PushedEvent{Metric: "a", Value: 1, Timestamp: &ms}
	}
	tests := map[string]struct {
		event wire.PushedEvent
		code  string // empty when it is taken
		field string
		says  string
	}{
		"good":                     {event: pushed("room.temp", 21.3, 0)},
		"with labels":              {event: pushed("a{b=c,d=e f}", 1, 0)},
		"far future allowed":       {event: pushed("a", 1, 600_000)},
		"too far ahead":            {pushed("a", 1, 600_001), codeTooNew, "timestamp", "2026-11-22T12:10:00Z"},
		"an hour old":              {event: pushed("a", 1, -3600_000)},
		"more than an hour old":    {pushed("a", 1, -3600_001), codeTooOld, "timestamp", "2026-11-22T11:00:00Z"},
		"milliseconds":             {at(noonMs * 1000), codeTooNew, "timestamp", "looks like milliseconds; seconds are expected"},
		"microseconds":             {at(noonMs * 1000_000), codeTooNew, "timestamp", "looks like microseconds"},
		"beyond all time":          {at(math.MaxInt64), codeTooNew, "timestamp", "looks like nanoseconds"},
		"before all time":          {at(math.MinInt64), codeTooOld, "timestamp", "2026-11-22T11:00:00Z"},
		"the beginning of time":    {at(0), codeTooOld, "timestamp", "this server's clock says 2026-11-22T12:00:00Z"},
		"NaN":                      {pushed("a", math.NaN(), 0), codeNotFinite, "value", "finite"},
		"infinite":                 {pushed("a", math.Inf(-1), 0), codeNotFinite, "value", "finite"},
		"the smallest number":      {event: pushed("a", math.SmallestNonzeroFloat64, 0)},
		"the largest number":       {event: pushed("a", math.MaxFloat64, 0)},
		"no name":                  {pushed("", 1, 0), codeBadMetric, "metric", "1 to 100"},
		"a name with a space":      {pushed("a b", 1, 0), codeBadMetric, "metric", "not allowed"},
		"a name with a hyphen":     {pushed("a-b", 1, 0), codeBadMetric, "metric", "not allowed"},
		"an unclosed label":        {pushed("a{b=c", 1, 0), codeBadMetric, "metric", "brace"},
		"a bidi override":          {pushed("a{b=\u202ec}", 1, 0), codeBadMetric, "metric", "U+202E"},
		"measured here":            {pushed("cpu", 1, 0), codeReserved, "metric", "measures it itself"},
		"measured, already seen":   {pushed("disk.read", 1, 0), codeReserved, "metric", "measures it itself"},
		"beside what is measured":  {event: pushed("temperature{sensor=garage}", 1, 0)},
		"measured, but elsewhere":  {event: wire.PushedEvent{Metric: "cpu", Value: 1, Host: "attic"}},
		"host":                     {wire.PushedEvent{Metric: "a", Value: 1, Host: "bad host"}, codeBadHost, "host", "no spaces"},
		"unit too long":            {wire.PushedEvent{Metric: "a", Unit: strings.Repeat("m", 33)}, codeBadUnit, "unit", "at most 32"},
		"unit with a line break":   {wire.PushedEvent{Metric: "a", Unit: "m\n"}, codeBadUnit, "unit", "printed"},
		"unit in broken UTF-8":     {wire.PushedEvent{Metric: "a", Unit: "\xff"}, codeBadUnit, "unit", "UTF-8"},
		"unit of another alphabet": {event: wire.PushedEvent{Metric: "a", Unit: "µmol/m²·s"}},
		"help too long":            {wire.PushedEvent{Metric: "a", Help: strings.Repeat("m", 201)}, codeBadHelp, "help", "at most 200"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bus := newLedger()
			bus.measure("own", "disk.read")
			answer := push(newService(bus), pushed("first", 1, 0), test.event)
			if test.code == "" {
				if answer.Accepted != 2 || len(answer.Rejected) != 0 {
					t.Fatalf("answer: %+v", answer)
				}
				return
			}
			if answer.Accepted != 1 || answer.RejectedCount != 1 || len(answer.Rejected) != 1 {
				t.Fatalf("answer: %+v", answer)
			}
			refused := answer.Rejected[0]
			if refused.Index != 1 || refused.Code != test.code || refused.Field != test.field || !strings.Contains(refused.Message, test.says) {
				t.Errorf("refused: %+v, wanted %s of %s with %q", refused, test.code, test.field, test.says)
			}
		})
	}
}

func TestALongBackfillLetsOlderEventsIn(t *testing.T) {
	service := New(Options{Bus: newLedger(), Own: "own", Backfill: 3 * time.Hour, Clock: func() time.Time { return noon }})
	if answer := push(service, pushed("a", 1, -3*3600_000)); answer.Accepted != 1 {
		t.Errorf("three hours old: %+v", answer)
	}
	if answer := push(service, pushed("a", 1, -3*3600_000-1)); answer.Accepted != 0 {
		t.Errorf("more than three hours old: %+v", answer)
	}
}

func TestMinusZeroIsZero(t *testing.T) {
	bus := newLedger()
	answer := push(newService(bus), pushed("a", 0, 0), pushed("a", math.Copysign(0, -1), 0), pushed("b", math.Copysign(0, -1), 0))
	if answer.Duplicates != 1 || math.Signbit(bus.updates[0].Events[1].Value) {
		t.Errorf("answer %+v, published %v", answer, bus.lines())
	}
}

func TestWithoutATimeItHappenedNow(t *testing.T) {
	bus := newLedger()
	push(newService(bus), wire.PushedEvent{Metric: "a", Value: 1})
	if diff := cmp.Diff([]string{"own@0 a=1"}, bus.lines()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatASeriesIsTravelsWithItsFirstEvent(t *testing.T) {
	bus := newLedger()
	service := newService(bus)
	garage := pushed("temperature{sensor=garage}", 4, 0)
	room := pushed("room.humidity", 48, 0)
	room.Unit, room.Help = "%RH", "Relative humidity"
	push(service, garage, room)
	want := []metric.Series{
		{
			Metric: "temperature{sensor=garage}", Family: "temperature", Labels: map[string]string{"sensor": "garage"},
			Unit: metric.Celsius, Kind: metric.Gauge, Custom: true,
		},
		{Metric: "room.humidity", Family: "room.humidity", Unit: "%RH", Kind: metric.Gauge, Help: "Relative humidity", Custom: true},
	}
	if diff := cmp.Diff(want, bus.updates[0].Series); diff != "" {
		t.Error(diff)
	}
	push(service, pushed("room.humidity", 49, 1000))
	if again := bus.updates[1].Series; again != nil {
		t.Errorf("described again: %v", again)
	}
}

func TestALongPushIsTakenInPieces(t *testing.T) {
	bus := newLedger()
	batch := newService(bus).newBatch(context.Background(), 0)
	const events = 2*pieceEvents + 1
	for i := range events {
		batch.add(eventOf(i, pushed("a", float64(i), i-events)))
	}
	if len(bus.updates) != 2*pieceEvents {
		t.Errorf("%d updates before the end", len(bus.updates))
	}
	if answer := batch.close(""); answer.Accepted != events || len(bus.updates) != events {
		t.Errorf("answer %+v, %d updates", answer, len(bus.updates))
	}
}

func TestOnlyTheFirstRefusalsAreListed(t *testing.T) {
	events := make([]wire.PushedEvent, 250)
	for i := range events {
		events[i] = pushed("no name", 1, 0)
	}
	answer := push(newService(newLedger()), events...)
	if len(answer.Rejected) != maxListed || answer.RejectedCount != 250 || answer.Rejected[maxListed-1].Index != maxListed-1 {
		t.Errorf("%d listed, %d counted", len(answer.Rejected), answer.RejectedCount)
	}
}

func TestRefusalsAreOneLineOfTheLogInAWhile(t *testing.T) {
	var log strings.Builder
	service := New(Options{Bus: newLedger(), Own: "own", Clock: func() time.Time { return noon }, Logger: zerolog.New(&log)})
	for range 3 {
		push(service, pushed("no name\n", 1, 0), pushed("a", 1, 0))
	}
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), `"peer":"192.0.2.1","refused":1,"accepted":1,"code":"bad_metric"`) {
		t.Errorf("logged %s", log.String())
	}
}
