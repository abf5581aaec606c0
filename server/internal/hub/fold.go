package hub

import (
	"math"
	"time"

	"vitals/internal/metric"
)

// fold makes rows of an interval out of ticks. A row ends before the first tick of another interval of the clock, before a
// tick whose columns have moved, and at the first sweep behind its time.
type fold struct {
	intervalMs metric.TimestampMs
	slot       int

	open    bool
	bucket  metric.TimestampMs
	due     time.Duration // when a sweep ends the row
	from    uint64
	last    *Tick // the newest tick in the row
	catalog *Catalog
	sums    []sum // by column
}

// How long after its end an interval waits for a tick that is late.
const foldGrace = time.Second

// bucketOf is the number of the interval that a timestamp lies in.
func (f *fold) bucketOf(timestamp metric.TimestampMs) metric.TimestampMs {
	bucket := timestamp / f.intervalMs
	if timestamp%f.intervalMs < 0 {
		bucket--
	}
	return bucket
}

// add folds a tick in. If a row ends before it, that row is returned.
func (f *fold) add(tick *Tick, past *marks) (ended *Tick) {
	if f.open {
		ended = f.endBefore(tick, past)
	}
	if !f.open {
		f.begin(tick)
	}
	f.last, f.catalog = tick, tick.Catalog
	for len(f.sums) < len(tick.Catalog.Series) {
		f.sums = append(f.sums, sum{})
	}
	for i, value := range tick.Values {
		column := i
		if tick.Columns != nil {
			column = int(tick.Columns[i])
		}
		if value == value { // not NaN
			f.sums[column].add(value)
		}
	}
	return ended
}

func (f *fold) endBefore(tick *Tick, past *marks) *Tick {
	if tick.arrived >= f.due {
		if serial, found := past.firstDue(f.slot, f.last.Serial, f.due); found && serial < tick.Serial {
			return f.end(serial)
		}
	}
	if f.bucketOf(tick.Timestamp) != f.bucket || tick.Catalog.generation != f.catalog.generation {
		return f.end(tick.Serial)
	}
	return nil
}

func (f *fold) begin(tick *Tick) {
	f.open = true
	f.bucket = f.bucketOf(tick.Timestamp)
	f.from = tick.From
	end := (f.bucket + 1) * f.intervalMs
	f.due = tick.arrived + time.Duration(end-tick.Timestamp)*time.Millisecond + foldGrace
	f.sums = f.sums[:0]
}

// sweep ends the row if its time is over at a mark.
func (f *fold) sweep(past *marks) (ended *Tick) {
	if !f.open {
		return nil
	}
	if serial, found := past.firstDue(f.slot, f.last.Serial, f.due); found {
		return f.end(serial)
	}
	return nil
}

// end makes the row, sparse if less than half of the series had a value.
func (f *fold) end(serial uint64) *Tick {
	f.open = false
	row := &Tick{
		Seq: f.last.Seq, From: f.from, Serial: serial, Timestamp: f.last.Timestamp, Catalog: f.catalog,
		arrived: f.last.arrived, age: f.last.age,
	}
	filled := 0
	for i := range f.sums {
		if f.sums[i].count > 0 {
			filled++
		}
	}
	size, sparse := len(f.catalog.Series), 2*filled < len(f.catalog.Series)
	if sparse {
		size, row.Columns = filled, make([]int32, 0, filled)
	}
	block := make([]float64, 0, 3*size)
	row.Values, row.Min, row.Max = block[0:0:size], block[size:size:2*size], block[2*size:2*size:3*size]
	for column := range f.sums {
		sum := &f.sums[column]
		if sparse && sum.count == 0 {
			continue
		}
		if sparse {
			row.Columns = append(row.Columns, int32(column))
		}
		row.Values = append(row.Values, sum.mean(f.catalog.decimals[column]))
		row.Min, row.Max = append(row.Min, sum.least()), append(row.Max, sum.most())
	}
	f.last = nil
	return row
}

// sum gathers the values of one series.
type sum struct {
	total    float64
	min, max float64
	count    int
	scaled   bool // total is scaled down, because it would not be finite
}

// Scaling down by this power of two, which is exact, makes room for every sum of a row.
const scaleBits = 64

func (s *sum) add(value float64) {
	if s.count == 0 {
		s.min, s.max = value, value
	}
	s.count++
	s.min, s.max = min(s.min, value), max(s.max, value)
	if !s.scaled {
		if total := s.total + value; !math.IsInf(total, 0) {
			s.total = total
			return
		}
		s.scaled, s.total = true, math.Ldexp(s.total, -scaleBits)
	}
	s.total += math.Ldexp(value, -scaleBits)
}

// mean has so many decimals, if those are known, and lies between the least and the most.
func (s *sum) mean(decimals int) float64 {
	if s.count == 0 {
		return math.NaN()
	}
	mean := s.total / float64(s.count)
	if s.scaled {
		mean = math.Ldexp(mean, scaleBits)
	}
	if decimals >= 0 {
		if rounded := (metric.Family{Decimals: decimals}).Round(mean); !math.IsInf(rounded, 0) && !math.IsNaN(rounded) {
			mean = rounded
		}
	}
	return min(max(mean, s.min), s.max)
}

func (s *sum) least() float64 {
	if s.count == 0 {
		return math.NaN()
	}
	return s.min
}

func (s *sum) most() float64 {
	if s.count == 0 {
		return math.NaN()
	}
	return s.max
}
