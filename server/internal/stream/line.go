package stream

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// line is where a viewer's bytes go. Its writes are called by one goroutine at a time, the rest by any.
type line interface {
	// TryWrite writes what fits without waiting. Fewer bytes without an error mean that the line is full.
	TryWrite(p []byte) (int, error)
	// Write writes all, however long that takes.
	Write(p []byte) (int, error)
	// Vanished reports whether the peer's machine owes an answer and has been mute for vanishedTimeout. Where the kernel does
	// not tell, it is false.
	Vanished() bool
	// Taken is a number that changes whenever the peer has taken more, also within one Write.
	Taken() int64
	// Hurry bounds everything that goes on, and the goodbye after it.
	Hurry(within time.Duration)
	// Cut ends the line at once, and all that waits for it.
	Cut()
}

// lineOf chooses the line for a network connection.
func lineOf(network net.Conn) line {
	if tcp, isTCP := network.(*net.TCPConn); isTCP {
		if raw, err := tcp.SyscallConn(); err == nil {
			return newTCPLine(tcp, raw)
		}
	}
	return &patientLine{network: network}
}

// tcpLine writes to the socket itself: one system call, no deadline, no timer.
type tcpLine struct {
	*net.TCPConn
	raw syscall.RawConn

	// What attempt, which is made once, is to write and what came of it.
	attempt func(descriptor uintptr) bool
	chunk   []byte
	written int
	err     error
}

func newTCPLine(network *net.TCPConn, raw syscall.RawConn) *tcpLine {
	line := &tcpLine{TCPConn: network, raw: raw}
	line.attempt = func(descriptor uintptr) bool {
		line.written, line.err = unix.Write(int(descriptor), line.chunk)
		return true
	}
	return line
}

// TryWrite implements [line].
func (l *tcpLine) TryWrite(p []byte) (int, error) {
	l.chunk = p
	err := l.raw.Write(l.attempt)
	l.chunk = nil
	switch {
	case err != nil:
		return 0, err
	case errors.Is(l.err, unix.EAGAIN) || errors.Is(l.err, unix.EINTR):
		return 0, nil
	case l.err != nil:
		return 0, l.err
	}
	return l.written, nil
}

// Taken implements [line]: what the kernel still holds shrinks with every byte that the peer's machine takes, long before
// there is so much room that a waiting write goes on.
func (l *tcpLine) Taken() int64 {
	var held int
	_ = l.raw.Control(func(descriptor uintptr) { held, _ = unix.IoctlGetInt(int(descriptor), unix.SIOCOUTQ) })
	return int64(held)
}

// Vanished implements [line]: something was sent and not acknowledged, or the kernel asks whether there is room again, and
// nothing has come back. A machine whose program does not read answers such questions, so slow viewers are not meant.
func (l *tcpLine) Vanished() bool {
	var info *unix.TCPInfo
	err := l.raw.Control(func(descriptor uintptr) {
		info, _ = unix.GetsockoptTCPInfo(int(descriptor), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if err != nil || info == nil {
		return false
	}
	mute := time.Duration(info.Last_ack_recv) * time.Millisecond
	return (info.Unacked > 0 || info.Probes > 0) && mute >= vanishedTimeout
}

// Hurry implements [line].
func (l *tcpLine) Hurry(within time.Duration) { hurry(l.TCPConn, within) }

// Cut implements [line].
func (l *tcpLine) Cut() { _ = l.Close() } // it fails only if it is closed already

// patientLine is any other connection, such as a pipe: all it can do is wait.
type patientLine struct {
	network net.Conn
	written atomic.Int64
}

// TryWrite implements [line].
func (l *patientLine) TryWrite([]byte) (int, error) { return 0, nil }

// Write implements [line], in pieces so that progress is seen.
func (l *patientLine) Write(p []byte) (int, error) {
	const piece = 1 << 10
	done := 0
	for done < len(p) {
		n, err := l.network.Write(p[done:min(done+piece, len(p))])
		done += n
		l.written.Add(int64(n))
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// Taken implements [line].
func (l *patientLine) Taken() int64 { return l.written.Load() }

// Vanished implements [line].
func (l *patientLine) Vanished() bool { return false }

// Hurry implements [line].
func (l *patientLine) Hurry(within time.Duration) { hurry(l.network, within) }

// Cut implements [line].
func (l *patientLine) Cut() { _ = l.network.Close() } // it fails only if it is closed already

// hurry ends what is being read and bounds what is being written.
func hurry(network net.Conn, within time.Duration) {
	now := time.Now()
	_ = network.SetWriteDeadline(now.Add(within)) // they fail only on a connection that is closed
	_ = network.SetReadDeadline(now)
}

// tune asks the kernel not to hide a slow peer for long. These are wishes; the stream works without. TCP_USER_TIMEOUT is not
// among them: it also ends the connection of a peer that reads slowly but surely, since for the kernel it is never quite open.
func tune(tcp *net.TCPConn) {
	_ = tcp.SetWriteBuffer(socketWriteBytes)
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(descriptor uintptr) {
		_ = unix.SetsockoptInt(int(descriptor), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, socketUnsentBytes)
	})
}
