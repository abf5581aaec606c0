package bench

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// poll reads what is there, once, after waiting for so long at most.
func (l *Load) poll(patience time.Duration) error {
	l.readSlowly()
	var events [512]unix.EpollEvent
	count, err := unix.EpollWait(l.poller, events[:], int(patience.Milliseconds()))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("wait for messages: %w", err)
	}
	for _, event := range events[:max(count, 0)] {
		found := l.viewers[event.Fd]
		if found == nil {
			continue
		}
		if found.pace == paceFast {
			l.read(found, l.buffer[:])
		} else {
			l.lose(found) // nothing else is waited for
		}
	}
	return nil
}

// readSlowly lets each slow viewer read its share of a tenth of a second.
func (l *Load) readSlowly() {
	const steps = 10
	if len(l.slow) == 0 || time.Now().Before(l.slowAt) {
		return
	}
	l.slowAt = time.Now().Add(time.Second / steps)
	kept := l.slow[:0]
	for _, viewer := range l.slow {
		if l.read(viewer, l.buffer[:SlowBytes/steps]) {
			kept = append(kept, viewer)
		}
	}
	l.slow = kept
}

// read takes what is there; false if the viewer is gone.
func (l *Load) read(from *viewer, buffer []byte) bool {
	length, err := unix.Read(from.socket, buffer)
	now := time.Now()
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
		return true
	}
	if err != nil || length == 0 {
		l.lose(from)
		return false
	}
	l.take(from, buffer[:length], now)
	if len(from.rest) > maxMessageBytes {
		l.lose(from)
		return false
	}
	return true
}

func (l *Load) lose(gone *viewer) {
	_ = unix.Close(gone.socket) // the peer has gone already
	delete(l.viewers, int32(gone.socket))
	if l.counting {
		l.ledger(gone).Closed++
	}
}

func (l *Load) ledger(of *viewer) *Ledger {
	if of.pace == paceFast {
		return &l.fast
	}
	return &l.tardy
}

// take cuts what came into messages and keeps the rest.
func (l *Load) take(from *viewer, data []byte, now time.Time) {
	if l.counting {
		l.ledger(from).Bytes += len(data)
	}
	if len(from.rest) > 0 {
		data = append(from.rest, data...)
	}
	cut := l.cutMessage
	if l.options.Form == Events {
		cut = l.cutEvent
	}
	for {
		rest, complete := cut(from, data, now)
		if !complete {
			break
		}
		data = rest
	}
	from.rest = nil
	if len(data) > 0 {
		from.rest = append(make([]byte, 0, len(data)), data...)
	}
}

func (l *Load) cutMessage(from *viewer, data []byte, now time.Time) (rest []byte, complete bool) {
	opcode, message, rest, complete := cutMessage(data)
	if !complete {
		return data, false
	}
	switch opcode {
	case opcodeText:
		l.count(from, readText(message), now)
	case opcodeBinary:
		l.count(from, readBinary(message), now)
	case opcodePing:
		pong := append([]byte{0x80 | opcodePong, 0x80 | byte(len(message)), 0, 0, 0, 0}, message...)
		_, _ = unix.Write(from.socket, pong) // one that does not fit is a pong too few, as of a peer in trouble
	}
	return rest, true
}

func (l *Load) cutEvent(from *viewer, data []byte, now time.Time) (rest []byte, complete bool) {
	name, content, rest, complete := cutEvent(data)
	switch {
	case !complete:
		return data, false
	case len(name) == 0 && len(content) > 0:
		l.count(from, readText(content), now)
	case string(name) == "gap":
		l.count(from, row{isGap: true, dropped: textNumber(content, `"dropped":`)}, now)
	}
	return rest, true
}

// count enters a row or a gap into the ledger. Positions are followed always, else the first gap would not be noticed.
func (l *Load) count(viewer *viewer, seen row, now time.Time) {
	ledger := &Ledger{}
	if l.counting {
		ledger = l.ledger(viewer)
	}
	switch {
	case seen.isGap:
		viewer.announced(ledger, seen.last, seen.dropped)
	case seen.isRow && seen.seconds != viewer.seconds: // the other triples of a tick are no delivery of their own
		viewer.seconds = seen.seconds
		viewer.arrived(ledger, seen.first, seen.last)
		if l.counting && viewer.pace == paceFast {
			const thousand = 1e3
			l.delaysMs = append(l.delaysMs, float64(now.UnixMicro())/thousand-seen.seconds*thousand)
		}
	case seen.isRow && seen.last > 0:
		viewer.arrived(ledger, seen.first, seen.last)
	}
}
