package history

import (
	"context"
	"fmt"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// Queryable reads what is stored, as it is stored: with the hidden labels, see [MetricLabel], values still to be given to
// the series' [Rounding], and marks where a series ended, which are NaN. Times are milliseconds, both ends included.
//
// A querier must be closed, and soon: a store that has to be opened again, because it could not be written, waits for it.
// From then on its series end early, with an error.
func (t *TSDB) Queryable() storage.SampleAndChunkQueryable { return queryable{t} }

type queryable struct{ store *TSDB }

// Querier implements [storage.Queryable].
func (q queryable) Querier(from, to int64) (storage.Querier, error) {
	o, err := q.store.acquire()
	if err != nil {
		return nil, err
	}
	inner, err := o.db.Querier(from, to)
	if err != nil {
		o.release()
		return nil, fmt.Errorf("read history: %w", err)
	}
	return &heldQuerier{Querier: inner, held: held{opened: o}}, nil
}

// ChunkQuerier implements [storage.ChunkQueryable].
func (q queryable) ChunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	o, err := q.store.acquire()
	if err != nil {
		return nil, err
	}
	inner, err := o.db.ChunkQuerier(from, to)
	if err != nil {
		o.release()
		return nil, fmt.Errorf("read history: %w", err)
	}
	return &heldChunkQuerier{ChunkQuerier: inner, held: held{opened: o}}, nil
}

// held keeps the database open until it is released, once.
type held struct {
	opened *opened
	once   sync.Once
}

func (h *held) release() { h.once.Do(h.opened.release) }

// ended is the error of a read that the closing of the database cuts short.
func (o *opened) ended() error {
	select {
	case <-o.retired:
		return fmt.Errorf("%w: it is opened anew", ErrUnavailable)
	default:
		return nil
	}
}

type heldQuerier struct {
	storage.Querier
	held
}

// Select implements [storage.Querier].
func (q *heldQuerier) Select(
	ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) storage.SeriesSet {
	return &heldSeries{SeriesSet: q.Querier.Select(ctx, sorted, hints, matchers...), opened: q.opened}
}

// Close implements [storage.Querier].
func (q *heldQuerier) Close() error {
	defer q.release()
	return q.Querier.Close()
}

type heldChunkQuerier struct {
	storage.ChunkQuerier
	held
}

// Select implements [storage.ChunkQuerier].
func (q *heldChunkQuerier) Select(
	ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) storage.ChunkSeriesSet {
	return &heldChunks{ChunkSeriesSet: q.ChunkQuerier.Select(ctx, sorted, hints, matchers...), opened: q.opened}
}

// Close implements [storage.ChunkQuerier].
func (q *heldChunkQuerier) Close() error {
	defer q.release()
	return q.ChunkQuerier.Close()
}

type heldSeries struct {
	storage.SeriesSet
	opened *opened
	err    error
}

// Next implements [storage.SeriesSet].
func (s *heldSeries) Next() bool {
	s.err = s.opened.ended()
	return s.err == nil && s.SeriesSet.Next()
}

// At implements [storage.SeriesSet].
func (s *heldSeries) At() storage.Series { return s.opened.guard.Series(s.SeriesSet.At()) }

// Err implements [storage.SeriesSet].
func (s *heldSeries) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.SeriesSet.Err()
}

type heldChunks struct {
	storage.ChunkSeriesSet
	opened *opened
	err    error
}

// Next implements [storage.ChunkSeriesSet].
func (s *heldChunks) Next() bool {
	s.err = s.opened.ended()
	return s.err == nil && s.ChunkSeriesSet.Next()
}

// At implements [storage.ChunkSeriesSet].
func (s *heldChunks) At() storage.ChunkSeries {
	return s.opened.guard.ChunkSeries(s.ChunkSeriesSet.At())
}

// Err implements [storage.ChunkSeriesSet].
func (s *heldChunks) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.ChunkSeriesSet.Err()
}
