package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// script is a server in memory that plays one step a handshake, the last one again and again.
type script struct {
	t     *testing.T
	mu    sync.Mutex
	steps []http.HandlerFunc
	at    []time.Time // of each handshake
	conns chan net.Conn

	closing sync.Once
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	step := s.steps[min(len(s.at), len(s.steps)-1)]
	s.at = append(s.at, time.Now())
	s.mu.Unlock()
	step(w, r)
}

func (s *script) Accept() (net.Conn, error) {
	conn, open := <-s.conns
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (s *script) Close() error {
	s.closing.Do(func() { close(s.conns) })
	return nil
}

func (s *script) Addr() net.Addr { return &net.TCPAddr{} }

func (s *script) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case s.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// play runs a test against a server that plays the steps, in a bubble of time.
func play(t *testing.T, steps []http.HandlerFunc, options Options, test func(*testing.T, *script, *Session)) {
	synctest.Test(t, func(t *testing.T) {
		played := &script{t: t, steps: steps, conns: make(chan net.Conn)}
		server := &http.Server{Handler: played}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.Serve(played) })
		options.How.Network = played.dial
		options.Address, _ = ParseAddress("http://vitals.test/base")
		if options.Random == nil {
			options.Random = func() float64 { return 0.5 }
		}
		session := NewSession(options)
		test(t, played, session)
		session.Close()
		_ = server.Close()
		serving.Wait()
		synctest.Wait()
	})
}

// speak is a step that opens a session of an epoch, takes a subscribe and sends frames, then does what then says.
func speak(epoch string, then func(context.Context, *websocket.Conn, wire.Subscribe), frames ...wire.Frame) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
		if err != nil {
			return
		}
		defer func() { _ = socket.CloseNow() }()
		ctx := context.Background()
		send(ctx, socket, wire.Hello{
			Protocol: 1, Epoch: epoch, Interval: 1, Server: wire.Server{Time: 60_000}, Hosts: []metric.Host{{Name: host}, {Name: "web-2"}},
		})
		_, message, err := socket.Read(ctx)
		if err != nil {
			return
		}
		frame, err := wire.JSON{}.DecodeClient(message)
		subscribe, is := frame.(wire.Subscribe)
		if err != nil || !is {
			_ = socket.Close(4500, "no subscribe: "+string(message))
			return
		}
		for _, frame := range frames {
			send(ctx, socket, frame)
		}
		then(ctx, socket, subscribe)
	}
}

func send(ctx context.Context, socket *websocket.Conn, frame wire.Frame) {
	_ = socket.Write(ctx, websocket.MessageText, wire.JSON{}.Append(nil, frame))
}

// stay reads until the client goes.
func stay(ctx context.Context, socket *websocket.Conn, _ wire.Subscribe) { _, _, _ = socket.Read(ctx) }

// cut ends the connection without a word.
func cut(context.Context, *websocket.Conn, wire.Subscribe) {}

func closeWith(code websocket.StatusCode) func(context.Context, *websocket.Conn, wire.Subscribe) {
	return func(_ context.Context, socket *websocket.Conn, _ wire.Subscribe) { _ = socket.Close(code, "said why") }
}

// rowsUntil takes rows and gaps until there are so many.
func rowsUntil(t *testing.T, session *Session, count int) []wire.Frame {
	t.Helper()
	var rows []wire.Frame
	for len(rows) < count {
		frame, err := session.Next(t.Context())
		if err != nil {
			t.Fatalf("after %d rows: %v", len(rows), err)
		}
		switch frame := frame.(type) {
		case wire.Update:
			frame.Type = ""
			rows = append(rows, frame)
		case wire.Gap:
			rows = append(rows, frame)
		}
	}
	return rows
}

func TestASessionResumesAfterALoss(t *testing.T) {
	var second wire.Subscribe
	steps := []http.HandlerFunc{
		speak("a", cut, update(8), update(9)),
		speak("a", func(ctx context.Context, socket *websocket.Conn, subscribe wire.Subscribe) {
			second = subscribe
			stay(ctx, socket, subscribe)
		}, update(9), update(12)),
	}
	var losses []Loss
	options := Options{Metrics: []string{"cpu*"}, Interval: 5 * time.Second, Lost: func(loss Loss) { losses = append(losses, loss) }}
	play(t, steps, options, func(t *testing.T, played *script, session *Session) {
		rows := rowsUntil(t, session, 4)
		if difference := cmp.Diff([]wire.Frame{update(8), update(9), gap(10, 11), update(12)}, rows); difference != "" {
			t.Error(difference)
		}
		if len(losses) != 1 || losses[0].Wait != 500*time.Millisecond || losses[0].Attempt != 1 || losses[0].Cause == nil {
			t.Errorf("told of %+v", losses)
		}
		if waited := played.at[1].Sub(played.at[0]); waited != 500*time.Millisecond {
			t.Errorf("came back after %s", waited)
		}
		if position, known := session.Position(host); !known || position != (metric.Position{Epoch: "a", Seq: 12}) {
			t.Errorf("the position is %+v", position)
		}
	})
	want := wire.Subscribe{
		Type: wire.TypeSubscribe, Hosts: []string{host}, Metrics: []string{"cpu*"}, Interval: 5, Backfill: seconds(51 * time.Second),
		Since: map[string]metric.Position{host: {Epoch: "a", Seq: 9}},
	}
	if difference := cmp.Diff(want, second); difference != "" {
		t.Errorf("it resumed by\n%s", difference)
	}
}

func TestWhatAServerSaysAboutComingBack(t *testing.T) {
	refuse := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":{"code":"forbidden","message":"not you","field":"Host"}}`))
		}
	}
	good := speak("a", stay, update(1))
	for name, test := range map[string]struct {
		steps  []http.HandlerFunc
		insist bool
		wait   time.Duration // before the row comes
		fails  string        // else the error says so
	}{
		"at once":                    {steps: []http.HandlerFunc{good}},
		"come back after 7 s":        {steps: []http.HandlerFunc{refuse(503, "Retry-After", "7"), good}, wait: 7 * time.Second},
		"too many, after 9 s":        {steps: []http.HandlerFunc{refuse(429, "Retry-After", "9"), good}, wait: 9 * time.Second},
		"a broken proxy":             {steps: []http.HandlerFunc{refuse(502), good}, fails: "502"},
		"a broken proxy, insisting":  {steps: []http.HandlerFunc{refuse(502), good}, insist: true, wait: 500 * time.Millisecond},
		"a name that is not allowed": {steps: []http.HandlerFunc{refuse(403)}, insist: true, fails: "not you"},
		"another host":               {steps: []http.HandlerFunc{refuse(302, "Location", "http://elsewhere.test/")}, fails: "elsewhere"},
		"do not come back":           {steps: []http.HandlerFunc{speak("a", closeWith(4500))}, insist: true, fails: "4500"},
		"a flood":                    {steps: []http.HandlerFunc{speak("a", closeWith(1008))}, insist: true, fails: "said why"},
		"a restart":                  {steps: []http.HandlerFunc{speak("a", closeWith(1012)), good}, wait: 500 * time.Millisecond},
		"too slow":                   {steps: []http.HandlerFunc{speak("a", closeWith(4000)), good}, wait: 500 * time.Millisecond},
		"a proxy, once it was there": {steps: []http.HandlerFunc{speak("a", cut), refuse(404), good}, wait: 1500 * time.Millisecond},
		"no hello in time": {steps: []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
			if err == nil {
				stay(context.Background(), socket, wire.Subscribe{})
			}
		}, good}, insist: true, wait: 10500 * time.Millisecond},
		"no answer in time": {steps: []http.HandlerFunc{func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, good}, fails: "no answer within 10s"},
		"another WebSocket": {steps: []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			if socket, err := websocket.Accept(w, r, nil); err == nil {
				stay(context.Background(), socket, wire.Subscribe{})
			}
		}}, fails: "does not speak"},
		"silence": {steps: []http.HandlerFunc{speak("b", stay), good}, wait: 25*time.Second + 500*time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, test.steps, Options{Insist: test.insist}, func(t *testing.T, _ *script, session *Session) {
				began := time.Now()
				for {
					frame, err := session.Next(t.Context())
					if err != nil {
						checkFailure(t, session, err, test.fails)
						return
					}
					if _, isRow := frame.(wire.Update); isRow {
						break
					}
				}
				if waited := time.Since(began); test.fails != "" || waited != test.wait {
					t.Errorf("the row came after %s, wanted %s%s", waited, test.wait, test.fails)
				}
			})
		})
	}
}

func checkFailure(t *testing.T, session *Session, err error, fails string) {
	t.Helper()
	if fails == "" || !strings.Contains(err.Error(), fails) {
		t.Errorf("it failed with %v, wanted %q", err, fails)
	}
	if _, again := session.Next(t.Context()); !errors.Is(again, err) {
		t.Errorf("then it failed with %v", again)
	}
}

func TestPingsKeepAQuietConnection(t *testing.T) {
	steps := []http.HandlerFunc{speak("a", func(ctx context.Context, socket *websocket.Conn, _ wire.Subscribe) {
		ctx = socket.CloseRead(ctx)
		for range 10 {
			time.Sleep(10 * time.Second) // of the bubble
			_ = socket.Ping(ctx)
		}
		send(ctx, socket, update(1))
		<-ctx.Done()
	})}
	play(t, steps, Options{}, func(t *testing.T, played *script, session *Session) {
		rowsUntil(t, session, 1)
		if len(played.at) != 1 {
			t.Errorf("it took %d connections", len(played.at))
		}
	})
}

func TestAllHostsAndThoseThatComeLater(t *testing.T) {
	asked := make(chan []string, 3)
	steps := []http.HandlerFunc{speak("a", func(ctx context.Context, socket *websocket.Conn, first wire.Subscribe) {
		asked <- first.Hosts
		for _, states := range [][]wire.State{{wire.Live}, {wire.Silent, wire.Gone, wire.Live}} {
			for _, state := range states {
				send(ctx, socket, wire.HostState{State: state, Host: metric.Host{Name: "web-3"}, Since: 1})
			}
			_, message, err := socket.Read(ctx)
			if err != nil {
				return
			}
			frame, _ := wire.JSON{}.DecodeClient(message)
			asked <- frame.(wire.Subscribe).Hosts
		}
		send(ctx, socket, update(1))
		stay(ctx, socket, first)
	})}
	play(t, steps, Options{AllHosts: true}, func(t *testing.T, _ *script, session *Session) {
		rowsUntil(t, session, 1)
		got := [][]string{<-asked, <-asked, <-asked}
		if difference := cmp.Diff([][]string{{host, "web-2"}, {"web-3"}, {"web-3"}}, got); difference != "" {
			t.Error(difference)
		}
	})
}

func TestAHostThatComesLaterIsFollowed(t *testing.T) {
	asked := make(chan []string, 2)
	steps := []http.HandlerFunc{speak("a", func(ctx context.Context, socket *websocket.Conn, first wire.Subscribe) {
		asked <- first.Hosts
		for _, name := range []string{"stranger", "web-9"} {
			send(ctx, socket, wire.HostState{State: wire.Live, Host: metric.Host{Name: name}, Since: 1})
		}
		_, message, err := socket.Read(ctx)
		if err != nil {
			return
		}
		frame, _ := wire.JSON{}.DecodeClient(message)
		asked <- frame.(wire.Subscribe).Hosts
		send(ctx, socket, update(1))
		stay(ctx, socket, first)
	}, wire.Error{Code: wire.CodeUnknownHost, Message: "no host is called web-9", Field: "hosts[1]"})}
	play(t, steps, Options{Hosts: []string{host, "web-9"}}, func(t *testing.T, _ *script, session *Session) {
		rowsUntil(t, session, 1)
		if difference := cmp.Diff([][]string{{host, "web-9"}, {"web-9"}}, [][]string{<-asked, <-asked}); difference != "" {
			t.Error(difference)
		}
	})
}

func TestASessionInCBOR(t *testing.T) {
	step := func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolCBOR}})
		if err != nil {
			return
		}
		ctx, codec := context.Background(), wire.CBOR{}
		hello := wire.Hello{Protocol: 1, Epoch: "a", Interval: 1, Hosts: []metric.Host{{Name: host}}}
		_ = socket.Write(ctx, websocket.MessageBinary, codec.Append(nil, hello))
		kind, message, err := socket.Read(ctx)
		if frame, wrong := codec.DecodeClient(message); err != nil || wrong != nil || kind != websocket.MessageBinary {
			t.Errorf("%v %v: %s message with %+v", err, wrong, kind, frame)
		}
		_ = socket.Write(ctx, websocket.MessageBinary, codec.Append(nil, update(1)))
		stay(ctx, socket, wire.Subscribe{})
	}
	play(t, []http.HandlerFunc{step}, Options{How: How{Codec: wire.CBOR{}}}, func(t *testing.T, _ *script, session *Session) {
		if difference := cmp.Diff([]wire.Frame{update(1)}, rowsUntil(t, session, 1)); difference != "" {
			t.Error(difference)
		}
	})
}

func TestTheEndOfAContextCutsAndALaterCallResumes(t *testing.T) {
	steps := []http.HandlerFunc{speak("a", stay, update(1)), speak("a", stay, update(1), update(2))}
	play(t, steps, Options{}, func(t *testing.T, _ *script, session *Session) {
		rowsUntil(t, session, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for {
			if _, err := session.Next(ctx); err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("it ended with %v", err)
				}
				break
			}
		}
		if err := session.Send(t.Context(), wire.Ping{}); !errors.Is(err, ErrNotConnected) {
			t.Errorf("a frame could be sent: %v", err)
		}
		if difference := cmp.Diff([]wire.Frame{update(2)}, rowsUntil(t, session, 1)); difference != "" {
			t.Error(difference)
		}
	})
}

func TestCloseEndsNext(t *testing.T) {
	play(t, []http.HandlerFunc{speak("a", stay, update(1))}, Options{}, func(t *testing.T, _ *script, session *Session) {
		rowsUntil(t, session, 1)
		time.AfterFunc(time.Second, session.Close)
		if _, err := session.Next(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("Next ended with %v", err)
		}
	})
}

func TestAMessageThatIsTooLongIsNotTaken(t *testing.T) {
	long := func(ctx context.Context, socket *websocket.Conn, subscribe wire.Subscribe) {
		_ = socket.Write(ctx, websocket.MessageText, make([]byte, maxMessageBytes+2))
		stay(ctx, socket, subscribe)
	}
	play(t, []http.HandlerFunc{speak("a", long), speak("a", stay, update(1))}, Options{}, func(t *testing.T, played *script, session *Session) {
		rowsUntil(t, session, 1)
		if len(played.at) != 2 {
			t.Errorf("it took %d connections", len(played.at))
		}
	})
}
