package promapi

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const (
	// lookback is for how long a value counts of which nobody knows when the next one is due, as in a Prometheus.
	lookback = 5 * time.Minute
	// missedSteps is for how many intervals a value counts if that is known. PromQL has only one lookback for all series, so
	// what comes each second would stay for minutes after it ended, or what comes each minute would not be there at all.
	missedSteps = 5
)

// readable is the storage as it is asked: series of which it is known how often a value is due end with a mark where values
// are missing, and an error says that history cannot be read.
type readable struct {
	storage.Queryable
	// due is how often a value of a metric is due, in milliseconds; 0: nobody knows.
	due func(metric string) int64
}

// Querier implements [storage.Queryable].
func (r readable) Querier(from, to int64) (storage.Querier, error) {
	querier, err := r.Queryable.Querier(from, to)
	if err != nil {
		return nil, unreadable(err)
	}
	return &markingQuerier{querier, r.due, to}, nil
}

type markingQuerier struct {
	storage.Querier
	due func(metric string) int64
	to  int64
}

// Select implements [storage.Querier].
func (q *markingQuerier) Select(
	ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) storage.SeriesSet {
	return &markingSet{q.Querier.Select(ctx, sorted, hints, matchers...), q}
}

type markingSet struct {
	storage.SeriesSet
	querier *markingQuerier
}

// At implements [storage.SeriesSet].
func (s *markingSet) At() storage.Series {
	series := s.SeriesSet.At()
	if due := s.querier.due(series.Labels().Get(model.MetricNameLabel)); due > 0 {
		return &markedSeries{series, due, s.querier.to}
	}
	return series
}

type markedSeries struct {
	storage.Series
	due int64
	to  int64
}

// Iterator implements [storage.SampleIterable].
func (s *markedSeries) Iterator(reused chunkenc.Iterator) chunkenc.Iterator {
	own, is := reused.(*markedIterator)
	if !is {
		own = &markedIterator{}
	}
	*own = markedIterator{Iterator: s.Series.Iterator(own.Iterator), due: s.due, to: s.to}
	return own
}

// markedIterator gives a mark of its own, of the kind that ends a series, where the next sample is overdue. How often one is due
// is what the family says, or what the two samples before say, if that is more: the settings may have been others once.
type markedIterator struct {
	chunkenc.Iterator
	due   int64
	to    int64 // no mark comes later
	last  int64 // when the last sample was, if hasLast
	apart int64 // how far that was from the one before; 0 if there is none

	hasLast bool // there is a last sample, and it is no end
	isMark  bool // the position is at a mark, not at a sample
	isAhead bool // there is a sample behind the mark
	mark    int64
}

// Next implements [chunkenc.Iterator].
func (i *markedIterator) Next() chunkenc.ValueType {
	if i.isMark {
		i.isMark = false
		if !i.isAhead {
			return chunkenc.ValNone
		}
		return i.arrive(chunkenc.ValFloat)
	}
	kind := i.Iterator.Next()
	if kind != chunkenc.ValFloat && i.Iterator.Err() != nil {
		return kind
	}
	isAhead, overdue := kind == chunkenc.ValFloat, i.last+missedSteps*max(i.due, i.apart)
	if i.hasLast && overdue <= i.to && (!isAhead || i.Iterator.AtT() > overdue) {
		i.isMark, i.isAhead, i.mark = true, isAhead, overdue
		return chunkenc.ValFloat
	}
	return i.arrive(kind)
}

// Seek implements [chunkenc.Iterator]. A mark that belongs to samples before is not found: nothing is as good as an end.
func (i *markedIterator) Seek(to int64) chunkenc.ValueType { //nolint:govet // it is the library's interface, not that of io
	if i.isMark && i.mark >= to {
		return chunkenc.ValFloat
	}
	if !i.isMark && i.hasLast && i.last >= to {
		return chunkenc.ValFloat
	}
	i.isMark, i.hasLast = false, false
	return i.arrive(i.Iterator.Seek(to))
}

// arrive notes the sample that the position is at now.
func (i *markedIterator) arrive(kind chunkenc.ValueType) chunkenc.ValueType {
	if kind != chunkenc.ValFloat {
		i.hasLast = false
		return kind
	}
	at, v := i.Iterator.At()
	i.apart = 0
	if i.hasLast {
		i.apart = at - i.last
	}
	i.last, i.hasLast = at, !value.IsStaleNaN(v)
	return kind
}

// At implements [chunkenc.Iterator].
func (i *markedIterator) At() (int64, float64) {
	if i.isMark {
		return i.mark, math.Float64frombits(value.StaleNaN)
	}
	return i.Iterator.At()
}

// AtT implements [chunkenc.Iterator].
func (i *markedIterator) AtT() int64 {
	if i.isMark {
		return i.mark
	}
	return i.Iterator.AtT()
}

// AtST implements [chunkenc.Iterator]. A mark has no start; the position behind it may be none.
func (i *markedIterator) AtST() int64 {
	if i.isMark {
		return 0
	}
	return i.Iterator.AtST()
}
