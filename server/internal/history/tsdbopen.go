package history

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"

	"vitals/internal/history/salvage"
)

// opened is the library's database between an opening and its closing. References to its series are good for as long.
type opened struct {
	db       *tsdb.DB
	log      *syncedLog
	lostLate lostLate
	readers  sync.WaitGroup // those who hold a querier
	retired  chan struct{}  // closed when readers should end
	upkeep   *upkeep
	guard    *salvage.Guard

	unfinished bool // not all of it could be closed
}

// open opens the folder anew. What cannot be read is put aside before the library sees it.
func (t *TSDB) open() error {
	quarantine := t.options.quarantine()
	err := salvage.Folder(t.options.storeDir(), quarantine)
	t.usage.found(quarantine.Damage()...)
	if err != nil {
		return fmt.Errorf("check history in %s: %w", t.options.Dir, writeError(err))
	}
	if err := roomToOpen(t.options); err != nil {
		return err
	}
	o := &opened{retired: make(chan struct{}), guard: t.guard}
	db, err := tsdb.Open(t.options.storeDir(), newLibraryLog(t.options.Logger, &o.lostLate), nil, t.libraryOptions(o), nil)
	if err != nil {
		return fmt.Errorf("open history in %s: %w", t.options.Dir, err)
	}
	o.db = db
	if o.log, err = newSyncedLog(t.options.storeDir(), t.options.Sync); err != nil {
		return errors.Join(fmt.Errorf("open history in %s: %w", t.options.Dir, err), db.Close())
	}
	_, newest := span(o)
	t.retention.opened(db, newest)
	t.copySeries(o)
	t.startUpkeep(o)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.cause = o, nil
	return nil
}

// What the library is given room for. Its own defaults are made for a thousand times as many series.
const (
	samplesPerChunk = 240
	leastSegment    = 64 << 10
	mostSegment     = 32 << 20
	stripes         = 1 << 10
	chunkBuffer     = 64 << 10
)

func (t *TSDB) libraryOptions(*opened) *tsdb.Options {
	options := tsdb.DefaultOptions()
	shortest, longest := blockDurations(t.options.RetentionTime)
	options.MinBlockDuration, options.MaxBlockDuration = shortest.Milliseconds(), longest.Milliseconds()
	options.OutOfOrderTimeWindow = t.options.lateness().Milliseconds()
	options.RetentionDuration = math.MaxInt64 // see BlocksToDelete
	options.BlocksToDelete = t.retention.beyond
	options.NewCompactorFunc = t.retention.newMerger
	options.WALCompression = compression.Snappy // zstd packs tighter, and takes a tenth of a millisecond for each small commit
	options.WALSegmentSize = segmentBytes(t.options.RetentionBytes)
	options.SamplesPerChunk = samplesPerChunk
	options.StripeSize = stripes
	options.HeadChunksWriteBufferSize = chunkBuffer
	options.BlockReloadInterval = never
	options.BlockQuerierFunc = t.guard.Querier
	options.BlockChunkQuerierFunc = t.guard.ChunkQuerier
	return options
}

// segmentBytes is the size of a file of the log. It is shortened by whole files, so that a small one has small ones.
func segmentBytes(retentionBytes int64) int {
	const page = 32 << 10
	return int(min(max(retentionBytes/32, leastSegment), mostSegment)) / page * page
}

// blockDurations are the shortest and the longest time that a block may span. Only whole blocks are deleted, so that they
// are a tenth of the retention at most, or nearly so.
func blockDurations(retention time.Duration) (shortest, longest time.Duration) {
	for _, shortest := range []time.Duration{2 * time.Hour, time.Hour, 30 * time.Minute, 15 * time.Minute} {
		if shortest <= retention/10 {
			return shortest, min(retention/10, 31*24*time.Hour)
		}
	}
	return 5 * time.Minute, 5 * time.Minute
}

// acquire holds the database open until release is called. Whoever holds it ends soon after it is retired.
func (t *TSDB) acquire() (*opened, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.current == nil {
		return nil, t.whyNot()
	}
	t.current.readers.Add(1)
	return t.current, nil
}

func (o *opened) release() { o.readers.Done() }

// whyNot is the error of a store that is not open. The lock must be held.
func (t *TSDB) whyNot() error {
	if t.closed {
		return ErrClosed
	}
	return t.cause
}

// writable is the database to append to. One that was given up is opened again.
func (t *TSDB) writable() (*opened, error) {
	t.mu.RLock()
	current, closed := t.current, t.closed
	t.mu.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	if err := t.folder.check(t.options.Dir); err != nil {
		return nil, err // what is open goes on where it is if the folder comes back
	}
	switch {
	case current != nil && t.full == nil && t.mustRenew():
		if err := t.retire(ErrUnavailable); err != nil {
			t.options.Logger.Warn().Err(err).Msg("history was closed to be opened anew, not cleanly")
		}
	case current != nil && t.full == nil:
		return current, nil
	case current != nil:
		if err := probeSpace(t.options.Dir); err != nil {
			return nil, writeError(err)
		}
		if err := t.retire(t.full); err != nil {
			t.options.Logger.Warn().Err(err).Msg("history was closed after a failed write, not cleanly")
		}
	}
	t.full = nil
	err := t.finish()
	if err == nil {
		err = t.open()
	}
	if err != nil {
		err = writeError(err)
		t.mu.Lock()
		t.cause = err
		t.mu.Unlock()
		return nil, err
	}
	return t.current, nil
}

// renewEach is how often a database is opened anew at most because it was spoiled: where that does not help it costs little.
const renewEach = time.Minute

// spoil asks for the database to be opened anew by the next append. What is damaged in the chunks of the newest hours is read
// from the log then.
func (t *TSDB) spoil(cause error) { t.spoiled.Store(&cause) }

// mustRenew says whether that was asked for. The lock of appending must be held.
func (t *TSDB) mustRenew() bool {
	cause := t.spoiled.Load()
	if cause == nil || !t.renewed.IsZero() && time.Since(t.renewed) < renewEach {
		return false
	}
	t.spoiled.Store(nil)
	t.renewed = time.Now()
	if spaceIsMissing(*cause) {
		t.full = *cause // it is read from until there is space
		return false
	}
	t.options.Logger.Warn().Err(*cause).Msg("history: it is opened anew, to read from the log what is damaged elsewhere")
	return true
}

// giveUp closes the database after a write that failed: a log with a torn end must not be written to. The next append
// opens it again. One that is out of space is still read from, and only closed once there is space.
func (t *TSDB) giveUp(cause error) error {
	cause = writeError(cause)
	switch _, broken := errors.AsType[*salvage.BrokenError](cause); {
	case broken:
		t.abandon(cause)
		return cause
	case errors.Is(cause, ErrFull):
		t.full = cause
		return cause
	}
	if err := t.retire(cause); err != nil {
		t.options.Logger.Warn().Err(err).Msg("history was closed after a failed write, not cleanly")
	}
	return cause
}

// abandon lets go of a database that panicked in an append: it may hold locks, so that closing it could take for ever. Its
// readers are told to end, and what they do not give back is lost to this process.
func (t *TSDB) abandon(cause error) {
	t.mu.Lock()
	o := t.current
	t.current, t.cause = nil, cause
	t.mu.Unlock()
	if o == nil {
		return
	}
	close(o.retired)
	clear(t.hosts) // references are of this database
	o.upkeep.cancel()
	t.retention.closed()
	if err := o.log.close(); err != nil {
		t.options.Logger.Warn().Err(err).Msg("history was given up, and its log not closed")
	}
}

// maxUnfinished databases may wait for their end. Each holds a goroutine and some files.
const maxUnfinished = 8

// finish closes what could not be closed before. Where that goes on failing no more are opened.
func (t *TSDB) finish() error {
	t.unfinished = slices.DeleteFunc(t.unfinished, func(o *opened) bool {
		if !o.unfinished {
			return true
		}
		if err := o.finish(); o.unfinished {
			t.options.Logger.Warn().Err(err).Msg("history was closed after a failed write, not cleanly")
		}
		return !o.unfinished
	})
	if len(t.unfinished) < maxUnfinished {
		return nil
	}
	return fmt.Errorf("%w: %d logs wait for their end, which cannot be written", ErrUnavailable, len(t.unfinished))
}

// retire closes the database once its readers have ended.
func (t *TSDB) retire(cause error) error {
	t.mu.Lock()
	o := t.current
	t.current, t.cause = nil, cause
	t.mu.Unlock()
	if o == nil {
		return nil
	}
	close(o.retired)
	o.readers.Wait()
	clear(t.hosts) // references are of this database
	t.copySeries(o)
	t.retention.closed()
	err := o.close()
	t.unfinished = append(t.unfinished, o)
	return err
}
