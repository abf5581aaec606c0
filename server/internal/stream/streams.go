package stream

import (
	"errors"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/hub"
)

// Options sets the streams up. Fields without a default are wanted.
type Options struct {
	Bus      hub.Bus
	Interval time.Duration // between two ticks, told to clients
	Backfill time.Duration // how far back the bus remembers, told to clients
	Version  string        // of the program, told to clients
	App      string        // the fingerprint of the app that is served, empty without one
	Logger   zerolog.Logger

	Limits    Limits
	Publisher Publisher // takes what clients publish; nil refuses it
	// Admit is asked before a viewer is let in; leave is called once when it has gone. nil admits all.
	Admit func(*http.Request) (leave func(), err error)
	// Peer says who a viewer is; nil takes the address of its connection.
	Peer func(*http.Request) string
}

// Streams serves all viewers.
type Streams struct {
	bus       hub.Bus
	interval  time.Duration
	backfill  time.Duration
	version   string
	app       string
	logger    zerolog.Logger
	limits    Limits
	publisher Publisher
	admit     func(*http.Request) (leave func(), err error)
	peer      func(*http.Request) string

	groups *groups
	news   *news
	lanes  []*lane
	counts counts
	beat   atomic.Uint32 // the watchdog's clock
	every  time.Duration // a beat
	calm   uint32        // calmBeats

	unwatch func()
	present sync.WaitGroup // of all goroutines that serve viewers

	mu      sync.Mutex
	stopped bool
	viewers map[*viewer]struct{}
	entered int           // viewers that are or may soon be there
	serving chan struct{} // closed when the lanes and the watchdog are to end; nil while nobody is there

	watching sync.Mutex // held while the watchdog goes round
}

// New makes the streams; they run until Shutdown. While nobody watches they have no goroutine.
func New(options Options) *Streams {
	s := &Streams{
		bus: options.Bus, interval: options.Interval, backfill: options.Backfill, version: options.Version, app: options.App,
		logger: options.Logger, limits: options.Limits.withDefaults(), publisher: options.Publisher, admit: options.Admit,
		peer: options.Peer,
		news: newNews(), every: beatEvery, calm: calmBeats, viewers: make(map[*viewer]struct{}),
	}
	if s.admit == nil {
		s.admit = func(*http.Request) (func(), error) { return func() {}, nil }
	}
	if s.peer == nil {
		s.peer = func(r *http.Request) string { return r.RemoteAddr }
	}
	s.groups = newGroups(s.framing)
	for range runtime.GOMAXPROCS(0) {
		s.lanes = append(s.lanes, newLane())
	}
	s.beat.Store(1)
	s.unwatch = s.bus.WatchHosts(s.hostChanged)
	return s
}

// ErrStopping refuses a viewer while the server stops.
var ErrStopping = errors.New("the server is stopping")

// framing is how messages of a kind travel.
func (s *Streams) framing(of kind) framing {
	if of.transport == transportEvents {
		return eventFraming{epoch: s.bus.Epoch()}
	}
	return webSocketFramingOf(of.format)
}

// hostChanged is told by the hub; it returns at once.
func (s *Streams) hostChanged(change hub.HostChange) {
	s.news.note(change)
	s.lanes[0].wakeAll()
}

// enter asks whether a viewer may come in. The caller calls leave when it has gone.
func (s *Streams) enter(r *http.Request) (leave func(), err error) {
	admitted, err := s.admit(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		admitted()
		return nil, ErrStopping
	}
	s.present.Add(1)
	if s.entered++; s.entered == 1 {
		s.serving = make(chan struct{})
		s.startServing(s.serving)
	}
	return func() { admitted(); s.leave() }, nil
}

func (s *Streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entered--; s.entered == 0 {
		close(s.serving)
		s.groups.pieces.forget()
	}
	s.present.Done()
}

// startServing starts who serves all viewers together; they end when stop is closed.
func (s *Streams) startServing(stop <-chan struct{}) {
	for _, lane := range s.lanes {
		s.present.Go(func() { lane.run(stop, s.everybody) })
	}
	s.present.Go(func() { s.watch(stop) })
}

// watch looks after all viewers at each beat.
func (s *Streams) watch(stop <-chan struct{}) {
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	var viewers []*viewer
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		s.watching.Lock() // the watchdog before this one may still be at it
		now := s.beat.Add(1)
		viewers = s.everybody(viewers[:0])
		for _, viewer := range viewers {
			viewer.check(now)
		}
		clear(viewers) // one that has gone is not held
		s.watching.Unlock()
	}
}

// everybody appends all viewers.
func (s *Streams) everybody(viewers []*viewer) []*viewer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for viewer := range s.viewers {
		viewers = append(viewers, viewer)
	}
	return viewers
}

// add makes a viewer that has begun known to all who look after viewers. One that comes while the server stops is told at
// once.
func (s *Streams) add(v *viewer) {
	s.mu.Lock()
	s.viewers[v] = struct{}{}
	stopped := s.stopped
	s.mu.Unlock()
	if stopped {
		v.end(errShutdown)
	}
	v.wake() // what changed since it began was told to others only
}

func (s *Streams) remove(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.viewers, v)
}

// quietestLane is the one with the fewest viewers; one more is counted.
func (s *Streams) quietestLane() *lane {
	quietest := s.lanes[0]
	for _, lane := range s.lanes[1:] {
		if lane.viewers.Load() < quietest.viewers.Load() {
			quietest = lane
		}
	}
	quietest.viewers.Add(1)
	return quietest
}
