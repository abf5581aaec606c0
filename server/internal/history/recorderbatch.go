package history

import (
	"context"
	"fmt"
	"slices"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// batchOfTicks is what one commit writes.
type batchOfTicks struct {
	rows    []Row // of the hub; kept until they are committed
	samples int
	reached uint64 // the serial up to which the rows go
	skipped uint64 // ticks that the hub had forgotten before they were read
	behind  uint64 // the serial of a tick before which some were skipped; 0 if none were

	late        []Row // of Append
	lateWaiters []*waiter
}

// A commit has at most about so many samples, so that whoever waits does not wait for a whole past.
const maxBatchSamples = 1 << 17

// The room for so many rows is kept for the next commit.
const usualRows = 1 << 12

func (b *batchOfTicks) isEmpty() bool { return len(b.rows) == 0 && len(b.late) == 0 }

// gather takes what the hub has, and what was given to Append. It says whether there is more. After a failed commit the
// rows are still there and no others are taken.
func (r *Recorder) gather() (more bool) {
	r.mu.Lock()
	r.batch.late, r.batch.lateWaiters = r.late.take()
	r.mu.Unlock()
	if len(r.batch.rows) > 0 {
		return true
	}
	horizon := r.options.Bus.Serial() // what is published by now is delivered before Next has nothing
	for r.batch.samples < maxBatchSamples {
		delivery, found := r.subscription.Next()
		if !found {
			r.batch.reached = max(r.batch.reached, horizon)
			return false
		}
		r.batch.add(delivery)
	}
	return true
}

func (b *batchOfTicks) add(delivery hub.Delivery) {
	tick := delivery.Tick
	b.rows = append(b.rows, Row{Catalog: tick.Catalog, Timestamp: tick.Timestamp, Columns: tick.Columns, Values: tick.Values})
	b.samples += 1 + len(tick.Values)
	b.reached = tick.Serial
	if delivery.Skipped > 0 {
		b.skipped += delivery.Skipped
		b.behind = tick.Serial
	}
}

// commit writes the batch, and tells those who wait for what is in it.
func (r *Recorder) commit(ctx context.Context) error {
	b := &r.batch
	rows := b.rows
	if len(b.late) > 0 {
		rows = append(slices.Clip(rows), b.late...)
	}
	done, err := r.store.Append(ctx, rows)
	for _, late := range b.lateWaiters {
		late.done <- err // holds one, and nobody else sends
	}
	b.late, b.lateWaiters = nil, nil
	if err != nil {
		return r.fail(err)
	}
	r.recovered()
	r.settle(done)
	return nil
}

// settle notes that the batch is in the store.
func (r *Recorder) settle(done Appended) {
	b := &r.batch
	r.mu.Lock()
	r.reached = max(r.reached, b.reached)
	r.lost = max(r.lost, b.behind)
	r.status.count(done, b.skipped, r.options.Clock())
	r.releaseReached()
	r.mu.Unlock()
	if b.skipped > 0 {
		r.options.Logger.Warn().Uint64("updates", b.skipped).Msg("history fell behind and left out updates")
	}
	clear(b.rows)
	*b = batchOfTicks{rows: b.rows[:0], reached: b.reached}
	if cap(b.rows) > usualRows {
		b.rows = nil // of a burst
	}
}

// recovered notes that the store can be written.
func (r *Recorder) recovered() {
	now := r.options.Clock()
	r.mu.Lock()
	s := &r.status
	s.commits, s.newest = s.commits+1, now
	since, failed := s.since, s.failure != nil
	if failed {
		s.failure = nil
		s.turn(StateRecording, now)
	}
	r.mu.Unlock()
	if failed {
		r.options.Logger.Info().Dur("after", now.Sub(since)).Msg("history is recorded again")
	}
}

// fail notes that the store cannot write, and tells everybody who waits.
func (r *Recorder) fail(err error) error {
	r.mu.Lock()
	news := r.status.fail(err, r.options.Clock())
	r.release(err)
	r.mu.Unlock()
	if news {
		r.options.Logger.Error().Err(err).Msg("history cannot be recorded; live values go on")
	}
	return err
}

func (r *Recorder) isFailing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status.failure != nil
}

// lateQueue is what was given to Append and is not in a batch yet.
type lateQueue struct {
	rows    []Row
	waiters []*waiter
	indexes map[string]lateIndex // by host
}

// lateIndex finds the columns of a host's catalogue.
type lateIndex struct {
	catalog *hub.Catalog
	columns map[string]int32
}

const (
	maxLateRows    = 200_000 // that wait; some 30 MB
	maxLateIndexes = 256
)

func (q *lateQueue) take() (rows []Row, waiters []*waiter) {
	rows, waiters = q.rows, q.waiters
	q.rows, q.waiters = nil, nil
	return rows, waiters
}

// enqueue puts updates into the next commit.
func (r *Recorder) enqueue(updates []metric.Update, added *waiter) error {
	catalogs := make([]*hub.Catalog, len(updates)) // asked without the lock: the hub calls noteChange under its own
	for i, update := range updates {
		catalogs[i], _ = r.options.Bus.Catalog(update.Host)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.status.ready(); err != nil {
		return err
	}
	if len(r.late.rows) > maxLateRows {
		return fmt.Errorf("%w: too many late events wait for it", ErrUnavailable)
	}
	for i, update := range updates {
		r.late.add(update, catalogs[i])
	}
	r.late.waiters = append(r.late.waiters, added)
	return nil
}

// add makes a row of each event: those of one series may be many and of one instant.
func (q *lateQueue) add(update metric.Update, catalog *hub.Catalog) {
	columns := q.index(update.Host, catalog)
	for _, event := range update.Events {
		row := Row{Catalog: catalog, Timestamp: event.Timestamp, Values: []float64{event.Value}}
		if column, known := columns[event.Metric]; known {
			row.Columns = []int32{column}
		} else {
			row.Catalog = &hub.Catalog{Host: update.Host, Series: []metric.Series{seriesOf(update, event.Metric)}}
		}
		q.rows = append(q.rows, row)
	}
}

func (q *lateQueue) index(host string, catalog *hub.Catalog) map[string]int32 {
	if catalog == nil {
		return nil
	}
	if found := q.indexes[host]; found.catalog == catalog {
		return found.columns
	}
	if q.indexes == nil || len(q.indexes) >= maxLateIndexes {
		q.indexes = make(map[string]lateIndex)
	}
	made := lateIndex{catalog, make(map[string]int32, len(catalog.Series))}
	for column, series := range catalog.Series {
		made.columns[series.Metric] = int32(column)
	}
	q.indexes[host] = made
	return made.columns
}

// seriesOf is what an update says of one of its series.
func seriesOf(update metric.Update, name string) metric.Series {
	for _, series := range update.Series {
		if series.Metric == name {
			return series
		}
	}
	return metric.Series{Metric: name, Family: name, Kind: metric.Gauge, Custom: true}
}
