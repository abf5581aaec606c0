package streamtest

import (
	"fmt"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// OpenSession opens a session and takes its hello.
func OpenSession(address, path string) (*Client, wire.Hello, error) {
	client, err := Dial(address, path, "Sec-WebSocket-Protocol: "+wire.SubprotocolJSON)
	if err != nil {
		return nil, wire.Hello{}, err
	}
	frame, err := client.Next()
	if err != nil {
		client.CloseNow()
		return nil, wire.Hello{}, err
	}
	hello, isHello := frame.(wire.Hello)
	if !isHello {
		client.CloseNow()
		return nil, wire.Hello{}, fmt.Errorf("the first frame is a %T", frame)
	}
	return client, hello, nil
}

// Send sends a frame of the protocol.
func (c *Client) Send(frame wire.Frame) error {
	return c.WriteText(string(wire.JSON{}.Append(nil, frame)))
}

// Next reads the next frame of the protocol; an unknown one is an error.
func (c *Client) Next() (wire.Frame, error) {
	message, err := c.ReadText()
	if err != nil {
		return nil, err
	}
	frame, err := wire.JSON{}.DecodeServer(message)
	if err == nil && frame == nil {
		err = fmt.Errorf("unknown frame %.80s", message)
	}
	return frame, err
}

// Ledger notes what a session saw of one host, over any number of connections, and finds holes, duplicates and rows that
// do not fit their catalogue.
type Ledger struct {
	Host     string
	Columns  []metric.Series // of the newest catalogue
	Last     uint64          // the newest position
	Rows     uint64          // rows received
	Folded   uint64          // positions that rows covered beside their own
	Dropped  uint64          // rows that gap frames told of
	Restarts int             // gaps without positions: nobody knows what was missed
}

// Note takes the next frame of the session. Frames of other hosts, and those without a position, are ignored.
func (l *Ledger) Note(frame wire.Frame) error {
	switch frame := frame.(type) {
	case wire.Catalog:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteCatalog(frame)
	case wire.Snapshot:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteSnapshot(frame)
	case wire.Update:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteUpdate(frame)
	case wire.Gap:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteGap(frame)
	}
	return nil
}

// noteCatalog takes a catalogue, which replaces the one before as a whole.
func (l *Ledger) noteCatalog(frame wire.Catalog) error {
	seen := make(map[string]bool, len(frame.Series))
	for _, series := range frame.Series {
		if seen[series.Metric] {
			return fmt.Errorf("after position %d the catalogue has %s twice", l.Last, series.Metric)
		}
		seen[series.Metric] = true
	}
	l.Columns = frame.Series
	return nil
}

func (l *Ledger) noteSnapshot(frame wire.Snapshot) error {
	if len(frame.Columns) != len(l.Columns) {
		return fmt.Errorf("the past from %d has %d columns, the catalogue %d", frame.Seq, len(frame.Columns), len(l.Columns))
	}
	last := frame.Seq + uint64(len(frame.Timestamps)) - 1
	if frame.Seqs != nil {
		last = frame.Seqs[len(frame.Seqs)-1]
	}
	return l.noteRows(frame.From, frame.Seq, last, uint64(len(frame.Timestamps)))
}

func (l *Ledger) noteUpdate(frame wire.Update) error {
	isSparse := frame.Columns != nil
	if !isSparse && len(frame.Values) != len(l.Columns) {
		return fmt.Errorf("position %d has %d columns, the catalogue %d", frame.Seq, len(frame.Values), len(l.Columns))
	}
	for _, column := range frame.Columns {
		if int(column) >= len(l.Columns) {
			return fmt.Errorf("position %d has a value in column %d of %d", frame.Seq, column, len(l.Columns))
		}
	}
	return l.noteRows(frame.From, frame.Seq, frame.Seq, 1)
}

// noteRows takes so many rows. The first one covers all from a position on, or only its own if that is 0.
func (l *Ledger) noteRows(from, first, last, rows uint64) error {
	if from == 0 {
		from = first
	}
	if l.Last > 0 && from != l.Last+1 || from > first {
		return fmt.Errorf("position %d, which covers all from %d on, follows %d", first, from, l.Last)
	}
	if l.Last > 0 || from == 1 {
		l.Folded += last - from + 1 - rows
	}
	l.Last = last
	l.Rows += rows
	return nil
}

// noteGap takes a gap. Rows of which the session would have seen nothing may lie in it; they are not counted as missing.
func (l *Ledger) noteGap(frame wire.Gap) error {
	if frame.Recovered {
		return fmt.Errorf("gap %+v says recovered", frame)
	}
	if frame.From == 0 {
		l.Restarts++
		l.Last = 0
		return nil
	}
	if frame.From != l.Last+1 || frame.Dropped == 0 || frame.Dropped > frame.To-frame.From+1 {
		return fmt.Errorf("after position %d came the gap %+v", l.Last, frame)
	}
	l.Last = frame.To
	l.Dropped += frame.Dropped
	return nil
}

// Follow notes frames until the condition holds.
func (l *Ledger) Follow(client *Client, until func() bool) error {
	for !until() {
		frame, err := client.Next()
		if err != nil {
			return err
		}
		if err := l.Note(frame); err != nil {
			return err
		}
	}
	return nil
}
