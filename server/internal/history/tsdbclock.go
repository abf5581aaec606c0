package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/history/salvage"
	"vitals/internal/metric"
)

// aheadOfClock says that samples of a future are stored which keep those of now from being sorted in: the clock was ahead,
// or is behind.
func (t *TSDB) aheadOfClock() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.current == nil {
		return false
	}
	ahead := t.current.db.Head().MaxTime() - t.options.Clock().UnixMilli()
	return ahead >= (t.options.lateness() - MaxAhead).Milliseconds()
}

// putFutureAside makes a store take samples of now again after the clock went back. All that lies ahead of the clock is
// kept as blocks in a folder of its own. Which of the two clocks was wrong nobody can know: a block comes back when the
// clock reaches it, and that is soon if the clock had forgotten the time when the machine was started.
//
// At each point at which it may be interrupted, all samples are in the store, or in the folder of the future, or in both.
func (t *TSDB) putFutureAside(ctx context.Context) error {
	o, err := t.writable()
	if err != nil {
		return err
	}
	o.upkeep.end() // it would move samples from the head into blocks meanwhile
	beyond := t.options.Clock().Add(MaxAhead).UnixMilli() + 1
	_, newest := span(o)
	var ahead []ulid.ULID
	err = salvage.Guarded(func() (err error) {
		ahead, err = t.splitAt(ctx, o, beyond)
		return err
	})
	if err == nil {
		err = t.retire(ErrUnavailable)
	}
	if err == nil {
		err = t.dropLogs()
	}
	if err == nil {
		err = t.moveBlocks(ahead, t.options.storeDir(), t.options.futureDir())
	}
	if err != nil {
		return t.giveUp(fmt.Errorf("put aside what is ahead of the clock: %w", err))
	}
	t.future.read(t.options)
	t.tellFuture(beyond, newest)
	_, err = t.writable()
	return err
}

func (t *TSDB) tellFuture(from, to int64) {
	now := t.options.Clock()
	t.usage.found(salvage.Damage{
		File: filepath.Join(salvage.QuarantineFolder, futureFolder),
		Reason: fmt.Sprintf("samples up to %s were ahead of the clock, which says %s; they come back when it gets there",
			time.UnixMilli(to).UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)),
		Time: metric.TimestampOf(now),
	})
	t.options.Logger.Warn().Time("from", time.UnixMilli(from)).Time("to", time.UnixMilli(to)).
		Msg("history: the clock went back; samples ahead of it are put aside until it gets there")
}

// splitAt writes the head as blocks: what is before the limit into the store, the rest to the future. It returns the
// blocks of the store that reach beyond the limit; the part of them before it is written as a block too. After an error
// nothing of that is there: it will be written again.
func (t *TSDB) splitAt(ctx context.Context, o *opened, limit int64) (ahead []ulid.ULID, err error) {
	if err := makeOwnFolder(t.options.futureDir()); err != nil {
		return nil, err
	}
	if err := o.db.CompactOOOHead(ctx); err != nil {
		return nil, err
	}
	logger := newLibraryLog(t.options.Logger, &o.lostLate)
	compactor, err := tsdb.NewLeveledCompactor(ctx, nil, logger, []int64{time.Hour.Milliseconds()}, nil, nil)
	if err != nil {
		return nil, err
	}
	copies := blockCopies{compactor: compactor}
	defer func() {
		if err != nil {
			err = errors.Join(err, copies.remove())
		}
	}()
	head := o.db.Head()
	begin, end := head.MinTime(), head.MaxTime()+1
	if head.NumSeries() > 0 {
		past, rest := tsdb.NewRangeHead(head, begin, limit-1), tsdb.NewRangeHead(head, max(begin, limit), end-1)
		err = errors.Join(
			copies.write(t.options.storeDir(), past, begin, min(end, limit)),
			copies.write(t.options.futureDir(), rest, max(begin, limit), end),
		)
	}
	for _, block := range o.db.Blocks() {
		if meta := block.Meta(); err == nil && meta.MaxTime > limit {
			ahead = append(ahead, meta.ULID)
			err = copies.write(t.options.storeDir(), block, meta.MinTime, limit)
		}
	}
	return ahead, err
}

// blockCopies are blocks that hold what is elsewhere too.
type blockCopies struct {
	compactor *tsdb.LeveledCompactor
	written   []string
}

func (c *blockCopies) write(dir string, from tsdb.BlockReader, begin, end int64) error {
	if begin >= end {
		return nil
	}
	blocks, err := c.compactor.Write(dir, from, begin, end, nil)
	for _, block := range blocks {
		c.written = append(c.written, filepath.Join(dir, block.String()))
	}
	return err
}

func (c *blockCopies) remove() (err error) {
	for _, block := range c.written {
		err = errors.Join(err, os.RemoveAll(block))
	}
	return err
}

// dropLogs removes the logs of a closed store whose samples are all in blocks. The log that all else can be made of goes
// last.
func (t *TSDB) dropLogs() error {
	for _, name := range []string{salvage.HeadChunksFolder, salvage.LateLogFolder, salvage.LogFolder} {
		path := filepath.Join(t.options.storeDir(), name)
		dropped := path + ".dropped"
		if err := errors.Join(os.RemoveAll(dropped), os.Rename(path, dropped), os.RemoveAll(dropped)); err != nil {
			return err
		}
	}
	return salvage.SyncFolder(t.options.storeDir())
}

func (t *TSDB) moveBlocks(blocks []ulid.ULID, from, to string) error {
	for _, block := range blocks {
		if err := os.Rename(filepath.Join(from, block.String()), filepath.Join(to, block.String())); err != nil {
			return err
		}
	}
	return errors.Join(salvage.SyncFolder(from), salvage.SyncFolder(to))
}

const futureFolder = "future" // of the quarantine: blocks that are ahead of the clock

func (o Options) futureDir() string {
	return filepath.Join(o.Dir, salvage.QuarantineFolder, futureFolder)
}

// future knows the blocks that were put aside because they were ahead of the clock.
type future struct {
	ends map[ulid.ULID]int64 // when each is over
	due  int64               // when the first is over
}

// read looks at the folder. What is no block that opens stays where it is.
func (f *future) read(options Options) {
	f.ends, f.due = make(map[ulid.ULID]int64), math.MaxInt64
	entries, err := os.ReadDir(options.futureDir())
	if err != nil {
		return // there is none
	}
	for _, entry := range entries {
		block, err := tsdb.OpenBlock(nil, filepath.Join(options.futureDir(), entry.Name()), nil, nil)
		if err != nil {
			continue
		}
		meta := block.Meta()
		if block.Close() == nil && meta.ULID.String() == entry.Name() {
			f.ends[meta.ULID], f.due = meta.MaxTime, min(f.due, meta.MaxTime)
		}
	}
}

// takeFutureBack moves blocks back into the store that the clock has reached. The next upkeep finds them.
func (t *TSDB) takeFutureBack() {
	now := t.options.Clock().UnixMilli()
	if now < t.future.due {
		return
	}
	var reached []ulid.ULID
	for block, end := range t.future.ends {
		if end <= now {
			reached = append(reached, block)
		}
	}
	if err := t.moveBlocks(reached, t.options.futureDir(), t.options.storeDir()); err != nil {
		t.options.Logger.Warn().Err(err).Msg("history: samples that were ahead of the clock could not be taken back")
	}
	t.future.read(t.options)
	t.blocksCame.Store(true)
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.current != nil {
		t.current.upkeep.wake()
	}
}
