package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// Options sets the streams up. All fields are wanted.
type Options struct {
	Bus      hub.Bus
	Interval time.Duration // between two ticks, told to clients
	Backfill time.Duration // how far back the bus remembers, told to clients
	Version  string        // of the program, told to clients
	App      string        // the fingerprint of the app that is served, empty without one
	Logger   zerolog.Logger
}

// Streams serves all viewers.
type Streams struct {
	bus      hub.Bus
	codec    wire.JSON
	cache    *encodeCache
	interval time.Duration
	backfill time.Duration
	version  string
	app      string
	logger   zerolog.Logger
	skipped  atomic.Uint64

	running context.Context // ends with errShutdown as its cause
	stop    context.CancelCauseFunc
	mu      sync.Mutex
	stopped bool
	viewers sync.WaitGroup
}

// New makes the streams; they run until Shutdown.
func New(options Options) *Streams {
	running, stop := context.WithCancelCause(context.Background())
	return &Streams{
		bus: options.Bus, cache: newEncodeCache(), interval: options.Interval, backfill: options.Backfill,
		version: options.Version, app: options.App, logger: options.Logger, running: running, stop: stop,
	}
}

// ErrStopping refuses a viewer while the server stops.
var ErrStopping = errors.New("the server is stopping")

// Skipped counts the ticks that slow viewers missed.
func (s *Streams) Skipped() uint64 { return s.skipped.Load() }

// Shutdown tells every viewer 1012 and waits until all are gone or the context ends.
func (s *Streams) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.stop(errShutdown)
	gone := make(chan struct{})
	go func() { // ends with the last viewer, and each ends soon after goodbyeTimeout
		s.viewers.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for viewers: %w", ctx.Err())
	}
}

// join counts a viewer in, unless the streams are stopping.
func (s *Streams) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.viewers.Add(1)
	}
	return !s.stopped
}

// ServeWebSocket answers GET /ws: a session if the client offers its subprotocol, else the plain stream that the query
// asks for. The error, a [*wire.FieldError] or [ErrStopping], is for the caller to answer; with nil the answer is given.
func (s *Streams) ServeWebSocket(w http.ResponseWriter, r *http.Request) error {
	plain, err := parsePlain(r.URL.Query())
	if err != nil {
		return err
	}
	offered := offeredSubprotocols(r.Header)
	session := slices.Contains(offered, wire.SubprotocolJSON)
	if len(offered) > 0 && !session {
		return &wire.FieldError{
			Code: "unsupported_protocol", Field: "Sec-WebSocket-Protocol",
			Message: "this server speaks " + wire.SubprotocolJSON + ", and the plain stream without a subprotocol",
		}
	}
	if err := checkHandshake(w.Header(), r); err != nil {
		return err
	}
	if !s.join() {
		return ErrStopping
	}
	socket, err := accept(w, r)
	if err != nil {
		s.viewers.Done()
		s.logger.Debug().Err(err).Str("remote", r.RemoteAddr).Msg("handshake refused")
		return nil // the library has answered
	}
	logger := s.logger.With().Str("remote", r.RemoteAddr).Bool("session", session).Logger()
	go func() {
		defer s.viewers.Done()
		s.serve(socket, plain, session, logger)
	}()
	return nil
}

// serve runs a viewer to its end.
func (s *Streams) serve(socket *socket, plain plainRequest, session bool, logger zerolog.Logger) {
	ctx, cancel := context.WithCancelCause(s.running)
	defer context.AfterFunc(ctx, socket.leave)() // so that a peer that takes nothing does not hold up the end
	var commands chan wire.Frame
	if session {
		commands = make(chan wire.Frame)
	}
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		cancel(s.read(ctx, socket, commands))
	}()
	logger.Debug().Msg("viewer came")
	pump := s.newPump(socket, plain.shape(session), commands)
	err := s.begin(pump, plain, session)
	if err == nil {
		err = pump.run(ctx)
	}
	cancel(err)
	pump.close()
	socket.close(context.Cause(ctx))
	<-reader
	logger.Debug().AnErr("cause", context.Cause(ctx)).Msg("viewer went")
}

// begin sends the hello of a session, or starts the plain stream.
func (s *Streams) begin(pump *pump, plain plainRequest, session bool) error {
	if session {
		return pump.sendFrame(s.hello())
	}
	err := pump.follow(s.ownHost(), plain.globs, 0, nil)
	if errors.Is(err, hub.ErrUnknownHost) {
		return &closing{websocket.StatusTryAgainLater, "there is no host yet"}
	}
	return err
}

// read takes what the client sends until it goes wrong, and says how.
func (s *Streams) read(ctx context.Context, socket *socket, commands chan<- wire.Frame) error {
	for {
		message, err := socket.read()
		if err != nil {
			return err
		}
		if commands == nil {
			return &closing{websocket.StatusPolicyViolation, "the plain stream takes no messages; sessions do, by " + wire.SubprotocolJSON}
		}
		frame, err := s.codec.DecodeClient(message)
		if err != nil {
			return refuse(ctx, commands, err)
		}
		if err := hand(ctx, commands, frame); err != nil {
			return err
		}
	}
}

// refuse has the pump tell the client what was wrong with its frame and end the session: a program that sends bad frames
// would go on sending them.
func refuse(ctx context.Context, commands chan<- wire.Frame, err error) error {
	fault := &wire.FieldError{Code: wire.CodeBadRequest, Message: "not a frame"}
	errors.As(err, &fault)
	if err := hand(ctx, commands, fault.Frame()); err != nil {
		return err
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// hand gives a frame to the pump.
func hand(ctx context.Context, commands chan<- wire.Frame, frame wire.Frame) error {
	select {
	case commands <- frame:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Streams) hello() wire.Hello {
	return wire.Hello{
		Protocol: wire.Version,
		Server:   wire.Server{Version: s.version, Time: metric.TimestampOf(time.Now()), App: s.app},
		Epoch:    s.bus.Epoch(),
		Interval: s.interval.Seconds(),
		Backfill: s.backfill.Seconds(),
		Limits:   wire.Limits{MessageBytes: wire.MaxClientFrameBytes, Hosts: wire.MaxHosts, Globs: wire.MaxGlobs},
		Hosts:    s.bus.Hosts(),
	}
}

// ownHost is the name of the server's own host, empty before it is known.
func (s *Streams) ownHost() string {
	hosts := s.bus.Hosts()
	if len(hosts) == 0 {
		return ""
	}
	return hosts[0].Name
}
