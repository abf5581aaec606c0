package history

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/record"

	"vitals/internal/history/salvage"
)

const seriesCopiedEach = time.Minute

// seriesCopy keeps the copy of the names of series up to date, see [salvage.CopySeries]. It is used by one goroutine.
type seriesCopy struct {
	root   string // the data folder
	newest chunks.HeadSeriesRef
	count  uint64        // of the series when it was looked last
	at     time.Time     // of that
	took   time.Duration // what it cost to write it
}

// due says whether there may be new series to copy: if there are more than before, at once, as long as that does not take
// more than a hundredth of the time; and each minute, because as many may have gone as came.
func (c *seriesCopy) due(db *tsdb.DB) bool {
	since := time.Since(c.at)
	return since >= seriesCopiedEach || db.Head().NumSeries() != c.count && since >= 100*c.took
}

// copySeries updates the copy. That it fails costs no data.
func (t *TSDB) copySeries(o *opened) {
	if err := t.copy.update(o.db); err != nil {
		t.options.Logger.Warn().Err(err).Msg("history: the copy of the names of series could not be written")
	}
}

// update writes the copy if there are new series: numbers are given away in order.
func (c *seriesCopy) update(db *tsdb.DB) error {
	c.at, c.count = time.Now(), db.Head().NumSeries()
	series, newest, err := c.added(db)
	if err != nil || newest == c.newest {
		return err
	}
	defer func() { c.took = time.Since(c.at) }()
	if err := salvage.CopySeries(c.root, series); err != nil {
		return fmt.Errorf("write the copy of the series: %w", err)
	}
	c.newest = newest
	return nil
}

// added lists the series of the head, if one of them is new.
func (c *seriesCopy) added(db *tsdb.DB) ([]record.RefSeries, chunks.HeadSeriesRef, error) {
	reader, err := db.Head().Index()
	if err != nil {
		return nil, 0, fmt.Errorf("list the series: %w", err)
	}
	defer func() { _ = reader.Close() }() // it was read only
	name, value := index.AllPostingsKey()
	postings, err := reader.Postings(context.Background(), name, value)
	if err != nil {
		return nil, 0, fmt.Errorf("list the series: %w", err)
	}
	refs, err := index.ExpandPostings(postings)
	if err != nil {
		return nil, 0, fmt.Errorf("list the series: %w", err)
	}
	newest := chunks.HeadSeriesRef(0)
	for _, ref := range refs {
		newest = max(newest, chunks.HeadSeriesRef(ref))
	}
	if newest == c.newest {
		return nil, newest, nil
	}
	series := make([]record.RefSeries, 0, len(refs))
	builder := labels.NewScratchBuilder(0)
	for _, ref := range refs {
		if err := reader.Series(ref, &builder, nil); err != nil {
			continue // gone meanwhile
		}
		series = append(series, record.RefSeries{Ref: chunks.HeadSeriesRef(ref), Labels: builder.Labels()})
	}
	return series, newest, nil
}
