package hub

import "vitals/internal/metric"

// Catalog lists the series of a host in column order. It never changes; when a series appears the host gets a longer one
// that begins with the same series.
type Catalog struct {
	Host   string
	Series []metric.Series
}

// Tick is one update as the hub keeps it: a row under the columns of its catalogue. It never changes.
type Tick struct {
	Seq       uint64 // its position; of the newest update in it, if it is folded
	From      uint64 // the first position in it: Seq, unless the tick is folded
	Serial    uint64 // hub-wide number; grows from tick to tick over all hosts. What to resume by with Wish.Serial
	Timestamp metric.TimestampMs
	Catalog   *Catalog  // the columns
	Columns   []int32   // the columns that Values stand for, ascending; nil: all of the catalogue
	Values    []float64 // NaN where the series has none this tick; the mean if the tick is folded
	Min, Max  []float64 // of each value over the interval; nil unless the tick is folded

	endBytes uint64 // bytes of all ticks of the topic up to and with this one
}

// What a tick takes beside its values: its struct and its place in the ring.
const tickOverheadBytes = 64

func (t *Tick) sizeBytes() uint64 { return uint64(len(t.Values))*8 + tickOverheadBytes }
