package stream

import (
	"math"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// A snapshot frame holds at most so many values, some 64 KB of JSON, so that no frame is large for a client that bounds
// its messages, and a viewer that stalls in its past holds little.
const maxSnapshotValues = 8 << 10

// past is what a session still has to get of a host's past.
type past struct {
	ticks []*hub.Tick // oldest first
	span  uint64      // pieces end at the multiples of this position, so that viewers who came at different times share them
}

func (v *view) newPast(ticks []*hub.Tick, stride uint64) past {
	return past{ticks: ticks, span: uint64(v.rowsPerPiece()) * stride}
}

func (v *view) rowsPerPiece() int {
	columns := len(v.columns)
	if v.group.envelope {
		columns *= 3
	}
	return max(1, maxSnapshotValues/(columns+1))
}

// next cuts the oldest piece off.
func (p *past) next(most int) []*hub.Tick {
	length := 1
	for length < min(len(p.ticks), most) && p.ticks[length].Seq/p.span == p.ticks[0].Seq/p.span {
		length++
	}
	piece := p.ticks[:length]
	p.ticks = p.ticks[length:]
	return piece
}

// snapshot is a piece of the past as it travels, encoded once for all who want the same piece.
func (v *view) snapshot(piece []*hub.Tick, from uint64) []byte {
	key := pieceKey{view: v, first: piece[0], last: piece[len(piece)-1], from: from}
	return v.group.pieces.get(key, func() []byte { return v.group.appendFrame(nil, v.snapshotFrame(piece, from)) })
}

// snapshotFrame turns past ticks into columns of the view. The ticks may be older than the view's catalogue.
func (v *view) snapshotFrame(piece []*hub.Tick, from uint64) wire.Snapshot {
	frame := wire.Snapshot{
		Host: v.catalog.Host, Seq: piece[0].Seq, From: from,
		Timestamps: make([]metric.TimestampMs, 0, len(piece)),
		Columns:    v.table(piece, func(tick *hub.Tick) []float64 { return tick.Values }),
	}
	for row, tick := range piece {
		frame.Timestamps = append(frame.Timestamps, tick.Timestamp)
		if tick.Seq != frame.Seq+uint64(row) && frame.Seqs == nil {
			frame.Seqs = positions(piece)
		}
	}
	if v.group.envelope && piece[0].Min != nil {
		frame.Min = v.table(piece, func(tick *hub.Tick) []float64 { return tick.Min })
		frame.Max = v.table(piece, func(tick *hub.Tick) []float64 { return tick.Max })
	}
	return frame
}

func positions(piece []*hub.Tick) []uint64 {
	seqs := make([]uint64, 0, len(piece))
	for _, tick := range piece {
		seqs = append(seqs, tick.Seq)
	}
	return seqs
}

// table is the rows of a piece as columns; what a row does not have is NaN.
func (v *view) table(piece []*hub.Tick, row func(*hub.Tick) []float64) []wire.Column {
	cells := make([]float64, len(v.columns)*len(piece))
	for i := range cells {
		cells[i] = math.NaN()
	}
	columns := make([]wire.Column, len(v.columns))
	for place := range columns {
		columns[place] = cells[place*len(piece) : (place+1)*len(piece)]
	}
	places, catalog := v.places, v.catalog
	for number, tick := range piece {
		if tick.Catalog != catalog {
			places, catalog = v.placesIn(tick.Catalog), tick.Catalog
		}
		for i, number64 := range row(tick) {
			column := int32(i)
			if tick.Columns != nil {
				column = tick.Columns[i]
			}
			if place := places[column]; place != hidden {
				columns[place][number] = number64
			}
		}
	}
	return columns
}

// placesIn finds the columns of another catalogue in the view, by their names.
func (v *view) placesIn(other *hub.Catalog) []int32 {
	if other == v.catalog {
		return v.places
	}
	known := make(map[string]int32, len(v.columns))
	for place, column := range v.columns {
		known[v.catalog.Series[column].Metric] = int32(place)
	}
	places := make([]int32, len(other.Series))
	for column, series := range other.Series {
		place, seen := known[series.Metric]
		if !seen {
			place = hidden
		}
		places[column] = place
	}
	return places
}
