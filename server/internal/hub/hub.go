package hub

import (
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"vitals/internal/metric"
)

const epochWordLength = 12

// Hub is the bus of one process, in memory.
type Hub struct {
	options    Options
	epoch      string
	began      time.Time
	families   map[string]metric.Family
	rejections rejectionCounters
	everyone   wakerSet      // of the subscriptions that follow all hosts
	serial     atomic.Uint64 // every row with a serial up to this one can be read; written under mu
	roster     atomic.Uint64 // grows when a host comes or leaves; written under mu

	deriving sync.Mutex // held while a folded topic is made, so that it is made once; taken before mu

	mu               sync.RWMutex // one writer at a time gives serials and stores; taken before Topic.mu
	elapsed          time.Duration
	swept            time.Duration // when the last sweep was
	hosts            map[string]*host
	order            []*host               // those that are listed
	undescribed      int                   // how many of those nobody described
	series           int                   // of all hosts
	intervals        map[time.Duration]int // of folded topics, and how many those are
	undescribedBytes uint64                // of the rings of hosts that nobody described
	highestForgotten uint64                // the highest position of the hosts that are forgotten
	slots            []bool                // in use, see host.slot
	marks            marks
	watchers         []*watcher
}

var _ Bus = (*Hub)(nil)

// New makes a hub with a fresh epoch.
func New(options Options) *Hub {
	options = options.withDefaults()
	families := make(map[string]metric.Family, len(options.Families))
	for _, family := range options.Families {
		families[family.Name] = family
	}
	return &Hub{
		options: options, epoch: rand.Text()[:epochWordLength], began: options.Clock(), families: families,
		hosts: make(map[string]*host), intervals: make(map[time.Duration]int),
	}
}

// Epoch implements [Bus].
func (h *Hub) Epoch() string { return h.epoch }

// Serial implements [Bus].
func (h *Hub) Serial() uint64 { return h.serial.Load() }

// Rejections counts the events that Publish left out since the hub began.
func (h *Hub) Rejections() Rejections { return h.rejections.load() }

// Describe implements [Bus].
func (h *Hub) Describe(description metric.Host) {
	if came := h.describe(description); came != nil {
		h.everyone.wake(came)
	}
}

// describe returns the topic of a host that has come.
func (h *Hub) describe(description metric.Host) (came *Topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	subject, _ := h.find(description.Name)
	if !subject.described {
		h.uncountHost(subject)
		if subject.listed {
			h.undescribed--
		}
	}
	subject.description, subject.described = description, true
	if !h.list(subject) {
		return nil
	}
	return subject.base
}

// Publish implements [Bus].
func (h *Hub) Publish(update metric.Update) (metric.Position, []Rejection) {
	done := h.publish(update)
	h.rejections.count(done.rejected)
	if done.seq == 0 {
		return metric.Position{}, done.rejected
	}
	done.topic.wakers.wake(done.topic)
	for _, topic := range done.ended {
		topic.wakers.wake(topic)
	}
	if done.came {
		h.everyone.wake(done.topic)
	}
	return metric.Position{Epoch: h.epoch, Seq: done.seq}, done.rejected
}

// published is what came of an update, and who is to be told.
type published struct {
	seq      uint64 // 0 if nothing of it could be taken
	rejected []Rejection
	topic    *Topic
	ended    []*Topic // folded ones with a new row
	came     bool     // the host is new
}

func (h *Hub) publish(update metric.Update) published {
	h.mu.Lock()
	defer h.mu.Unlock()
	subject, tick, rejected := h.take(update)
	if tick == nil {
		return published{rejected: rejected}
	}
	came := h.list(subject)
	if now := h.wall(); subject.presence.hear(h.elapsed, now) {
		h.tell(HostLive, subject, now)
	}
	return published{seq: tick.Seq, rejected: rejected, topic: subject.base, ended: h.store(subject, tick), came: came}
}

// take makes the tick of an update; nil if nothing of it can be taken.
func (h *Hub) take(update metric.Update) (*host, *Tick, []Rejection) {
	now := h.advance(h.options.Clock())
	subject, isNew := h.find(update.Host)
	if err := h.admit(subject, isNew); err != nil {
		return nil, nil, rejectAll(len(update.Events), err)
	}
	before := len(subject.columns.seen)
	rejected := subject.columns.place(update.Events, now, &admission{
		families: h.families, maxSeries: h.options.MaxSeries, room: h.options.MaxTotal - h.series, sampled: subject.described,
		known: update.Series,
	})
	h.series += len(subject.columns.seen) - before
	if len(rejected) > 0 && len(rejected) == len(update.Events) {
		return nil, nil, rejected
	}
	seq := subject.base.lastSeq() + 1
	tick := &Tick{
		Seq: seq, From: seq, Timestamp: update.Timestamp, Catalog: subject.columns.catalog,
		arrived: now, age: subject.timeline.step(update.Timestamp, now, h.options.mostLeap()),
	}
	tick.Columns, tick.Values = subject.columns.row()
	return subject, tick, rejected
}

// admit says whether a host that is not listed may be.
func (h *Hub) admit(subject *host, isNew bool) error {
	if subject.listed {
		return nil
	}
	if isNew {
		if err := metric.CheckHostName(subject.name); err != nil {
			return fmt.Errorf("%w: %w", ErrBadHost, err)
		}
	}
	if h.undescribed >= h.options.MaxHosts {
		return ErrTooManyHosts
	}
	return nil
}

// store gives the tick its serial and puts it into the topics of its host. It returns those folded ones that have a new row.
func (h *Hub) store(subject *host, tick *Tick) (ended []*Topic) {
	tick.Serial = h.serial.Load() + 1
	h.push(subject, subject.base, tick)
	newest := tick.Serial
	for _, topic := range subject.folded {
		if row := topic.fold.add(tick, &h.marks); row != nil {
			h.push(subject, topic, row)
			ended = append(ended, topic)
			newest = tick.Serial + 1 // the row before the tick has the tick's serial: keep one free for the next, see marks.firstDue
		}
	}
	h.serial.Store(newest) // only now may any of it be delivered in order
	return ended
}

// advance is the time since the hub began, which never goes back. The lock must be held.
func (h *Hub) advance(now time.Time) time.Duration {
	h.elapsed = max(h.elapsed, now.Sub(h.began))
	return h.elapsed
}

// wall is the time of the last advance in a form for people.
func (h *Hub) wall() metric.TimestampMs { return metric.TimestampOf(h.options.Clock()) }

// Catalog implements [Bus].
func (h *Hub) Catalog(name string) (*Catalog, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	found, known := h.hosts[name]
	if !known || !found.listed {
		return nil, false
	}
	return found.columns.catalog, true
}
