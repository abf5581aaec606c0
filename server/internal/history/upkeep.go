package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/history/salvage"
)

const (
	// upkeepBytes must be free: the newest chunks are written out, and two hours of samples into a block.
	upkeepBytes = 2 << 20
	// never is how often the library does its upkeep itself. It ends the process where a chunk cannot be written, and its
	// upkeep runs in a goroutine of its own, where nobody can catch that.
	never = 100 * 365 * 24 * time.Hour
)

// upkeep writes chunks and blocks out of the way of those who append, each minute and when a block is due. Its owner is the
// opened database.
type upkeep struct {
	added  atomic.Int64 // samples, since the last round
	due    chan struct{}
	cancel context.CancelFunc
	ended  chan struct{}

	isTooLarge bool // and that was told
}

func (t *TSDB) startUpkeep(o *opened) {
	ctx, cancel := context.WithCancel(context.Background())
	o.upkeep = &upkeep{due: make(chan struct{}, 1), cancel: cancel, ended: make(chan struct{})}
	o.db.DisableCompactions()
	go func() {
		defer close(o.upkeep.ended)
		ticker := time.NewTicker(t.options.UpkeepEach)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			case <-o.upkeep.due:
			}
			t.keepUp(ctx, o)
		}
	}()
}

// keepUp is one round. What fails is tried again in the next: no sample depends on it, all are in the log.
func (t *TSDB) keepUp(ctx context.Context, o *opened) {
	if t.folder.check(t.options.Dir) != nil {
		return // there may be another one now; the next append tells
	}
	o.upkeep.added.Store(0)
	err := salvage.Guarded(func() error {
		if free, known := freeBytes(t.options.Dir); known && free < upkeepBytes {
			return t.deleteBeyond(ctx, o)
		}
		o.db.ForceHeadMMap()
		return errors.Join(t.shortenLog(ctx, o), o.db.Compact(ctx), t.deleteBeyond(ctx, o))
	})
	if _, broken := errors.AsType[*salvage.BrokenError](err); broken {
		t.spoil(err) // a file of chunks may have a torn end now, which must not be written to
	}
	if err != nil && ctx.Err() == nil {
		t.options.Logger.Warn().Err(err).Msg("history: its upkeep failed; it is tried again in a minute")
	}
	t.tellIfTooLarge(o)
}

// tellIfTooLarge says once that the size is too small for what comes: the names of its series alone may take more.
func (t *TSDB) tellIfTooLarge(o *opened) {
	kept := keptBytes(t.options)
	isTooLarge := kept > t.options.RetentionBytes
	if isTooLarge && !o.upkeep.isTooLarge {
		t.options.Logger.Warn().Int64("bytes", kept).Int64("allowed", t.options.RetentionBytes).
			Uint64("series", o.db.Head().NumSeries()).Msg("history cannot be kept as small as --retention-size for so many series")
	}
	o.upkeep.isTooLarge = isTooLarge
}

// deleteBeyond has the library look for blocks, if there are some that it does not know yet or that are beyond the retention.
// By itself it looks only when it has written one, and there may be none to write.
func (t *TSDB) deleteBeyond(ctx context.Context, o *opened) error {
	if !t.blocksCame.Swap(false) && len(t.retention.beyond(o.db.Blocks())) == 0 {
		return nil
	}
	return o.db.CompactOOOHead(ctx) // of all that makes it look this does the least besides
}

// leastShortened is the shortest time whose samples are written into a block before it is due.
const leastShortened = time.Minute

// shortenLog writes the older half of what is only in the log into a block, again and again, while the log takes more than its
// part of the size. It seldom does where there is room for days: blocks are written each two hours.
func (t *TSDB) shortenLog(ctx context.Context, o *opened) error {
	head, isTooLong := o.db.Head(), func() bool { return o.db.Head().Size() > t.retention.forLog() }
	if !isTooLong() {
		return nil
	}
	for isTooLong() && ctx.Err() == nil {
		oldest, newest := head.MinTime(), head.MaxTime()
		half := (newest - oldest) / 2
		if half < leastShortened.Milliseconds() {
			break
		}
		// What comes from here on and is older belongs to the late samples, and whoever began before is waited for.
		head.SetMinValidTime(oldest + half)
		head.WaitForAppendersOverlapping(oldest + half - 1)
		if err := o.db.CompactHead(tsdb.NewRangeHeadWithIsolationDisabled(head, oldest, oldest+half-1)); err != nil {
			return fmt.Errorf("shorten the log: %w", err)
		}
	}
	return o.db.CompactOOOHead(ctx)
}

// wake has a block written if one is due, or so much was added that the log may have become too long.
func (o *opened) wake(options Options, added int) {
	head, shortest := o.db.Head(), options.shortestBlock()
	isMuch := o.upkeep.added.Add(int64(added))*mostLoggedBytes > options.RetentionBytes/(4*logPart)
	if isMuch || head.MaxTime()-head.MinTime() > shortest.Milliseconds()*3/2 {
		o.upkeep.wake()
	}
}

// mostLoggedBytes is what a sample takes in the log, and in the chunks beside it, or less.
const mostLoggedBytes = 16

func (u *upkeep) wake() {
	select {
	case u.due <- struct{}{}:
	default:
	}
}

func (u *upkeep) end() {
	if u != nil {
		u.cancel()
		<-u.ended
	}
}

// close ends the database. On a full disk the library cannot write its newest chunks, and panics: their samples are in the
// log. A log whose last page cannot be written stays open. What is left open is closed by finish.
func (o *opened) close() error {
	o.upkeep.end()
	err := salvage.Guarded(o.db.Close)
	o.unfinished = leftOpen(err)
	return errors.Join(o.log.close(), err)
}

// finish closes what close could not.
func (o *opened) finish() error {
	err := salvage.Guarded(o.db.Head().Close)
	o.unfinished = leftOpen(err)
	return err
}

// leftOpen says whether the end of a database may have left something open. What has ended before says so when it is ended
// again, which is no trouble.
func leftOpen(err error) bool {
	if joined, isJoined := err.(interface{ Unwrap() []error }); isJoined {
		return slices.ContainsFunc(joined.Unwrap(), leftOpen)
	}
	return err != nil && err.Error() != "wlog already closed" // the library has no name for it
}

func (o Options) shortestBlock() time.Duration {
	shortest, _ := blockDurations(o.RetentionTime)
	return shortest
}
