package history

import (
	"context"
	"errors"
	"math"

	"vitals/internal/metric"
)

// exportSamples are in a piece, about: 128 KiB of them.
const exportSamples = 8192

// Export implements [Store]. Nothing of the store is held open while a piece is with the function, which may wait for a slow
// client.
func (t *TSDB) Export(ctx context.Context, selection Selection, take func(ExportPiece) error) error {
	return t.reader().export(ctx, selection, take)
}

func (r *reader) export(ctx context.Context, selection Selection, take func(ExportPiece) error) error {
	if selection.From >= selection.To {
		return errEmptyRange
	}
	all, err := r.list(ctx, selection)
	if err != nil {
		return explain(ctx, err)
	}
	limits := r.bounds
	limits.samples, limits.memory = math.MaxInt64, math.MaxInt64
	exporting := &exporting{reader: r, reading: reading{bounds: limits}, host: selection.Host, to: int64(selection.To), take: take}
	for _, series := range all {
		if err := exporting.series(ctx, series, int64(selection.From)); err != nil {
			return err
		}
	}
	return nil
}

// list names the series of a selection.
func (r *reader) list(ctx context.Context, selection Selection) ([]metric.Series, error) {
	querier, err := r.chunks.ChunkQuerier(int64(selection.From), int64(selection.To)-1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	found, err := r.find(ctx, querier, selection, int64(selection.From), int64(selection.To))
	if err != nil {
		return nil, err
	}
	series := make([]metric.Series, 0, len(found))
	for _, past := range found {
		series = append(series, past.series)
	}
	return series, nil
}

// exporting gives the samples of series to a function, piece by piece.
type exporting struct {
	*reader
	reading
	host  string
	to    int64
	take  func(ExportPiece) error
	piece rawPast
}

// errPieceFull ends the reading of a piece.
var errPieceFull = errors.New("the piece is full")

// series exports one series, from an instant on.
func (e *exporting) series(ctx context.Context, series metric.Series, from int64) error {
	for from < e.to {
		isLast, err := e.read(ctx, series.Metric, from)
		if err != nil {
			return explain(ctx, err)
		}
		if count := len(e.piece.times); count > 0 {
			from = int64(e.piece.times[count-1]) + 1
			if err := e.take(ExportPiece{Series: series, Timestamps: e.piece.times, Values: e.piece.values}); err != nil {
				return err
			}
		}
		if isLast {
			return nil
		}
	}
	return nil
}

// read fills the piece with what comes first from an instant on.
func (e *exporting) read(ctx context.Context, name string, from int64) (isLast bool, err error) {
	e.piece.times, e.piece.values = e.piece.times[:0], e.piece.values[:0]
	querier, err := e.reader.chunks.ChunkQuerier(from, e.to-1)
	if err != nil {
		return false, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	found, err := e.find(ctx, querier, Selection{Host: e.host, Metrics: []metric.Glob{metric.Glob(name)}}, from, e.to)
	if err != nil {
		return false, err
	}
	// A name may hold a star, and then it is a glob that others match, too.
	for _, past := range found {
		if past.series.Metric == name {
			return e.fill(ctx, past, from)
		}
	}
	return true, nil
}

func (e *exporting) fill(ctx context.Context, past storedPast, from int64) (isLast bool, err error) {
	isMixed := len(past.parts) > 1 // which follow one another in pieces of no certain order: all must be read
	err = e.each(ctx, past, from, e.to, func(times []metric.TimestampMs, values []float64) error {
		e.piece.times, e.piece.values = append(e.piece.times, times...), append(e.piece.values, values...)
		if len(e.piece.times) >= exportSamples && !isMixed {
			return errPieceFull
		}
		return nil
	})
	if isMixed {
		e.piece.sort()
	}
	if errors.Is(err, errPieceFull) {
		return false, nil
	}
	return true, err
}
