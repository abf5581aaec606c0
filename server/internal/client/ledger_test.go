package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

const host = "web-1"

func update(seq uint64) wire.Update {
	return wire.Update{Host: host, Seq: seq, Timestamp: metric.TimestampMs(1000 * seq), Values: wire.Column{float64(seq)}}
}

// snapshot has rows first to last.
func snapshot(first, last uint64) wire.Snapshot {
	frame := wire.Snapshot{Host: host, Seq: first, Columns: []wire.Column{{}}}
	for seq := first; seq <= last; seq++ {
		frame.Timestamps = append(frame.Timestamps, metric.TimestampMs(1000*seq))
		frame.Columns[0] = append(frame.Columns[0], float64(seq))
	}
	return frame
}

func gap(from, to uint64) wire.Gap {
	frame := wire.Gap{Type: wire.TypeGap, Host: host, From: from, To: to}
	if to > 0 {
		frame.Dropped = to - from + 1
	}
	return frame
}

// epoch begins a connection to a server of that epoch.
type epoch string

func TestLedger(t *testing.T) {
	covering := func(from, seq uint64) wire.Update {
		frame := update(seq)
		frame.From = from
		return frame
	}
	moved := func(frame wire.Snapshot, seq uint64) wire.Snapshot { // the same times at other positions
		frame.Seq = seq
		return frame
	}
	for name, test := range map[string]struct {
		in  []any
		out []wire.Frame
	}{
		"rows in order":                {[]any{snapshot(5, 7), update(8), update(9)}, []wire.Frame{snapshot(5, 7), update(8), update(9)}},
		"a duplicate":                  {[]any{update(8), update(8), update(7), update(9)}, []wire.Frame{update(8), update(9)}},
		"a hole that nobody told of":   {[]any{update(8), update(11)}, []wire.Frame{update(8), gap(9, 10), update(11)}},
		"a hole that was told of":      {[]any{update(8), gap(9, 10), update(11)}, []wire.Frame{update(8), gap(9, 10), update(11)}},
		"a hole that was half told of": {[]any{update(8), gap(9, 9), update(11)}, []wire.Frame{update(8), gap(9, 9), gap(10, 10), update(11)}},
		"a row that covers more":       {[]any{update(8), covering(9, 12), update(13)}, []wire.Frame{update(8), covering(9, 12), update(13)}},
		"a row that covers too little": {[]any{update(8), covering(10, 12)}, []wire.Frame{update(8), gap(9, 9), covering(10, 12)}},
		"the past overlaps":            {[]any{update(8), snapshot(6, 10), update(11)}, []wire.Frame{update(8), snapshot(9, 10), update(11)}},
		"the past is known":            {[]any{update(8), snapshot(6, 8), update(9)}, []wire.Frame{update(8), update(9)}},
		"a restart that was told of":   {[]any{update(8), epoch("b"), gap(0, 0), update(1)}, []wire.Frame{update(8), gap(0, 0), update(1)}},
		"a restart that was not":       {[]any{update(8), epoch("b"), update(1)}, []wire.Frame{update(8), gap(0, 0), update(1)}},
		"a restarted simulation": {
			[]any{update(8), epoch("b"), gap(0, 0), moved(snapshot(5, 7), 1), moved(snapshot(8, 10), 4), update(7)},
			[]wire.Frame{update(8), gap(0, 0), moved(snapshot(9, 10), 5), update(7)},
		},
		"a clock that was set back": {
			[]any{update(8), epoch("b"), gap(0, 0), update(3), update(4), moved(snapshot(1, 2), 5)},
			[]wire.Frame{update(8), gap(0, 0), update(3), update(4), moved(snapshot(1, 2), 5)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ledger := newLedger()
			ledger.epoch = "a"
			var out []wire.Frame
			for _, in := range test.in {
				switch in := in.(type) {
				case epoch:
					ledger.epoch = string(in)
				case wire.Frame:
					out = append(out, ledger.take(in)...)
				}
			}
			if difference := cmp.Diff(test.out, out); difference != "" {
				t.Errorf("handed out (+) instead of (-):\n%s", difference)
			}
		})
	}
}

func TestASparsePastIsCutBetweenItsRows(t *testing.T) {
	ledger := newLedger()
	ledger.epoch = "a"
	ledger.take(update(8))
	frame := snapshot(6, 8)
	frame.Seqs = []uint64{6, 8, 12}
	frame.Min, frame.Max = []wire.Column{{1, 2, 3}}, []wire.Column{{4, 5, 6}}
	want := wire.Snapshot{
		Host: host, Seq: 12, From: 9, Seqs: []uint64{12}, Timestamps: []metric.TimestampMs{8000},
		Columns: []wire.Column{{8}}, Min: []wire.Column{{3}}, Max: []wire.Column{{6}},
	}
	if difference := cmp.Diff([]wire.Frame{want}, ledger.take(frame)); difference != "" {
		t.Error(difference)
	}
	if position, known := ledger.since(host); !known || position.Seq != 12 {
		t.Errorf("the position is %+v", position)
	}
	if len(frame.Columns[0]) != 3 {
		t.Error("the frame that was given has changed")
	}
}
