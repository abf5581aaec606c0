package history

import (
	"context"
	"errors"
	"math"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"vitals/internal/history/salvage"
)

// Append implements [Store].
func (t *TSDB) Append(ctx context.Context, rows []Row) (Appended, error) {
	if err := ctx.Err(); err != nil {
		return Appended{}, err
	}
	t.appending.Lock()
	defer t.appending.Unlock()
	done, err := t.appendRows(rows)
	if err == nil && done.TooOld > 0 && t.aheadOfClock() {
		if err = t.putFutureAside(ctx); err == nil {
			done, err = t.appendRows(rows)
		}
	}
	if err != nil {
		return Appended{}, err
	}
	t.usage.appended(done.Samples)
	t.noteNewest(rows)
	t.takeFutureBack()
	return done, nil
}

func (t *TSDB) noteNewest(rows []Row) {
	latest := t.options.Clock().Add(MaxAhead).UnixMilli()
	for _, row := range rows {
		if timestamp := int64(row.Timestamp); timestamp <= latest {
			t.newest.note(row.Catalog.Host, timestamp)
		}
	}
}

// appendRows commits the rows. The lock of appending must be held.
func (t *TSDB) appendRows(rows []Row) (Appended, error) {
	o, err := t.writable()
	if err != nil {
		return Appended{}, err
	}
	batch := &batch{store: t, opened: o, newest: t.options.Clock().Add(MaxAhead).UnixMilli()}
	for _, row := range rows {
		if err := batch.addRow(row); err != nil {
			return Appended{}, batch.fail(err)
		}
	}
	if err := batch.commit(); err != nil {
		return Appended{}, batch.fail(err)
	}
	if err := batch.sortIn(); err != nil {
		return Appended{}, batch.fail(err)
	}
	if err := o.log.wrote(len(batch.late) > 0); err != nil {
		return Appended{}, t.giveUp(err)
	}
	o.wake(t.options, batch.done.Samples)
	if t.copy.due(o.db) {
		t.copySeries(o)
	}
	return batch.done, nil
}

// batch is what one append commits.
type batch struct {
	store    *TSDB
	opened   *opened
	appender storage.Appender // nil until there is a sample
	newest   int64            // timestamps beyond it are refused
	late     []lateSample
	done     Appended
}

func (b *batch) addRow(row Row) error {
	timestamp := int64(row.Timestamp)
	series := b.store.bind(row.Catalog)
	for i, measured := range row.Values {
		if math.IsNaN(measured) {
			continue
		}
		if timestamp > b.newest {
			b.done.TooNew++
			continue
		}
		column := i
		if row.Columns != nil {
			column = int(row.Columns[i])
		}
		if err := b.add(series[column], timestamp, measured); err != nil {
			return err
		}
	}
	return nil
}

// add appends a sample if it is the newest of its series, and puts it by otherwise.
func (b *batch) add(series *storedSeries, timestamp int64, measured float64) error {
	stored := series.rounding.Stored(measured)
	switch {
	case !series.known || timestamp < series.newest:
		b.late = append(b.late, lateSample{series, timestamp, stored})
		return nil
	case timestamp == series.newest:
		b.count(math.Float64bits(stored) == math.Float64bits(series.newestValue))
		return nil
	}
	if err := b.append(series, timestamp, stored); err != nil {
		return err
	}
	series.newest, series.newestValue = timestamp, stored
	return nil
}

func (b *batch) count(equal bool) {
	if equal {
		b.done.Samples++
	} else {
		b.done.Conflicts++
	}
}

// append hands a sample to the library.
func (b *batch) append(series *storedSeries, timestamp int64, stored float64) error {
	if b.appender == nil {
		b.appender = b.opened.db.Appender(context.Background())
	}
	ref, err := b.appender.Append(series.ref, series.labels, timestamp, stored)
	switch {
	case err == nil:
		series.ref = ref
		b.done.Samples++
	case errors.Is(err, storage.ErrTooOldSample), errors.Is(err, storage.ErrOutOfBounds):
		b.done.TooOld++
	case errors.Is(err, storage.ErrDuplicateSampleForTimestamp):
		b.done.Conflicts++
	default:
		return err
	}
	return nil
}

func (b *batch) commit() error {
	if b.appender == nil {
		return nil
	}
	err := salvage.Guarded(b.appender.Commit) // it panics where a chunk of late samples cannot be written
	b.appender = nil
	if err != nil {
		return err
	}
	return b.opened.lostLate.err()
}

// fail gives the database up, and says why.
func (b *batch) fail(cause error) error {
	if b.appender != nil {
		_ = b.appender.Rollback() // it writes the new series at most; the database is closed next
	}
	return b.store.giveUp(cause)
}

// Silence implements [Store].
func (t *TSDB) Silence(ctx context.Context, host string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.appending.Lock()
	defer t.appending.Unlock()
	o, err := t.writable()
	if err != nil {
		return err
	}
	batch := &batch{store: t, opened: o}
	if err := batch.end(t.hosts[host]); err != nil {
		return batch.fail(err)
	}
	if err := batch.commit(); err != nil {
		return batch.fail(err)
	}
	if err := o.log.wrote(false); err != nil {
		return t.giveUp(err)
	}
	return nil
}

// end appends the marks that end series.
func (b *batch) end(host *hostSeries) error {
	if host == nil {
		return nil
	}
	stale := math.Float64frombits(value.StaleNaN)
	for _, series := range host.byKey {
		if !series.known || value.IsStaleNaN(series.newestValue) {
			continue
		}
		if err := b.append(series, series.newest+1, stale); err != nil {
			return err
		}
		series.newest, series.newestValue = series.newest+1, stale
	}
	return nil
}
