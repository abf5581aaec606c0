package history

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"

	"vitals/internal/metric"
)

// PrometheusQueryable reads what is stored as Prometheus would have it: without hidden labels, with the values that were
// measured, in base units: ratios from 0 to 1 instead of percent. Marks where a series ended stay as they are.
// What is said of closing at [TSDB.Queryable] holds here too.
func (t *TSDB) PrometheusQueryable() storage.Queryable {
	return storage.QueryableFunc(func(from, to int64) (storage.Querier, error) {
		inner, err := t.Queryable().Querier(from, to)
		if err != nil {
			return nil, err
		}
		return &prometheusQuerier{Querier: inner, families: t.families}, nil
	})
}

type prometheusQuerier struct {
	storage.Querier
	families map[string]metric.Family
}

// LabelValues implements [storage.LabelQuerier].
func (q *prometheusQuerier) LabelValues(
	ctx context.Context, name string, hints *storage.LabelHints, matchers ...*labels.Matcher,
) ([]string, annotations.Annotations, error) {
	if isHidden(name) {
		return nil, nil, nil
	}
	return q.Querier.LabelValues(ctx, name, hints, matchers...)
}

// LabelNames implements [storage.LabelQuerier].
func (q *prometheusQuerier) LabelNames(
	ctx context.Context, hints *storage.LabelHints, matchers ...*labels.Matcher,
) ([]string, annotations.Annotations, error) {
	names, warnings, err := q.Querier.LabelNames(ctx, hints, matchers...)
	return slices.DeleteFunc(names, isHidden), warnings, err
}

// Select implements [storage.Querier]. Series that differ in hidden labels only are one.
func (q *prometheusQuerier) Select(
	ctx context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) storage.SeriesSet {
	stored := q.Querier.Select(ctx, false, hints, matchers...)
	var found []storage.Series
	for stored.Next() {
		found = append(found, newPrometheusSeries(stored.At(), q.families))
	}
	if err := stored.Err(); err != nil {
		return storage.ErrSeriesSet(err)
	}
	slices.SortStableFunc(found, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return &foundSeries{rest: mergeEqual(found), warnings: stored.Warnings()}
}

// mergeEqual makes one series of those that have the same labels. They are sorted.
func mergeEqual(sorted []storage.Series) []storage.Series {
	merged := sorted[:0]
	for first := 0; first < len(sorted); {
		last := first + 1
		for last < len(sorted) && labels.Equal(sorted[first].Labels(), sorted[last].Labels()) {
			last++
		}
		one := sorted[first]
		if last > first+1 {
			one = storage.ChainedSeriesMerge(slices.Clone(sorted[first:last])...)
		}
		merged, first = append(merged, one), last
	}
	return merged
}

// foundSeries is a [storage.SeriesSet] of series that were found already.
type foundSeries struct {
	current  storage.Series
	rest     []storage.Series
	warnings annotations.Annotations
}

// Next implements [storage.SeriesSet].
func (s *foundSeries) Next() bool {
	if len(s.rest) == 0 {
		return false
	}
	s.current, s.rest = s.rest[0], s.rest[1:]
	return true
}

// At implements [storage.SeriesSet].
func (s *foundSeries) At() storage.Series { return s.current }

// Err implements [storage.SeriesSet].
func (s *foundSeries) Err() error { return nil }

// Warnings implements [storage.SeriesSet].
func (s *foundSeries) Warnings() annotations.Annotations { return s.warnings }

// prometheusSeries is a stored series in base units.
type prometheusSeries struct {
	storage.Series
	labels   labels.Labels
	rounding Rounding
	divisor  float64
}

func newPrometheusSeries(stored storage.Series, families map[string]metric.Family) *prometheusSeries {
	hidden := stored.Labels()
	return &prometheusSeries{
		Series:   stored,
		labels:   labels.NewBuilder(hidden).Del(MetricLabel, DecimalsLabel).Labels(),
		rounding: RoundingOf(hidden),
		divisor:  baseUnits(hidden.Get(MetricLabel), families),
	}
}

// baseUnits is what a value is divided by to be in the base unit that the family's Prometheus name promises.
func baseUnits(text string, families map[string]metric.Family) float64 {
	name, err := metric.ParseName(text)
	if err != nil {
		return 1
	}
	if family := families[name.Family]; family.Prometheus != "" && family.Unit == metric.Percent {
		return 100
	}
	return 1
}

// Labels implements [storage.Labels].
func (s *prometheusSeries) Labels() labels.Labels { return s.labels }

// Iterator implements [storage.SampleIterable].
func (s *prometheusSeries) Iterator(reused chunkenc.Iterator) chunkenc.Iterator {
	if own, ok := reused.(*prometheusIterator); ok {
		own.Iterator, own.series = s.Series.Iterator(own.Iterator), s
		return own
	}
	return &prometheusIterator{Iterator: s.Series.Iterator(nil), series: s}
}

type prometheusIterator struct {
	chunkenc.Iterator
	series *prometheusSeries
}

// At implements [chunkenc.Iterator].
func (i *prometheusIterator) At() (int64, float64) {
	timestamp, stored := i.Iterator.At()
	if value.IsStaleNaN(stored) {
		return timestamp, stored
	}
	return timestamp, i.series.rounding.part(stored, i.series.divisor)
}
