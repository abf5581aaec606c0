package salvage

import (
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// Where the newest hours hold samples that came late, the library reads their chunks past the [Guard] of blocks, and panics
// at one that does not verify. What follows stands at the outside: a series ends there until the database is opened anew,
// and its samples are read from the log.

// damagedHead reports what was met while chunks of the newest hours were read.
func (g *Guard) damagedHead(err error) {
	if err != nil {
		g.damaged(g.headPlace(), "chunks", err)
	}
}

// ofHead says whether an error is one of the chunks of the newest hours.
func ofHead(err error) bool {
	_, corrupted := errors.AsType[*chunks.CorruptionErr](err)
	return corrupted
}

// Series guards a series whose samples may be of the newest hours.
func (g *Guard) Series(series storage.Series) storage.Series { return guardedSeries{series, g} }

// ChunkSeries guards a series whose chunks may be of the newest hours.
func (g *Guard) ChunkSeries(series storage.ChunkSeries) storage.ChunkSeries {
	return guardedChunkSeries{series, g}
}

type guardedSeries struct {
	storage.Series
	guard *Guard
}

// Iterator implements [storage.SampleIterable].
func (s guardedSeries) Iterator(reused chunkenc.Iterator) chunkenc.Iterator {
	own, is := reused.(*guardedSamples)
	if !is {
		own = &guardedSamples{}
	}
	own.Iterator, own.guard, own.broken = s.Series.Iterator(own.Iterator), s.guard, false
	return own
}

type guardedSamples struct {
	chunkenc.Iterator
	guard  *Guard
	broken bool
}

// Next implements [chunkenc.Iterator].
func (i *guardedSamples) Next() (kind chunkenc.ValueType) {
	defer i.end(&kind)
	if i.broken {
		return chunkenc.ValNone
	}
	return i.Iterator.Next()
}

// Seek implements [chunkenc.Iterator].
func (i *guardedSamples) Seek(timestamp int64) (kind chunkenc.ValueType) { //nolint:govet // the interface of the library, not of io
	defer i.end(&kind)
	if i.broken {
		return chunkenc.ValNone
	}
	return i.Iterator.Seek(timestamp)
}

// end is deferred: it ends the series where the library panics.
func (i *guardedSamples) end(kind *chunkenc.ValueType) {
	if broken := recover(); broken != nil {
		*kind, i.broken = chunkenc.ValNone, true
		i.guard.damagedHead(fmt.Errorf("%v", broken))
	}
}

// Err implements [chunkenc.Iterator].
func (i *guardedSamples) Err() error {
	if i.broken {
		return nil
	}
	return i.guard.remainingOfHead(i.Iterator.Err())
}

// remainingOfHead is what is left of an error once damage of the newest hours is reported.
func (g *Guard) remainingOfHead(err error) error {
	if !ofHead(err) {
		return err
	}
	g.damagedHead(err)
	return nil
}

type guardedChunkSeries struct {
	storage.ChunkSeries
	guard *Guard
}

// Iterator implements [storage.ChunkIterable].
func (s guardedChunkSeries) Iterator(reused chunks.Iterator) chunks.Iterator {
	own, is := reused.(*guardedChunkIterator)
	if !is {
		own = &guardedChunkIterator{}
	}
	own.Iterator, own.guard, own.broken = s.ChunkSeries.Iterator(own.Iterator), s.guard, false
	return own
}

type guardedChunkIterator struct {
	chunks.Iterator
	guard  *Guard
	broken bool
}

// Next implements [chunks.Iterator].
func (i *guardedChunkIterator) Next() (found bool) {
	if i.broken {
		return false
	}
	if err := Guarded(func() error {
		found = i.Iterator.Next()
		return nil
	}); err != nil {
		i.broken = true
		i.guard.damagedHead(err)
		return false
	}
	return found
}

// Err implements [chunks.Iterator].
func (i *guardedChunkIterator) Err() error {
	if i.broken {
		return nil
	}
	return i.guard.remainingOfHead(i.Iterator.Err())
}
