package hub

import (
	"time"

	"vitals/internal/metric"
)

// Catalog lists the series of a host in column order. It never changes. When series appear the host gets a longer one that
// begins with the same series; when series leave it gets one without them, and the columns behind them move up.
type Catalog struct {
	Host   string
	Series []metric.Series

	generation int   // another one each time that columns moved
	decimals   []int // of each series: the digits that mean something in a mean
}

// Tick is one update as the hub keeps it: a row under the columns of its catalogue. It never changes.
type Tick struct {
	Seq       uint64 // its position; of the newest update in it, if it is folded
	From      uint64 // the first position in it: Seq, unless the tick is folded
	Serial    uint64 // a number that grows over all hosts in the order of delivery; Wish.Serial resumes behind it
	Timestamp metric.TimestampMs
	Catalog   *Catalog
	Columns   []int32   // the columns that Values stand for, ascending; nil: all of the catalogue
	Values    []float64 // NaN where the series has none this tick; the mean if the tick is folded
	Min, Max  []float64 // of each series over the interval; nil unless the tick is folded

	row      uint64        // its place in the topic: 1, 2, 3, ...
	arrived  time.Duration // by the hub's clock, since the hub began
	age      time.Duration // grows with the time that passes between ticks; how old a tick is says the difference to the newest
	endBytes uint64        // bytes of all ticks of the topic up to and with this one
}

// What a tick takes beside its values: its struct and its place in the ring.
const tickOverheadBytes = 176 + 8

func (t *Tick) sizeBytes() uint64 {
	return uint64(len(t.Values)+len(t.Min)+len(t.Max))*8 + uint64(len(t.Columns))*4 + tickOverheadBytes
}

// Column is the place of a column of the catalogue in Values; false if the tick has no value for it at all.
func (t *Tick) Column(column int) (int, bool) {
	if t.Columns == nil {
		return column, column < len(t.Values)
	}
	low, high := 0, len(t.Columns)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if int(t.Columns[middle]) < column {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < len(t.Columns) && int(t.Columns[low]) == column
}
