package stream

import (
	"iter"
	"math"
	"slices"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// A snapshot frame holds at most so many values, some 64 KB of JSON, so that no frame is large for a client that bounds
// its messages, a viewer that stalls in its past holds little, and the write deadline is for a piece, not for all of it.
const maxSnapshotValues = 8 << 10

// catalogFrame lists the series that the view's group sees.
func (v *view) catalogFrame() wire.Catalog {
	series := make([]metric.Series, 0, len(v.columns))
	for _, column := range v.columns {
		series = append(series, v.catalog.Series[column])
	}
	return wire.Catalog{Host: v.catalog.Host, Series: series}
}

// snapshots turns past ticks into frames under the columns of the view, one after the other: all at once may be as large
// as the ring. The ticks may be older than the view's catalogue.
func (v *view) snapshots(past []*hub.Tick) iter.Seq[wire.Snapshot] {
	rows := max(1, maxSnapshotValues/(len(v.columns)+1))
	return func(yield func(wire.Snapshot) bool) {
		for piece := range slices.Chunk(past, rows) {
			if !yield(v.snapshot(piece)) {
				return
			}
		}
	}
}

func (v *view) snapshot(past []*hub.Tick) wire.Snapshot {
	frame := wire.Snapshot{
		Host:       v.catalog.Host,
		Seq:        past[0].Seq,
		Timestamps: make([]metric.TimestampMs, 0, len(past)),
		Columns:    make([]wire.Column, 0, len(v.columns)),
	}
	for _, tick := range past {
		frame.Timestamps = append(frame.Timestamps, tick.Timestamp)
	}
	for _, column := range v.columns {
		values := make(wire.Column, 0, len(past))
		for _, tick := range past {
			values = append(values, valueAt(tick, column))
		}
		frame.Columns = append(frame.Columns, values)
	}
	return frame
}

func valueAt(tick *hub.Tick, column int) float64 {
	if column >= len(tick.Values) {
		return math.NaN()
	}
	return tick.Values[column]
}
