package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// Options say which server to speak to and what to ask it for.
type Options struct {
	Address  Address
	How      How
	Hosts    []string      // none means the server's own host; one that the server does not have yet is followed when it comes
	AllHosts bool          // every host there is, and those that come later; Hosts are ignored
	Metrics  []string      // globs; none means all
	Backfill time.Duration // how much past to begin with
	Interval time.Duration // between two rows; 0 means each tick
	Envelope bool          // also the smallest and largest value of each interval

	// Insist goes on trying when the first attempt fails, too. Without it that failure is what Next returns.
	Insist bool
	// Lost is told of each failure after which the session tries again, before it waits. May be nil.
	Lost func(Loss)
	// Random gives numbers from 0 up to, not including, 1; math/rand unless it is set.
	Random func() float64
}

// Loss is a failure after which the session tries again.
type Loss struct {
	Cause   error
	Wait    time.Duration // until the next attempt
	Attempt int           // failures in a row, this one included
}

// Session keeps up the stream of a server over any number of connections.
type Session struct {
	options Options
	ledger  *ledger
	backoff backoff
	pending []wire.Frame    // to be handed out before anything is read
	known   map[string]bool // hosts that the server has
	upSince time.Time
	wasUp   bool
	failed  error // no attempt will follow

	mu     sync.Mutex // guards what follows; never held while the network is waited for
	conn   *Conn
	closed bool
}

// ErrNotConnected says that a frame could not be sent, because there is no connection at the moment.
var ErrNotConnected = errors.New("not connected at the moment")

// ErrClosed says that the session was closed.
var ErrClosed = errors.New("the session is closed")

// NewSession makes a session. It dials when Next is called first.
func NewSession(options Options) *Session {
	return &Session{options: options, ledger: newLedger(), backoff: backoff{random: options.Random}}
}

// Next gives the next frame; it connects and waits as needed. Each connection begins with its hello. The error is that of
// ctx, or one after which there is no point in trying again; then every later call returns it too. A ctx that ends cuts the
// connection; a later call resumes.
func (s *Session) Next(ctx context.Context) (wire.Frame, error) {
	for s.failed == nil {
		if len(s.pending) > 0 {
			frame := s.pending[0]
			s.pending = s.pending[1:]
			return frame, nil
		}
		err := s.advance(ctx)
		if err == nil {
			continue
		}
		if cause := s.interrupted(ctx); cause != nil {
			s.drop()
			return nil, cause
		}
		if err := s.lose(ctx, err); err != nil {
			return nil, err
		}
	}
	return nil, s.failed
}

// advance brings the session one step on: a connection, or a frame.
func (s *Session) advance(ctx context.Context) error {
	conn := s.connection()
	if conn == nil {
		return s.connect(ctx)
	}
	frame, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	s.pending = s.ledger.take(frame)
	if state, is := frame.(wire.HostState); is {
		return s.onHostState(ctx, conn, state)
	}
	return nil
}

func (s *Session) connect(ctx context.Context) error {
	conn, err := Dial(ctx, s.options.Address, s.options.How)
	if err != nil {
		return err
	}
	if !s.keep(conn) {
		conn.Close()
		return ErrClosed
	}
	s.upSince, s.wasUp = time.Now(), true
	s.known = make(map[string]bool)
	for _, host := range conn.Hello().Hosts {
		s.known[host.Name] = true
	}
	s.ledger.epoch = conn.Hello().Epoch
	s.pending = []wire.Frame{conn.Hello()}
	hosts := s.wanted(conn.Hello())
	if len(hosts) == 0 && !s.options.AllHosts { // the server knows no host yet, or does not list its own
		return conn.Send(ctx, s.subscription(nil, conn.Hello()))
	}
	return s.subscribe(ctx, conn, hosts)
}

// lose waits for the next attempt, or says that there will be none.
func (s *Session) lose(ctx context.Context, cause error) error {
	up := time.Duration(0)
	if s.connection() != nil {
		up = time.Since(s.upSince)
	}
	s.drop()
	if !s.triesAgain(cause) {
		s.failed = cause
		return cause
	}
	var asked time.Duration
	if refusal, is := errors.AsType[*Refusal](cause); is {
		asked = refusal.RetryAfter
	}
	wait := s.backoff.next(up, asked)
	if s.options.Lost != nil {
		s.options.Lost(Loss{Cause: cause, Wait: wait, Attempt: s.backoff.failures})
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// triesAgain: a server that was there once may be answered for by a proxy while it is away, with any status; and one that
// says when to come back wants us back.
func (s *Session) triesAgain(cause error) bool {
	if errors.Is(cause, ErrClosed) {
		return false
	}
	refusal, isRefusal := errors.AsType[*Refusal](cause)
	if isRefusal && (s.wasUp || refusal.RetryAfter > 0) {
		return true
	}
	return ComesBack(cause) && (s.wasUp || s.options.Insist)
}

// Send sends a frame over the connection that there is, such as a publish; its answer comes out of Next.
func (s *Session) Send(ctx context.Context, frame wire.Frame) error {
	conn := s.connection()
	if conn == nil {
		return ErrNotConnected
	}
	return conn.Send(ctx, frame)
}

// Position is that of the last row of a host that Next has read; false if there is none.
func (s *Session) Position(host string) (metric.Position, bool) { return s.ledger.since(host) }

// Close cuts the connection for good. A Next that waits for the server returns ErrClosed.
func (s *Session) Close() {
	s.mu.Lock()
	conn := s.conn
	s.closed = true
	s.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

func (s *Session) connection() *Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

func (s *Session) keep(conn *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.conn = conn
	}
	return !s.closed
}

func (s *Session) drop() {
	s.mu.Lock()
	conn := s.conn
	s.conn = nil
	s.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

// interrupted is why there is no point in going on, apart from the network.
func (s *Session) interrupted(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	return context.Cause(ctx)
}
