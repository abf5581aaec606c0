package history

import (
	"context"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"vitals/internal/metric"
)

// Hosts implements [Store].
func (t *TSDB) Hosts(ctx context.Context) ([]PastHost, error) {
	querier, err := t.Queryable().Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	names, _, err := querier.LabelValues(ctx, HostLabel, nil)
	if err != nil {
		return nil, err
	}
	spans, err := t.hostSpans(ctx, names)
	if err != nil {
		return nil, err
	}
	found := make([]PastHost, 0, len(names))
	for i, name := range names {
		if span := spans[i]; span.oldest <= span.newest {
			found = append(found, PastHost{
				Host: t.catalogue.hostNamed(name), Oldest: metric.TimestampMs(span.oldest), Newest: metric.TimestampMs(span.newest),
			})
		}
	}
	return found, nil
}

// timeSpan is from the oldest to the newest sample; the other way round if there is none.
type timeSpan struct{ oldest, newest int64 }

// hostSpans tells from the index alone when hosts have chunks.
func (t *TSDB) hostSpans(ctx context.Context, names []string) ([]timeSpan, error) {
	o, err := t.acquire()
	if err != nil {
		return nil, err
	}
	defer o.release()
	spans := slices.Repeat([]timeSpan{{math.MaxInt64, math.MinInt64}}, len(names))
	readers := []tsdb.BlockReader{tsdb.NewRangeHead(o.db.Head(), math.MinInt64, math.MaxInt64)}
	for _, block := range o.db.Blocks() {
		readers = append(readers, block)
	}
	for _, reader := range readers {
		if err := addSpans(ctx, reader, names, spans); err != nil {
			return nil, err
		}
	}
	return spans, nil
}

func addSpans(ctx context.Context, reader tsdb.BlockReader, names []string, spans []timeSpan) error {
	series, err := reader.Index()
	if err != nil {
		return err
	}
	defer func() { _ = series.Close() }() // it was read only
	for i, name := range names {
		if err := addSpan(ctx, series, name, &spans[i]); err != nil {
			return err
		}
	}
	return nil
}

func addSpan(ctx context.Context, reader tsdb.IndexReader, host string, span *timeSpan) error {
	postings, err := reader.Postings(ctx, HostLabel, host)
	if err != nil {
		return err
	}
	var builder labels.ScratchBuilder
	var metas []chunks.Meta
	for postings.Next() {
		if err := reader.Series(postings.At(), &builder, &metas); err != nil {
			continue // it left meanwhile
		}
		for _, meta := range metas {
			span.oldest, span.newest = min(span.oldest, meta.MinTime), max(span.newest, meta.MaxTime)
		}
	}
	return postings.Err()
}

// Series implements [Store].
func (t *TSDB) Series(ctx context.Context, host string, from, to metric.TimestampMs) ([]metric.Series, error) {
	if from >= to {
		return nil, nil
	}
	querier, err := t.Queryable().ChunkQuerier(int64(from), int64(to)-1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	stored := querier.Select(ctx, true, nil, labels.MustNewMatcher(labels.MatchEqual, HostLabel, host))
	var found []metric.Series
	for stored.Next() {
		series, ok := t.catalogue.seriesNamed(host, stored.At().Labels().Get(MetricLabel))
		if ok {
			found = append(found, series)
		}
	}
	if err := stored.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b metric.Series) int { return compareNames(a.Metric, b.Metric) })
	return slices.CompactFunc(found, func(a, b metric.Series) bool { return a.Metric == b.Metric }), nil
}

func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
