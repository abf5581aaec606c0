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
	Seq       uint64
	Timestamp metric.TimestampMs
	Catalog   *Catalog  // the columns of Values
	Values    []float64 // one for each series of the catalogue; NaN where the series has none this tick

	endBytes uint64 // bytes of all ticks of the host up to and with this one
}

// What a tick takes beside its values: its struct and its place in the ring.
const tickOverheadBytes = 64

func (t *Tick) sizeBytes() uint64 { return uint64(len(t.Values))*8 + tickOverheadBytes }
