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
		return l.noteRows(frame.Seq, uint64(len(frame.Timestamps)), len(frame.Columns))
	case wire.Update:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteRows(frame.Seq, 1, len(frame.Values))
	case wire.Gap:
		if frame.Host != l.Host {
			return nil
		}
		return l.noteGap(frame)
	}
	return nil
}

func (l *Ledger) noteCatalog(frame wire.Catalog) error {
	for i, known := range l.Columns {
		if i >= len(frame.Series) || frame.Series[i].Metric != known.Metric {
			return fmt.Errorf("after position %d column %d is no longer %s", l.Last, i, known.Metric)
		}
	}
	l.Columns = frame.Series
	return nil
}

func (l *Ledger) noteRows(seq, rows uint64, columns int) error {
	if columns != len(l.Columns) {
		return fmt.Errorf("position %d has %d columns, the catalogue %d", seq, columns, len(l.Columns))
	}
	if l.Last > 0 && seq != l.Last+1 {
		return fmt.Errorf("position %d follows %d", seq, l.Last)
	}
	l.Last = seq + rows - 1
	l.Rows += rows
	return nil
}

func (l *Ledger) noteGap(frame wire.Gap) error {
	if frame.Recovered {
		return fmt.Errorf("gap %+v says recovered", frame)
	}
	if frame.From == 0 {
		l.Restarts++
		l.Last = 0
		return nil
	}
	if frame.From != l.Last+1 || frame.Dropped != frame.To-frame.From+1 {
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
