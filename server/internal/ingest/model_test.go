package ingest

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// model is the rules of ingestion again, as plainly as they can be written, one event after the other.
type model struct {
	maxSeries int
	newest    map[string]map[string]metric.Event // by host and name
	sent      []string
}

type verdict struct {
	accepted, late, duplicates int
	refused                    []string // index and code
}

func (m *model) push(events []wire.PushedEvent, now metric.TimestampMs) (v verdict) {
	order := make([]int, 0, len(events))
	codes := make([]string, len(events))
	for i := range events {
		if events[i].Host == "" {
			events[i].Host = "own"
		}
		if events[i].Timestamp == nil {
			events[i].Timestamp = &now
		}
		if codes[i] = m.faultOfOne(events[i], now); codes[i] == "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(events[a].Host, events[b].Host), cmp.Compare(*events[a].Timestamp, *events[b].Timestamp))
	})
	for _, i := range order {
		codes[i] = m.take(events[i], &v)
	}
	for i, code := range codes {
		if code != "" {
			v.refused = append(v.refused, fmt.Sprint(i, " ", code))
		}
	}
	return v
}

func (m *model) faultOfOne(event wire.PushedEvent, now metric.TimestampMs) string {
	switch at := *event.Timestamp; {
	case at < now-3600_000:
		return codeTooOld
	case at > now+600_000:
		return codeTooNew
	case math.IsNaN(event.Value) || math.IsInf(event.Value, 0):
		return codeNotFinite
	}
	return ""
}

func (m *model) take(pushed wire.PushedEvent, v *verdict) (code string) {
	event := metric.Event{Metric: pushed.Metric, Value: pushed.Value + 0, Timestamp: *pushed.Timestamp}
	if pushed.Host == "own" && event.Metric == "cpu" {
		return codeReserved
	}
	series := m.newest[pushed.Host]
	last, known := series[event.Metric]
	_, err := metric.ParseName(event.Metric)
	switch {
	case known && event == last:
		v.duplicates++
	case known && event.Timestamp <= last.Timestamp:
		v.late++
	case err != nil:
		return codeBadMetric
	case !known && len(series) == m.maxSeries:
		return codeTooManySeries
	default:
		if series == nil {
			series = make(map[string]metric.Event)
			m.newest[pushed.Host] = series
		}
		series[event.Metric] = event
		m.sent = append(m.sent, fmt.Sprintf("%s %s %v %d", pushed.Host, event.Metric, event.Value, event.Timestamp))
	}
	v.accepted++
	return ""
}

// randomPush is up to 300 events of few hosts, series and instants, so that all rules meet often.
func randomPush(random *rand.Rand, now metric.TimestampMs) []wire.PushedEvent {
	values := []float64{0, math.Copysign(0, -1), 1, 2, 1 << 53, math.NaN(), math.Inf(1), math.SmallestNonzeroFloat64, math.MaxFloat64}
	events := make([]wire.PushedEvent, 1+random.IntN(300))
	for i := range events {
		event := wire.PushedEvent{Metric: fmt.Sprintf("m%d", random.IntN(12)), Value: values[random.IntN(len(values))]}
		if random.IntN(3) == 0 {
			event.Host = fmt.Sprintf("host%d", random.IntN(4))
		}
		switch random.IntN(40) {
		case 0:
			event.Metric = "no name"
		case 1:
			event.Metric = "cpu"
		}
		at := now + metric.TimestampMs(random.IntN(20)-10)
		switch random.IntN(60) {
		case 0:
			at = now - 3600_000 - metric.TimestampMs(random.IntN(2))
		case 1:
			at = now + 600_000 + metric.TimestampMs(random.IntN(2))
		case 2:
			at *= []metric.TimestampMs{1000, 1000_000, -1, 0}[random.IntN(4)]
		}
		if random.IntN(50) > 0 {
			event.Timestamp = &at
		}
		events[i] = event
	}
	return events
}

// TestAMillionRandomEventsEqualTheModel: the same events are sent in the same order, and every answer is the same.
func TestAMillionRandomEventsEqualTheModel(t *testing.T) {
	events := 1_000_000
	if testing.Short() || raceDetector {
		events = 100_000
	}
	const seed = 20261122
	random := rand.New(rand.NewPCG(seed, seed))
	bus, now := newLedger(), noon
	bus.maxSeries = 10
	service := newService(bus)
	service.clock = func() time.Time { return now }
	model := &model{maxSeries: 10, newest: make(map[string]map[string]metric.Event)}
	for pushes := 0; events > 0; pushes++ {
		now = now.Add(time.Duration(random.IntN(12)) * time.Millisecond)
		push := randomPush(random, metric.TimestampOf(now))
		events -= len(push)
		answer := service.Publish(t.Context(), "", slices.Clone(push))
		want := model.push(push, metric.TimestampOf(now))
		if diff := gocmp.Diff(want, verdictOf(answer), gocmp.AllowUnexported(verdict{})); diff != "" && answer.RejectedCount <= maxListed {
			t.Fatalf("push %d: %s", pushes, diff)
		}
	}
	sent := 0
	for _, update := range bus.updates {
		for _, event := range update.Events {
			got := fmt.Sprintf("%s %s %v %d", update.Host, event.Metric, event.Value, event.Timestamp)
			if sent == len(model.sent) || got != model.sent[sent] || event.Timestamp != update.Timestamp {
				t.Fatalf("event %d sent: %s", sent, got)
			}
			sent++
		}
	}
	if sent != len(model.sent) {
		t.Errorf("%d were sent, the model sends %d", sent, len(model.sent))
	}
}

func verdictOf(answer wire.Published) verdict {
	v := verdict{accepted: answer.Accepted, late: answer.Late, duplicates: answer.Duplicates}
	for _, refused := range answer.Rejected {
		v.refused = append(v.refused, fmt.Sprint(refused.Index, " ", refused.Code))
	}
	return v
}
