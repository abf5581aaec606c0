package client

import (
	"slices"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// ledger knows the last row of each host that was handed out, over all connections. It lets every row pass once, and
// notices when rows are missing of which the server said nothing.
type ledger struct {
	epoch string // of the connection
	hosts map[string]*mark
}

// mark is the last row of a host.
type mark struct {
	last      metric.Position    // Seq is 0 when it is not known where the next row will stand
	timestamp metric.TimestampMs // of the newest row
	restarted bool               // the epoch is another one than that of the row with this timestamp
}

func newLedger() *ledger { return &ledger{hosts: make(map[string]*mark)} }

// since is the position to resume a host from; false if there is none.
func (l *ledger) since(host string) (metric.Position, bool) {
	m := l.hosts[host]
	if m == nil || m.last.Seq == 0 {
		return metric.Position{}, false
	}
	return m.last, true
}

// newest is the timestamp of the newest row of a host; false if none was seen.
func (l *ledger) newest(host string) (metric.TimestampMs, bool) {
	m := l.hosts[host]
	if m == nil || m.timestamp == 0 {
		return 0, false
	}
	return m.timestamp, true
}

// take notes a frame and gives what to hand out for it: the frame, or less of it, perhaps with a gap before it.
func (l *ledger) take(frame wire.Frame) []wire.Frame {
	switch frame := frame.(type) {
	case wire.Update:
		return l.takeUpdate(frame)
	case wire.Snapshot:
		return l.takeSnapshot(frame)
	case wire.Gap:
		l.noteGap(frame)
	}
	return []wire.Frame{frame}
}

func (l *ledger) takeUpdate(frame wire.Update) []wire.Frame {
	m := l.mark(frame.Host)
	if m.knows(l.epoch, frame.Seq) {
		return nil
	}
	out := l.gapBefore(m, frame.Host, firstOf(frame.From, frame.Seq))
	m.note(metric.Position{Epoch: l.epoch, Seq: frame.Seq}, frame.Timestamp)
	m.restarted = false
	return append(out, frame)
}

func (l *ledger) takeSnapshot(frame wire.Snapshot) []wire.Frame {
	m := l.mark(frame.Host)
	skip := 0
	for skip < len(frame.Timestamps) && m.has(l.epoch, seqOf(frame, skip), frame.Timestamps[skip]) {
		skip++
	}
	rest := dropRows(frame, skip)
	if len(rest.Timestamps) == 0 {
		return nil
	}
	out := l.gapBefore(m, rest.Host, firstOf(rest.From, rest.Seq))
	last := len(rest.Timestamps) - 1
	m.note(metric.Position{Epoch: l.epoch, Seq: seqOf(rest, last)}, rest.Timestamps[last])
	return append(out, rest)
}

func (l *ledger) noteGap(frame wire.Gap) {
	m := l.mark(frame.Host)
	m.restarted = m.restarted || m.last.Epoch != l.epoch && m.timestamp != 0
	m.last = metric.Position{Epoch: l.epoch, Seq: frame.To}
}

func (l *ledger) mark(host string) *mark {
	m := l.hosts[host]
	if m == nil {
		m = &mark{last: metric.Position{Epoch: l.epoch}}
		l.hosts[host] = m
	}
	return m
}

// gapBefore makes the gap that should stand before a row that covers positions from first on.
func (l *ledger) gapBefore(m *mark, host string, first uint64) []wire.Frame {
	switch {
	case m.last.Epoch != l.epoch:
		m.restarted = true
		return []wire.Frame{wire.Gap{Type: wire.TypeGap, Host: host}}
	case m.last.Seq != 0 && first > m.last.Seq+1:
		gap := wire.Gap{Type: wire.TypeGap, Host: host, From: m.last.Seq + 1, To: first - 1}
		gap.Dropped = gap.To - gap.From + 1
		return []wire.Frame{gap}
	}
	return nil
}

func (m *mark) note(position metric.Position, timestamp metric.TimestampMs) {
	m.last = position
	m.timestamp = timestamp
}

// knows reports whether a row was handed out already.
func (m *mark) knows(epoch string, seq uint64) bool {
	return m.last.Epoch == epoch && seq <= m.last.Seq
}

// has also knows rows of a restarted server that tells of a time before the restart, as a simulation does.
func (m *mark) has(epoch string, seq uint64, timestamp metric.TimestampMs) bool {
	isOld := m.restarted || m.last.Epoch != epoch && m.timestamp != 0
	return m.knows(epoch, seq) || isOld && timestamp <= m.timestamp
}

func firstOf(from, seq uint64) uint64 {
	if from != 0 {
		return from
	}
	return seq
}

func seqOf(frame wire.Snapshot, row int) uint64 {
	if row < len(frame.Seqs) {
		return frame.Seqs[row]
	}
	return frame.Seq + uint64(row)
}

// dropRows is the snapshot without its first rows; it shares their memory.
func dropRows(frame wire.Snapshot, rows int) wire.Snapshot {
	if rows == 0 || rows >= len(frame.Timestamps) {
		frame.Timestamps = frame.Timestamps[rows:]
		return frame
	}
	frame.From = seqOf(frame, rows-1) + 1
	frame.Seq = seqOf(frame, rows)
	if frame.From == frame.Seq {
		frame.From = 0
	}
	if len(frame.Seqs) > 0 {
		frame.Seqs = frame.Seqs[rows:]
	}
	frame.Timestamps = frame.Timestamps[rows:]
	frame.Columns, frame.Min, frame.Max = tails(frame.Columns, rows), tails(frame.Min, rows), tails(frame.Max, rows)
	return frame
}

func tails(columns []wire.Column, rows int) []wire.Column {
	columns = slices.Clone(columns)
	for i, column := range columns {
		columns[i] = column[rows:]
	}
	return columns
}
