package limits

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// serveLimited answers "well" on a free port until the test ends; on /stream it admits and stays until the client goes.
func serveLimited(t *testing.T, l *Limits) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := &http.Server{
		ReadHeaderTimeout: time.Minute, ConnState: l.ConnState, ConnContext: l.ConnContext,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/stream" {
				leave, err := l.Admit(r)
				if err != nil {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				defer leave()
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				return
			}
			_, _ = io.WriteString(w, "well")
		}),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return listener.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return conn
}

// ask sends a request on a connection and takes the head of the answer and, if it ends, its body.
func ask(conn net.Conn, path string) error {
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil && answer.ContentLength > 0 {
		_, err = io.Copy(io.Discard, answer.Body)
	}
	return err
}

func (s *socketList) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	const patience, pause = 30 * time.Second, 2 * time.Millisecond
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func TestIdleSocketsKeepNobodyOut(t *testing.T) {
	const places, idle, neighbours = 50, 120, 20
	l := New(Options{Sockets: places})
	address := serveLimited(t, l)
	stream := dial(t, address)
	must(t, ask(stream, "/stream"))
	for range idle {
		dial(t, address)
	}
	for range neighbours {
		must(t, ask(dial(t, address), "/"))
	}
	if held := l.sockets.count(); held > places {
		t.Errorf("%d sockets are held", held)
	}
	if l.Refused(IdleSockets) < idle-places {
		t.Errorf("only %d idle sockets were cut", l.Refused(IdleSockets))
	}
	if in := l.Connections(); in != 1 {
		t.Errorf("%d streams are left of one", in)
	}
}

func TestACutSocketIsTheLongestSilent(t *testing.T) {
	l := New(Options{Sockets: 3})
	address := serveLimited(t, l)
	oldest, older, young := dial(t, address), dial(t, address), dial(t, address)
	eventually(t, "three sockets", func() bool { return l.sockets.count() == 3 })
	must(t, ask(oldest, "/")) // it is alive now, so the next is the oldest
	must(t, ask(dial(t, address), "/"))
	if _, err := older.Read(make([]byte, 1)); err == nil {
		t.Error("the silent one got an answer")
	}
	must(t, ask(oldest, "/"))
	must(t, ask(young, "/"))
}

func TestThePlaceOfOneWhoLeavesIsFree(t *testing.T) {
	l := New(Options{Sockets: 1})
	address := serveLimited(t, l)
	for range 20 {
		conn := dial(t, address)
		must(t, ask(conn, "/"))
		_ = conn.Close()
	}
	if cut := l.Refused(IdleSockets); cut != 0 {
		t.Errorf("%d were cut", cut)
	}
	eventually(t, "no sockets", func() bool { return l.sockets.count() == 0 })
}

func TestAStreamThatEndedIsASocketAgain(t *testing.T) {
	l := New(Options{})
	address := serveLimited(t, l)
	conn := dial(t, address)
	must(t, ask(conn, "/stream"))
	if held := l.sockets.count(); held != 0 {
		t.Errorf("the list holds %d", held)
	}
	_ = conn.Close()
	eventually(t, "all have gone", func() bool { return l.Connections() == 0 && l.sockets.count() == 0 })
}
