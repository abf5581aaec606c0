package ingest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests happen.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var noonMs = metric.TimestampOf(noon)

// ledger is a bus that remembers all that it was given.
type ledger struct {
	maxSeries, maxHosts int // 0 means without bound

	mu       sync.Mutex
	catalogs map[string]*hub.Catalog
	updates  []metric.Update
}

func newLedger() *ledger { return &ledger{catalogs: make(map[string]*hub.Catalog)} }

// Publish takes events of known series always and of new ones while there is room.
func (l *ledger) Publish(update metric.Update) (metric.Position, []hub.Rejection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	catalog := l.catalogs[update.Host]
	var rejected []hub.Rejection
	taken := update
	taken.Events = nil
	for i, event := range update.Events {
		var err error
		if catalog, err = l.admit(update, catalog, event); err != nil {
			rejected = append(rejected, hub.Rejection{Index: i, Err: err})
			continue
		}
		taken.Events = append(taken.Events, event)
	}
	if len(taken.Events) > 0 {
		l.updates = append(l.updates, taken)
	}
	return metric.Position{}, rejected
}

func (l *ledger) admit(update metric.Update, catalog *hub.Catalog, event metric.Event) (*hub.Catalog, error) {
	if catalog != nil {
		for _, series := range catalog.Series {
			if series.Metric == event.Metric {
				return catalog, nil
			}
		}
	}
	switch {
	case update.Host == "bad host":
		return catalog, fmt.Errorf("%w: no spaces", hub.ErrBadHost)
	case catalog == nil && l.maxHosts > 0 && len(l.catalogs) >= l.maxHosts:
		return catalog, hub.ErrTooManyHosts
	case catalog != nil && l.maxSeries > 0 && len(catalog.Series) >= l.maxSeries:
		return catalog, hub.ErrTooManySeries
	}
	longer := &hub.Catalog{Host: update.Host}
	if catalog != nil {
		longer.Series = append(longer.Series, catalog.Series...)
	}
	for _, series := range update.Series {
		if series.Metric == event.Metric {
			longer.Series = append(longer.Series, series)
			l.catalogs[update.Host] = longer
			return longer, nil
		}
	}
	return catalog, fmt.Errorf("%w: nobody said what %s is", hub.ErrBadName, event.Metric)
}

// Serial counts the updates.
func (l *ledger) Serial() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.updates))
}

// Catalog is the newest catalogue of a host.
func (l *ledger) Catalog(host string) (*hub.Catalog, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	catalog, known := l.catalogs[host]
	return catalog, known
}

// measure lets the server measure a series of its own.
func (l *ledger) measure(host, name string) {
	l.catalogs[host] = &hub.Catalog{Host: host, Series: []metric.Series{{Metric: name}}}
}

// lines are the updates as text, host@milliseconds-after-noon metric=value..., in the order in which they were published.
func (l *ledger) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for _, update := range l.updates {
		line := fmt.Sprintf("%s@%d", update.Host, update.Timestamp-noonMs)
		for _, event := range update.Events {
			line += fmt.Sprintf(" %s=%v", event.Metric, event.Value)
		}
		lines = append(lines, line)
	}
	return lines
}

// newService is a service over the ledger at noon, on a machine called own that measures cpu and disk.read.
func newService(bus *ledger) *Service {
	return New(Options{
		Bus: bus, Own: "own", Sampled: []string{"own"}, Clock: func() time.Time { return noon },
		Measured: []metric.Family{
			{Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Help: "Time not idle"},
			{Name: "temperature", Unit: metric.Celsius, Kind: metric.Gauge, Labels: []string{"sensor"}},
		},
	})
}

// pushed is an event so many milliseconds after noon.
func pushed(name string, value float64, afterMs int) wire.PushedEvent {
	timestamp := noonMs + metric.TimestampMs(afterMs)
	return wire.PushedEvent{Metric: name, Value: value, Timestamp: &timestamp}
}

func push(s *Service, events ...wire.PushedEvent) wire.Published {
	return s.Publish(context.Background(), "192.0.2.1", events)
}
