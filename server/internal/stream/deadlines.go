package stream

import (
	"net"
	"sync"
	"time"
)

// deadlines guards the deadlines of a network connection. A message has messageTimeout from its first byte to its last,
// whatever the peer sends in between. Once the goodbye has begun, nothing moves the deadlines any more.
type deadlines struct {
	network net.Conn

	mu        sync.Mutex
	running   bool // the clock of a message
	inMessage bool // its first frame's head is complete
	leaving   bool
}

// sendBegins gives a message so much time to be taken.
func (d *deadlines) sendBegins(within time.Duration) error {
	return d.setWrite(time.Now().Add(within))
}

// sendEnded lifts the bound: pings and pongs that are written later have timers of their own.
func (d *deadlines) sendEnded() error { return d.setWrite(time.Time{}) }

func (d *deadlines) setWrite(deadline time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leaving {
		return nil
	}
	return d.network.SetWriteDeadline(deadline)
}

// bytesCame starts the clock of a message unless it runs.
func (d *deadlines) bytesCame() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running || d.leaving {
		return nil
	}
	d.running = true
	return d.network.SetReadDeadline(time.Now().Add(messageTimeout))
}

// messageBegan notes that what comes is a message and not a control frame.
func (d *deadlines) messageBegan() error {
	d.mu.Lock()
	d.inMessage = true
	d.mu.Unlock()
	return d.bytesCame()
}

// controlEnded stops the clock if it ran for a control frame alone.
func (d *deadlines) controlEnded() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.inMessage {
		d.stop()
	}
}

func (d *deadlines) messageEnded() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inMessage = false
	d.stop()
}

// stop stops the clock; the caller holds mu.
func (d *deadlines) stop() {
	d.running = false
	if !d.leaving {
		_ = d.network.SetReadDeadline(time.Time{}) // it fails only on a connection that is closed
	}
}

// leave gives what is being sent, and the goodbye after it, so much time in all. Only the first call counts.
func (d *deadlines) leave(within time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.leaving {
		d.leaving = true
		_ = d.network.SetDeadline(time.Now().Add(within)) // it fails only on a connection that is closed
	}
}

// watchedConn starts the clock of a message with its first byte, before the library knows that there is one: a peer that
// stops in the middle of a frame's head has begun a message too.
type watchedConn struct {
	net.Conn
	deadlines *deadlines
}

// Read implements [net.Conn].
func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && err == nil {
		err = c.deadlines.bytesCame()
	}
	return n, err
}
