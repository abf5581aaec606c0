package ingest

import (
	"math"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// describeAgain is how long the hub is trusted to remember what a series is. It is far below the time after which an idle
// series leaves the hub.
const describeAgain = time.Minute

// memory is what is known of one host: the newest event of each series that was pushed to it.
type memory struct {
	newest   map[string]*newest
	catalog  *hub.Catalog    // the catalogue that reserved was made of
	reserved map[string]bool // the series that the server measures on this host
}

// newest is the newest event of one series.
type newest struct {
	timestamp metric.TimestampMs
	value     float64
	sent      time.Time // when the hub last got an event of the series
}

// held is an event that is not sent: the same as one before or older than it.
type held struct {
	event     event
	duplicate bool
}

// group is a run of events of one host and one instant on its way through the service.
type group struct {
	host   string
	memory *memory
	live   []event // stand at the same place in update
	held   []held
	update metric.Update
	faults map[string]*fault // by series: why the hub did not take it
}

// take judges events of one host and one instant, all in one step, and publishes those that are news.
func (s *Service) take(events []event, b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &group{host: events[0].host, update: metric.Update{Host: events[0].host, Timestamp: events[0].timestamp}}
	g.memory = s.remember(g.host)
	for _, one := range events {
		if bad := s.sort(g, one, b.now); bad != nil {
			b.refuseEvent(one, bad)
		}
	}
	s.publish(g, b)
	s.settle(g, b)
	if len(g.memory.newest) == 0 {
		delete(s.hosts, g.host) // a host that nobody was let into costs nothing
	}
}

// remember finds the memory of a host or makes it, and brings its list of reserved names up to date.
func (s *Service) remember(host string) *memory {
	m, known := s.hosts[host]
	if !known {
		m = &memory{newest: make(map[string]*newest)}
		s.hosts[host] = m
	}
	catalog, known := s.bus.Catalog(host)
	if !known || catalog == m.catalog {
		return m
	}
	m.catalog, m.reserved = catalog, make(map[string]bool)
	for _, series := range catalog.Series {
		if !series.Custom {
			m.reserved[series.Metric] = true
		}
	}
	return m
}

// sort puts an event among those that are news or those that are held back.
func (s *Service) sort(g *group, one event, now time.Time) *fault {
	if s.isMeasured(g.host, g.memory, one.metric) {
		return &fault{codeReserved, "metric", "this server measures it itself on this host; push it under another name or to another host"}
	}
	last, known := g.memory.newest[one.metric]
	wasAhead := known && last.timestamp > metric.TimestampOf(now.Add(future)) // of the clock, which was set back since then
	if known && one.timestamp <= last.timestamp && !wasAhead {
		same := one.timestamp == last.timestamp && one.value == last.value
		g.held = append(g.held, held{event: one, duplicate: same})
		return nil
	}
	if !known || now.Sub(last.sent) > describeAgain || one.unit != "" || one.help != "" {
		series, bad := s.describe(one)
		if bad != nil {
			return bad
		}
		g.update.Series = append(g.update.Series, series)
	}
	if !known {
		last = &newest{}
		g.memory.newest[one.metric] = last
	}
	*last = newest{timestamp: one.timestamp, value: one.value, sent: now}
	g.live = append(g.live, one)
	g.update.Events = append(g.update.Events, metric.Event{Metric: one.metric, Value: one.value, Timestamp: one.timestamp})
	return nil
}

// describe says what a pushed series is: what came with the event, else what is known of its family.
func (s *Service) describe(one event) (metric.Series, *fault) {
	name, err := metric.ParseName(one.metric)
	if err != nil {
		return metric.Series{}, &fault{codeBadMetric, "metric", clip(err.Error())}
	}
	family, known := s.measured[name.Family]
	if !known {
		family = metric.Family{Kind: metric.Gauge}
	}
	family.Every = 0
	series := family.Describe(name)
	if one.unit != "" {
		series.Unit = metric.Unit(one.unit)
	}
	if one.help != "" {
		series.Help = one.help
	}
	series.Custom = true
	return series, nil
}

// isMeasured reports whether the server measures a series of that name on that host, or will.
func (s *Service) isMeasured(host string, m *memory, name string) bool {
	if m.reserved[name] {
		return true
	}
	family, known := s.measured[name]
	return known && len(family.Labels) == 0 && s.sampled[host]
}

// publish gives the news to the hub. A series that the hub has no room for is forgotten.
func (s *Service) publish(g *group, b *batch) {
	if len(g.live) == 0 {
		return
	}
	_, rejected := s.bus.Publish(g.update)
	b.published = true
	for _, rejection := range rejected {
		one, bad := g.live[rejection.Index], faultOf(rejection.Err)
		if g.faults == nil {
			g.faults = make(map[string]*fault)
		}
		g.faults[one.metric] = bad
		delete(g.memory.newest, one.metric)
		b.refuseEvent(one, bad)
	}
	b.answer.Accepted += len(g.live) - len(rejected)
}

// settle counts the events that were held back, and refuses those whose series the hub did not take.
func (s *Service) settle(g *group, b *batch) {
	kept := metric.Update{Host: g.host, Timestamp: g.update.Timestamp}
	for _, h := range g.held {
		if bad := g.faults[h.event.metric]; bad != nil {
			b.refuseEvent(h.event, bad)
			continue
		}
		b.answer.Accepted++
		if h.duplicate {
			b.answer.Duplicates++
		} else {
			b.answer.Late++
		}
		if s.keeper == nil {
			continue
		}
		series, bad := s.describe(h.event)
		if bad != nil {
			continue // it is known, so its name was good before
		}
		kept.Series = append(kept.Series, series)
		kept.Events = append(kept.Events, metric.Event{Metric: h.event.metric, Value: h.event.value, Timestamp: h.event.timestamp})
	}
	if len(kept.Events) > 0 {
		b.kept = append(b.kept, kept)
	}
}

// Sweep forgets the series that have been idle for so long that the hub has let them go, and whose newest event is too old
// to be pushed again. Call it now and then.
func (s *Service) Sweep(now time.Time) {
	oldest := metric.TimestampOf(now.Add(-s.past))
	s.mu.Lock()
	defer s.mu.Unlock()
	for host, m := range s.hosts {
		for name, last := range m.newest {
			if now.Sub(last.sent) >= s.seriesIdle && last.timestamp < oldest {
				delete(m.newest, name)
			}
		}
		if len(m.newest) == 0 {
			delete(s.hosts, host)
		}
	}
}

func isFinite(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }
