package bench

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Servers that are none: one says nothing, one does not end its answer, one sends a message that does not end.
func TestStrangeServersHoldNobodyUp(t *testing.T) {
	for wanted, talk := range map[string]func(net.Conn){
		"says nothing":  func(net.Conn) {},
		"has no end":    func(conn net.Conn) { _, _ = io.Copy(conn, neverending{}) },
		"hung up after": func(conn net.Conn) { _ = conn.Close() },
		"server says":   func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\n\r\n") },
	} {
		t.Run(wanted, func(t *testing.T) {
			load := newLoad(t, talk)
			load.target.timeout = 50 * time.Millisecond
			if err := load.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), wanted) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("a message without end", func(t *testing.T) {
		load := newLoad(t, func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x7f\x00\x00\x00\xff\xff\xff\xff\xff")
			_, _ = io.Copy(conn, neverending{})
		})
		if err := load.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); load.Connected() > 0; {
			if err := load.Watch(t.Context(), time.Now().Add(10*time.Millisecond)); err != nil || time.Now().After(deadline) {
				t.Fatalf("it is still there: %v", err)
			}
		}
	})
}

// neverending has no line ends and no end.
type neverending struct{}

func (neverending) Read(into []byte) (int, error) {
	return copy(into, bytes.Repeat([]byte{'x'}, len(into))), nil
}

// newLoad is a viewer for a server that talks so to whoever comes.
func newLoad(t *testing.T, talk func(net.Conn)) *Load {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	load, err := NewLoad(LoadOptions{URL: "http://" + listener.Addr().String(), Form: Plain, Viewers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var talking sync.WaitGroup
	talking.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		talk(conn)
		_, _ = io.Copy(io.Discard, conn) // until the viewer leaves
	})
	t.Cleanup(func() {
		load.Close()
		_ = listener.Close()
		talking.Wait()
	})
	return load
}
