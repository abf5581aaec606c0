package limits

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	defaultSockets = 4096
	// How long a socket may be silent although others wait for its place. A server that is short of time itself needs some
	// to hear what clients said long ago; without it a stampede of honest ones would be cut by its own followers.
	socketPatience = time.Second
)

// socketList bounds the sockets that are no streams. Those are either about to say what they want, and have a few seconds for
// it, or are being answered, or wait for the next request of their client.
type socketList struct {
	places int
	cut    func(netip.Addr) // told of a socket that was cut
	freed  chan struct{}    // a place became free

	mu      sync.Mutex
	sockets map[net.Conn]*list.Element
	silent  list.List // of silentSocket; the longest silent in front
}

type silentSocket struct {
	conn  net.Conn
	since time.Time
}

func newSocketList(places int, cut func(netip.Addr)) *socketList {
	return &socketList{places: places, cut: cut, freed: make(chan struct{}, 1), sockets: make(map[net.Conn]*list.Element)}
}

// ConnState is for [http.Server.ConnState]. When all places are taken it holds the server's accepting up, for at most a
// second, until somebody leaves or has been silent for so long that it can be cut.
func (l *Limits) ConnState(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.sockets.makeRoom()
		l.sockets.heard(conn)
	case http.StateActive, http.StateIdle:
		l.sockets.heard(conn)
	case http.StateHijacked, http.StateClosed:
		l.sockets.left(conn)
	}
}

type connKey struct{}

// ConnContext is for [http.Server.ConnContext]: by it Admit knows which socket has become a stream.
func (l *Limits) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// admitted takes the socket of a request out of the list. It comes back by itself with its next request.
func (s *socketList) admitted(r *http.Request) {
	if conn, known := r.Context().Value(connKey{}).(net.Conn); known {
		s.left(conn)
	}
}

// heard notes a sign of life.
func (s *socketList) heard(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := silentSocket{conn: conn, since: time.Now()}
	if place, known := s.sockets[conn]; known {
		place.Value = now
		s.silent.MoveToBack(place)
		return
	}
	s.sockets[conn] = s.silent.PushBack(now)
}

func (s *socketList) left(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	place, known := s.sockets[conn]
	if !known {
		return
	}
	s.silent.Remove(place)
	delete(s.sockets, conn)
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

// makeRoom returns when there is a place. Only the accepting goroutine calls it, so nobody else takes it meanwhile except
// sockets that come back from being streams, which are few.
func (s *socketList) makeRoom() {
	for {
		longest, wait, isFull := s.longestSilent()
		switch {
		case !isFull:
			return
		case wait <= 0:
			s.left(longest)
			_ = longest.Close()
			s.cut(parseAddress(longest.RemoteAddr().String()))
		default:
			s.waitForPlace(wait)
		}
	}
}

// longestSilent is who leaves first when there is no place, and how long it may still stay.
func (s *socketList) longestSilent() (conn net.Conn, wait time.Duration, isFull bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) < s.places {
		return nil, 0, false
	}
	longest := s.silent.Front().Value.(silentSocket)
	return longest.conn, time.Until(longest.since.Add(socketPatience)), true
}

func (s *socketList) waitForPlace(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-s.freed:
	case <-timer.C:
	}
}
