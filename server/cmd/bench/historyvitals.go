package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/bench"
	"vitals/internal/collect"
	"vitals/internal/history"
	"vitals/internal/metric"
)

// vitalsEngine is the store of the server.
type vitalsEngine struct {
	store  *history.TSDB
	folder string
	series []metric.Series
	rows   []history.Row
}

// The minute in which the store writes out its chunks is shortened as much as the simulated one.
const upkeepWhileFeeding = 100 * time.Millisecond

func openVitals(c *engineCommand, series []metric.Series) (*vitalsEngine, error) {
	now := time.Unix(simulatedBegin, 0).Add(time.Duration(c.Seconds)*time.Second + time.Minute)
	if c.Seconds == 0 {
		now = time.Unix(simulatedBegin, 0).Add(2 * time.Hour)
	}
	store, err := history.Open(history.Options{
		Dir: c.Data, Families: collect.Families(), RetentionBytes: 1 << 40, RetentionTime: 365 * 24 * time.Hour,
		Sync: history.SyncPolicy(time.Second), UpkeepEach: upkeepWhileFeeding, Logger: zerolog.Nop(),
		Clock: func() time.Time { return now },
	})
	if err != nil {
		return nil, err
	}
	return &vitalsEngine{store: store, folder: filepath.Join(c.Data, "history"), series: series}, nil
}

func (e *vitalsEngine) append(rows []engineRow) error {
	e.rows = e.rows[:0]
	for _, row := range rows {
		e.rows = append(e.rows, history.Row{Catalog: row.catalog, Timestamp: row.timestamp, Values: row.values})
	}
	_, err := e.store.Append(context.Background(), e.rows)
	return err
}

func (e *vitalsEngine) buckets(ctx context.Context, columns []int, from metric.TimestampMs, seconds int) error {
	selection := history.Selection{Host: "host-0", From: from, To: from + metric.TimestampMs(seconds*1000)}
	if len(columns) < len(e.series) {
		for _, column := range columns {
			selection.Metrics = append(selection.Metrics, metric.Glob(e.series[column].Metric))
		}
	}
	_, err := e.store.Query(ctx, history.Query{Selection: selection, Points: 300})
	return err
}

// settle waits for the blocks that are being written, for as long as there come new ones.
func (e *vitalsEngine) settle(ctx context.Context) (stored, error) {
	for blocks := -1; ; {
		found, count, err := e.measureBlocks()
		if err != nil {
			return found, err
		}
		if count == blocks {
			found.Everything, err = bytesBelow(e.folder)
			return found, err
		}
		blocks = count
		if err := bench.Sleep(ctx, time.Second); err != nil {
			return found, err
		}
	}
}

func (e *vitalsEngine) measureBlocks() (sum stored, blocks int, err error) {
	files, err := filepath.Glob(filepath.Join(e.folder, "*", "meta.json"))
	if err != nil {
		return stored{}, 0, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) { // a block that became part of a larger one
			continue
		}
		var meta struct{ Stats struct{ NumSamples int64 } }
		if err == nil {
			err = json.Unmarshal(text, &meta)
		}
		if err != nil {
			return stored{}, 0, err
		}
		bytes, err := bytesBelow(filepath.Dir(file))
		if err != nil {
			return stored{}, 0, err
		}
		sum.Bytes, sum.Samples = sum.Bytes+bytes, sum.Samples+meta.Stats.NumSamples
		blocks++
	}
	return sum, blocks, nil
}

func (e *vitalsEngine) close() error { return e.store.Close() }
