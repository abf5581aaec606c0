package hub

import (
	"crypto/rand"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vitals/internal/metric"
)

// Bus is what the rest of the program needs of a hub.
type Bus interface {
	// Epoch is the word that all positions of this bus carry.
	Epoch() string
	// Describe makes a host known, or replaces what is known of it. Hosts keep the order in which they came.
	Describe(metric.Host)
	// Publish makes an update the newest of its host. Events that cannot be taken are left out, counted and returned with
	// the reason; an update that has events and none that can be taken is not published and has no position.
	Publish(metric.Update) (metric.Position, []Rejection)
	// Hosts lists the hosts, the server's own first.
	Hosts() []metric.Host
	// Catalog is the newest catalogue of a host; false if there is no such host.
	Catalog(host string) (*Catalog, bool)
	// Subscribe starts a subscription that may fall at most lagBytes behind. It follows no host yet. The waker is told
	// whenever Next may have something new.
	Subscribe(lagBytes int, waker Waker) *Subscription
	// WatchHosts calls the function for every change of a host from now on, in order; it must return at once and must not
	// call the bus. The stop ends that; a call that runs is waited for.
	WatchHosts(func(HostChange)) (stop func())
	// Sweep does what is due by the clock, see [Hub.Sweep]. Call it each second.
	Sweep(now time.Time)
}

// Options sets a hub up. Zero values take the defaults that the field comments name.
type Options struct {
	Interval   time.Duration    // the time between two ticks of a host; 1s
	Backfill   time.Duration    // how much past a ring keeps; 5m
	MaxBytes   int              // the bound of one host's ring; 32 MiB, or what 250 series take over the backfill if that is more
	MaxSeries  int              // series of one host; 2000
	MaxHosts   int              // hosts that were not described; 200
	MaxTotal   int              // series of all hosts; 100000
	SeriesIdle time.Duration    // a series without a value for so long leaves the catalogue; 1h
	Clock      func() time.Time // time.Now
	Families   []metric.Family  // what is known of series before their first event; others have no unit and no help
}

const (
	defaultInterval = time.Second
	defaultBackfill = 5 * time.Minute
	leastMaxBytes   = 32 << 20
	usualTickBytes  = 2 << 10 // of 250 series
	epochWordLength = 12
)

// Hub is the bus of one process, in memory.
type Hub struct {
	epoch     string
	ringTicks int
	ringBytes uint64
	families  map[string]metric.Family
	serial    atomic.Uint64

	mu     sync.RWMutex
	topics map[string]*Topic
	order  []*Topic
}

var _ Bus = (*Hub)(nil)

// New makes a hub with a fresh epoch.
func New(options Options) *Hub {
	if options.Interval <= 0 {
		options.Interval = defaultInterval
	}
	if options.Backfill <= 0 {
		options.Backfill = defaultBackfill
	}
	ringTicks := int(max(2, math.Ceil(float64(options.Backfill)/float64(options.Interval))))
	if options.MaxBytes <= 0 {
		options.MaxBytes = max(leastMaxBytes, ringTicks*usualTickBytes)
	}
	families := make(map[string]metric.Family, len(options.Families))
	for _, family := range options.Families {
		families[family.Name] = family
	}
	return &Hub{
		epoch:     rand.Text()[:epochWordLength],
		ringTicks: ringTicks,
		ringBytes: uint64(options.MaxBytes),
		families:  families,
		topics:    make(map[string]*Topic),
	}
}

// Epoch implements [Bus].
func (h *Hub) Epoch() string { return h.epoch }

// Describe implements [Bus].
func (h *Hub) Describe(host metric.Host) { h.topic(host.Name).describe(host) }

// Publish implements [Bus].
func (h *Hub) Publish(update metric.Update) (metric.Position, []Rejection) {
	topic := h.topic(update.Host)
	seq, rejected := topic.publish(update, h.serial.Add(1), h.families)
	topic.wakeAll()
	return metric.Position{Epoch: h.epoch, Seq: seq}, rejected
}

// WatchHosts implements [Bus].
func (h *Hub) WatchHosts(func(HostChange)) (stop func()) { return func() {} }

// Sweep implements [Bus].
func (h *Hub) Sweep(time.Time) {}

// Hosts implements [Bus].
func (h *Hub) Hosts() []metric.Host {
	h.mu.RLock()
	topics := slices.Clone(h.order)
	h.mu.RUnlock()
	hosts := make([]metric.Host, 0, len(topics))
	for _, topic := range topics {
		hosts = append(hosts, topic.description())
	}
	return hosts
}

// Catalog implements [Bus].
func (h *Hub) Catalog(host string) (*Catalog, bool) {
	topic, known := h.lookup(host)
	if !known {
		return nil, false
	}
	return topic.currentCatalog(), true
}

func (h *Hub) lookup(host string) (*Topic, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	topic, known := h.topics[host]
	return topic, known
}

// topic finds the topic of a host or makes it.
func (h *Hub) topic(host string) *Topic {
	if topic, known := h.lookup(host); known {
		return topic
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if topic, known := h.topics[host]; known {
		return topic
	}
	topic := newTopic(host, h.ringTicks, h.ringBytes)
	h.topics[host] = topic
	h.order = append(h.order, topic)
	return topic
}
