package ingest

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// Bus is what ingestion needs of a hub.
type Bus interface {
	Publish(metric.Update) (metric.Position, []hub.Rejection)
	Catalog(host string) (*hub.Catalog, bool)
	Serial() uint64
}

// Options sets a service up. Zero values take the defaults that the field comments name.
type Options struct {
	Bus        Bus
	Own        string                     // the host of events that name none
	Measured   []metric.Family            // the families that the server itself measures,
	Sampled    []string                   // on these hosts; nobody else may push them there
	Backfill   time.Duration              // events may be so old, but always 1h
	SeriesIdle time.Duration              // after so long without an event a series may be forgotten, as in the hub; 1h
	Clock      func() time.Time           // time.Now
	Peer       func(*http.Request) string // who sends a request, for the log; its RemoteAddr
	Keeper     Keeper                     // an event is acknowledged when it is kept; nil: when it is published
	Logger     zerolog.Logger
}

// Service judges events and gives the good ones to the hub. It may be used by many goroutines.
type Service struct {
	bus        Bus
	own        string
	measured   map[string]metric.Family // by name
	sampled    map[string]bool
	past       time.Duration
	seriesIdle time.Duration
	clock      func() time.Time
	peer       func(*http.Request) string
	keeper     Keeper
	logger     zerolog.Logger
	complaints zerolog.Logger // at most one line in a while
	bodies     chan struct{}  // one for each body that is being read

	accepted, lateCount, duplicates, ignored atomic.Uint64
	refused                                  countByCode

	mu    sync.Mutex // held from the judgement of a group of events until the hub has it, so that their order is one
	hosts map[string]*memory
}

const (
	maxBodies      = 256 // read at the same time; each holds at most about a megabyte
	defaultIdle    = time.Hour
	complaintEvery = 10 * time.Second
)

// New makes a service.
func New(options Options) *Service {
	s := &Service{
		bus: options.Bus, own: options.Own, past: max(options.Backfill, leastPast), seriesIdle: options.SeriesIdle,
		clock: options.Clock, peer: options.Peer, keeper: options.Keeper, logger: options.Logger,
		complaints: options.Logger.Sample(&zerolog.BurstSampler{Burst: 1, Period: complaintEvery}),
		measured:   make(map[string]metric.Family), sampled: make(map[string]bool),
		bodies: make(chan struct{}, maxBodies), hosts: make(map[string]*memory),
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.peer == nil {
		s.peer = func(r *http.Request) string { return r.RemoteAddr }
	}
	if s.seriesIdle <= 0 {
		s.seriesIdle = defaultIdle
	}
	for _, family := range options.Measured {
		s.measured[family.Name] = family
	}
	for _, host := range options.Sampled {
		s.sampled[host] = true
	}
	return s
}

// Publish takes the events of a session's frame. The peer is the address that they came from. Where there is a keeper it
// waits until they are kept, seconds at most.
func (s *Service) Publish(ctx context.Context, peer string, events []wire.PushedEvent) wire.Published {
	batch := s.newBatch(ctx, 0)
	batch.unkept = s.ready()
	for i, pushed := range events {
		if pushed.Fault != nil {
			batch.refuse(i, unreadable(pushed.Fault))
			continue
		}
		batch.add(eventOf(i, pushed))
	}
	return batch.close(peer)
}

// Stats counts what came in since the service began.
type Stats struct {
	Accepted   uint64            // events taken, late ones and duplicates too
	Late       uint64            // of them not sent live because they were older than the newest of their series
	Duplicates uint64            // of them not sent again
	Ignored    uint64            // fields of the line protocol that are text
	Refused    map[string]uint64 // by the code of the refusal
	Series     int               // that are remembered
}

// Stats counts what came in.
func (s *Service) Stats() Stats {
	stats := Stats{
		Accepted: s.accepted.Load(), Late: s.lateCount.Load(), Duplicates: s.duplicates.Load(), Ignored: s.ignored.Load(),
		Refused: s.refused.counts(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, host := range s.hosts {
		stats.Series += len(host.newest)
	}
	return stats
}

// countByCode counts refusals.
type countByCode struct {
	mu     sync.Mutex
	byCode map[string]uint64
}

func (c *countByCode) add(code string, count uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byCode == nil {
		c.byCode = make(map[string]uint64)
	}
	c.byCode[code] += count
}

func (c *countByCode) counts() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.byCode)
}
