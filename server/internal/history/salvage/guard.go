package salvage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"

	"vitals/internal/metric"
)

// Guard keeps damage that is met while reading to where it is: a chunk that does not verify is a hole, a series that cannot
// be read is missing, and the question is answered all the same. Each place is reported once.
type Guard struct {
	clock  func() time.Time
	store  string // its folder in the data folder
	report func(...Damage)
	spoil  func(error) // told of damage that is read from the log if the database is opened anew

	mu   sync.Mutex
	seen map[string]bool
}

// mostDamageSeen bounds how many places are told apart.
const mostDamageSeen = 1000

// NewGuard guards the database in a folder of the data folder. Damage is reported once for each place; spoil is told of what
// can be read from the log if the database is opened anew. Both may be called by any goroutine that reads.
func NewGuard(store string, clock func() time.Time, report func(...Damage), spoil func(error)) *Guard {
	return &Guard{clock: clock, store: store, report: report, spoil: spoil, seen: make(map[string]bool)}
}

// damaged reports a damage. Errors that only end a question are none.
func (g *Guard) damaged(where string, what any, err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if where == g.headPlace() {
		g.spoil(err)
	}
	place := fmt.Sprint(where, what)
	g.mu.Lock()
	known := g.seen[place] || len(g.seen) >= mostDamageSeen
	if !known {
		g.seen[place] = true
	}
	g.mu.Unlock()
	if !known {
		g.report(Damage{
			File:   where,
			Reason: fmt.Sprintf("%v: %v; it is left out of answers", what, err),
			Time:   metric.TimestampMs(g.clock().UnixMilli()),
		})
	}
	return true
}

// Querier is the library's, guarded.
func (g *Guard) Querier(block tsdb.BlockReader, from, to int64) (storage.Querier, error) {
	inner, err := tsdb.NewBlockQuerier(guardedBlock{block, g}, from, to)
	if err != nil {
		return nil, err
	}
	return guardedQuerier{inner, g, g.placeOf(block)}, nil
}

// ChunkQuerier is the library's, guarded.
func (g *Guard) ChunkQuerier(block tsdb.BlockReader, from, to int64) (storage.ChunkQuerier, error) {
	inner, err := tsdb.NewBlockChunkQuerier(guardedBlock{block, g}, from, to)
	if err != nil {
		return nil, err
	}
	return guardedChunkQuerier{inner, g, g.placeOf(block)}, nil
}

// headPlace is where the newest hours are, whose samples are in the log too.
func (g *Guard) headPlace() string { return g.store + "/" + HeadChunksFolder }

// placeOf names a block by its folder.
func (g *Guard) placeOf(block tsdb.BlockReader) string {
	if onDisk, ok := block.(*tsdb.Block); ok {
		return g.store + "/" + onDisk.Meta().ULID.String()
	}
	return g.headPlace()
}

type guardedBlock struct {
	tsdb.BlockReader
	guard *Guard
}

// Index implements tsdb.BlockReader.
func (b guardedBlock) Index() (tsdb.IndexReader, error) {
	inner, err := b.BlockReader.Index()
	return guardedIndex{inner, b.guard, b.guard.placeOf(b.BlockReader)}, err
}

// Chunks implements tsdb.BlockReader.
func (b guardedBlock) Chunks() (tsdb.ChunkReader, error) {
	inner, err := b.BlockReader.Chunks()
	if err != nil {
		return nil, err
	}
	guarded := guardedChunks{inner, b.guard, b.guard.placeOf(b.BlockReader)}
	if head, ok := inner.(tsdb.ChunkReaderWithCopy); ok {
		return guardedHeadChunks{guarded, head}, nil
	}
	return guarded, nil
}

type guardedIndex struct {
	tsdb.IndexReader
	guard *Guard
	place string
}

// Series implements tsdb.IndexReader: a series that cannot be read is as one that is gone.
func (i guardedIndex) Series(ref storage.SeriesRef, builder *labels.ScratchBuilder, metas *[]chunks.Meta) error {
	err := Guarded(func() error { return i.IndexReader.Series(ref, builder, metas) })
	if err != nil && !errors.Is(err, storage.ErrNotFound) && i.guard.damaged(i.place, fmt.Sprintf("series %d", ref), err) {
		return storage.ErrNotFound
	}
	return err
}

type guardedChunks struct {
	tsdb.ChunkReader
	guard *Guard
	place string
}

// ChunkOrIterable implements tsdb.ChunkReader: a chunk that does not verify has no samples.
func (c guardedChunks) ChunkOrIterable(meta chunks.Meta) (chunk chunkenc.Chunk, iterable chunkenc.Iterable, err error) {
	err = Guarded(func() (err error) {
		chunk, iterable, err = c.ChunkReader.ChunkOrIterable(meta)
		return err
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) && c.guard.damaged(c.place, fmt.Sprintf("chunk %d", meta.Ref), err) {
		return chunkenc.NewXORChunk(), nil, nil
	}
	return chunk, iterable, err
}

type guardedHeadChunks struct {
	guardedChunks
	head tsdb.ChunkReaderWithCopy
}

// ChunkOrIterableWithCopy is as ChunkOrIterable.
func (c guardedHeadChunks) ChunkOrIterableWithCopy(
	meta chunks.Meta,
) (chunk chunkenc.Chunk, iterable chunkenc.Iterable, newest int64, err error) {
	err = Guarded(func() (err error) {
		chunk, iterable, newest, err = c.head.ChunkOrIterableWithCopy(meta)
		return err
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) && c.guard.damaged(c.place, fmt.Sprintf("chunk %d", meta.Ref), err) {
		return chunkenc.NewXORChunk(), nil, meta.MaxTime, nil
	}
	return chunk, iterable, newest, err
}

type guardedQuerier struct {
	storage.Querier
	guard *Guard
	place string
}

// Select implements storage.Querier.
func (q guardedQuerier) Select(
	ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) (found storage.SeriesSet) {
	err := Guarded(func() error {
		found = q.Querier.Select(ctx, sorted, hints, matchers...)
		return nil
	})
	if err != nil {
		return storage.ErrSeriesSet(q.guard.remaining(q.place, err))
	}
	return &guardedSet{SeriesSet: found, guard: q.guard, place: q.place}
}

// LabelValues implements storage.LabelQuerier.
func (q guardedQuerier) LabelValues(
	ctx context.Context, name string, hints *storage.LabelHints, matchers ...*labels.Matcher,
) (values []string, warnings annotations.Annotations, err error) {
	err = Guarded(func() (err error) {
		values, warnings, err = q.Querier.LabelValues(ctx, name, hints, matchers...)
		return err
	})
	return values, warnings, q.guard.remaining(q.place, err)
}

// LabelNames implements storage.LabelQuerier.
func (q guardedQuerier) LabelNames(
	ctx context.Context, hints *storage.LabelHints, matchers ...*labels.Matcher,
) (names []string, warnings annotations.Annotations, err error) {
	err = Guarded(func() (err error) {
		names, warnings, err = q.Querier.LabelNames(ctx, hints, matchers...)
		return err
	})
	return names, warnings, q.guard.remaining(q.place, err)
}

// Remaining is what is left of an error that was met in a block, once damage is reported.
func (g *Guard) Remaining(block tsdb.BlockReader, err error) error {
	return g.remaining(g.placeOf(block), err)
}

// remaining is what is left of an error once damage is reported.
func (g *Guard) remaining(place string, err error) error {
	if g.damaged(place, "index", err) {
		return nil
	}
	return err
}

// guardedSet ends where the index cannot be read further.
type guardedSet struct {
	storage.SeriesSet
	guard  *Guard
	place  string
	broken error
}

// Next implements storage.SeriesSet.
func (s *guardedSet) Next() (found bool) {
	s.broken = Guarded(func() error {
		found = s.SeriesSet.Next()
		return nil
	})
	return found
}

// Err implements storage.SeriesSet.
func (s *guardedSet) Err() error {
	return s.guard.remaining(s.place, cmp.Or(s.broken, s.SeriesSet.Err()))
}

type guardedChunkQuerier struct {
	storage.ChunkQuerier
	guard *Guard
	place string
}

// Select implements storage.ChunkQuerier.
func (q guardedChunkQuerier) Select(
	ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) (found storage.ChunkSeriesSet) {
	err := Guarded(func() error {
		found = q.ChunkQuerier.Select(ctx, sorted, hints, matchers...)
		return nil
	})
	if err != nil {
		return storage.ErrChunkSeriesSet(q.guard.remaining(q.place, err))
	}
	return &guardedChunkSet{ChunkSeriesSet: found, guard: q.guard, place: q.place}
}

type guardedChunkSet struct {
	storage.ChunkSeriesSet
	guard  *Guard
	place  string
	broken error
}

// Next implements storage.ChunkSeriesSet.
func (s *guardedChunkSet) Next() (found bool) {
	s.broken = Guarded(func() error {
		found = s.ChunkSeriesSet.Next()
		return nil
	})
	return found
}

// Err implements storage.ChunkSeriesSet.
func (s *guardedChunkSet) Err() error {
	return s.guard.remaining(s.place, cmp.Or(s.broken, s.ChunkSeriesSet.Err()))
}
