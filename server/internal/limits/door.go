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
	doorPatience = time.Second
)

// door bounds the sockets that are no streams. Those are either about to say what they want, and have a few seconds for
// it, or are being answered, or wait for the next request of their client.
type door struct {
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

func newDoor(places int, cut func(netip.Addr)) *door {
	return &door{places: places, cut: cut, freed: make(chan struct{}, 1), sockets: make(map[net.Conn]*list.Element)}
}

// ConnState is for [http.Server.ConnState]. When all places are taken it holds the server's accepting up, for at most a
// second, until somebody leaves or has been silent for so long that it can be cut.
func (l *Limits) ConnState(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.door.makeRoom()
		l.door.heard(conn)
	case http.StateActive, http.StateIdle:
		l.door.heard(conn)
	case http.StateHijacked, http.StateClosed:
		l.door.left(conn)
	}
}

type connKey struct{}

// ConnContext is for [http.Server.ConnContext]: by it Admit knows which socket has become a stream.
func (l *Limits) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// admitted takes the socket of a request out of the door's list. It comes back by itself with its next request.
func (d *door) admitted(r *http.Request) {
	if conn, known := r.Context().Value(connKey{}).(net.Conn); known {
		d.left(conn)
	}
}

// heard notes a sign of life.
func (d *door) heard(conn net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := silentSocket{conn: conn, since: time.Now()}
	if place, known := d.sockets[conn]; known {
		place.Value = now
		d.silent.MoveToBack(place)
		return
	}
	d.sockets[conn] = d.silent.PushBack(now)
}

func (d *door) left(conn net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	place, known := d.sockets[conn]
	if !known {
		return
	}
	d.silent.Remove(place)
	delete(d.sockets, conn)
	select {
	case d.freed <- struct{}{}:
	default:
	}
}

// makeRoom returns when there is a place. Only the accepting goroutine calls it, so nobody else takes it meanwhile except
// sockets that come back from being streams, which are few.
func (d *door) makeRoom() {
	for {
		longest, wait, isFull := d.longestSilent()
		switch {
		case !isFull:
			return
		case wait <= 0:
			d.left(longest)
			_ = longest.Close()
			d.cut(parseAddress(longest.RemoteAddr().String()))
		default:
			d.waitForPlace(wait)
		}
	}
}

// longestSilent is who leaves first when there is no place, and how long it may still stay.
func (d *door) longestSilent() (conn net.Conn, wait time.Duration, isFull bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.sockets) < d.places {
		return nil, 0, false
	}
	longest := d.silent.Front().Value.(silentSocket)
	return longest.conn, time.Until(longest.since.Add(doorPatience)), true
}

func (d *door) waitForPlace(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-d.freed:
	case <-timer.C:
	}
}
