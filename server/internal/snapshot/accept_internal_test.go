package snapshot

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"
)

// troubled is a listener that fails as often as is said, then has one client.
type troubled struct {
	net.Listener // what is not asked here

	failures int
	client   chan net.Conn
	closed   chan struct{}
}

// Accept implements [net.Listener].
func (l *troubled) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, errors.New("too many open files")
	}
	select {
	case connection := <-l.client:
		return connection, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l *troubled) Close() error {
	close(l.closed)
	return nil
}

// TestClientsThatCannotBeLetInEndNothing: a process that has too many files open for a while lends again afterwards.
func TestClientsThatCannotBeLetInEndNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &troubled{failures: 3, client: make(chan net.Conn, 1), closed: make(chan struct{})}
		server := &Server{listener: listener, logger: zerolog.Nop(), lending: make(chan struct{}, 1), clients: make(chan struct{}, maxClients)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- server.Serve(ctx) }()
		ours, theirs := net.Pipe()
		listener.client <- theirs
		if _, err := ours.Write([]byte("nothing\n")); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(ours).ReadString('\n'); err != nil || !strings.Contains(line, "the only request is") {
			t.Errorf("answered %q, %v", line, err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestAListenerThatWasClosedEndsIt: whoever runs it learns that.
func TestAListenerThatWasClosedEndsIt(t *testing.T) {
	listener := &troubled{closed: make(chan struct{})}
	close(listener.closed)
	if err := (&Server{listener: listener}).Serve(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("ended with %v", err)
	}
}
