package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"vitals/internal/bench"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// engine keeps rows and answers questions about them.
type engine interface {
	// append commits the rows of a second in one piece.
	append(rows []engineRow) error
	// settle waits until everything has the form in which it stays, and says how much of it that is.
	settle(ctx context.Context) (stored, error)
	// buckets asks for series from a time on, in 300 buckets with least, mean and most.
	buckets(ctx context.Context, columns []int, from metric.TimestampMs, seconds int) error
	close() error
}

// engineRow are the values of a host at an instant; NaN where there is none.
type engineRow struct {
	catalog   *hub.Catalog
	host      int
	timestamp metric.TimestampMs
	values    []float64
}

// stored says what takes how much room.
type stored struct {
	Bytes      int64 // of what has its final form
	Samples    int64 // in that
	Everything int64 // bytes of all files
}

// engineCommand runs an engine in a process of its own, so that its memory can be measured. It prints a line of figures.
type engineCommand struct {
	Kind    string        `required:"" enum:"vitals,wide,narrow"`
	Data    string        `required:""`
	Trace   string        `required:""`
	Hosts   int           `default:"1"`
	Series  int           `default:"60"`
	Seconds int           `default:"0"`
	Pace    time.Duration `default:"0s" help:"The least time for a simulated minute."`
	Queries int           `default:"0"`
	Stay    bool          `help:"Do not end, and do not close, until killed."`
}

// engineResult is what is printed.
type engineResult struct {
	Samples   int64
	OpenMs    float64
	AppendSec float64
	WorstMs   float64
	Stored    stored
	Day       []float64 // milliseconds of each query of a day of one series
	Hour      []float64 // milliseconds of each query of an hour of all series
}

// The simulated time begins here, at a full two hours.
const simulatedBegin = 1_780_272_000 // seconds

// Run prints the figures as JSON.
func (c *engineCommand) Run(ctx context.Context) error {
	recorded, err := readTrace(c.Trace)
	if err != nil {
		return err
	}
	series, err := recorded.series(c.Series)
	if err != nil {
		return err
	}
	var result engineResult
	began := time.Now()
	kept, err := c.open(ctx, series)
	if err != nil {
		return err
	}
	result.OpenMs = bench.Milliseconds(time.Since(began))
	err = c.measure(ctx, kept, recorded, series, &result)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if c.Stay && err == nil {
		<-ctx.Done()
		return nil
	}
	return errors.Join(err, kept.close())
}

func (c *engineCommand) open(ctx context.Context, series []metric.Series) (engine, error) {
	if c.Kind == "vitals" {
		return openVitals(c, series)
	}
	return openSQLite(ctx, filepath.Join(c.Data, "history.db"), c.Kind == "wide", len(series))
}

func (c *engineCommand) measure(ctx context.Context, kept engine, recorded *trace, series []metric.Series, result *engineResult) error {
	if err := c.feed(ctx, kept, recorded, series, result); err != nil {
		return err
	}
	debug.FreeOSMemory() // what the feeding left, which is faster than any life
	if c.Queries == 0 {
		return nil
	}
	var err error
	if result.Stored, err = kept.settle(ctx); err != nil {
		return err
	}
	if result.Day, err = c.ask(ctx, kept, []int{firstMetric(series, "cpu")}, 24*3600); err != nil {
		return err
	}
	all := make([]int, len(series))
	for i := range all {
		all[i] = i
	}
	result.Hour, err = c.ask(ctx, kept, all, 3600)
	return err
}

// feed appends second after second. Only the appending is timed, not the making of values.
func (c *engineCommand) feed(ctx context.Context, kept engine, recorded *trace, series []metric.Series, result *engineResult) error {
	rows := make([]engineRow, c.Hosts)
	for i, catalog := range catalogs(c.Hosts, series) {
		rows[i] = engineRow{catalog: catalog, host: i, values: make([]float64, len(series))}
	}
	minute := time.Now()
	for second := range c.Seconds {
		for i := range rows {
			samples, jitter := recorded.fill(rows[i].values, i, second)
			rows[i].timestamp = metric.TimestampMs((simulatedBegin+int64(second))*1000 + jitter)
			result.Samples += int64(samples)
		}
		began := time.Now()
		if err := kept.append(rows); err != nil {
			return err
		}
		took := time.Since(began)
		result.AppendSec += took.Seconds()
		result.WorstMs = max(result.WorstMs, bench.Milliseconds(took))
		if second%60 == 59 {
			if err := bench.Sleep(ctx, c.Pace-time.Since(minute)); err != nil {
				return err
			}
			minute = time.Now()
		}
	}
	return nil
}

// ask puts the same question over and over, about the newest of what was fed.
func (c *engineCommand) ask(ctx context.Context, kept engine, columns []int, seconds int) ([]float64, error) {
	seconds = min(seconds, c.Seconds)
	from := metric.TimestampMs((simulatedBegin + int64(c.Seconds-seconds)) * 1000)
	took := make([]float64, 0, c.Queries)
	limit := time.Now().Add(queriesTake)
	for len(took) < c.Queries && (len(took) < leastQueries || time.Now().Before(limit)) {
		began := time.Now()
		if err := kept.buckets(ctx, columns, from, seconds); err != nil {
			return nil, err
		}
		took = append(took, bench.Milliseconds(time.Since(began)))
	}
	return took, nil
}

const (
	queriesTake  = 10 * time.Second // at most, if leastQueries are done by then
	leastQueries = 20
)

// runEngine starts a process that does this, and reads its figures. The process lives on if it is told to stay.
func runEngine(ctx context.Context, arguments ...string) (*bench.Process, engineResult, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, engineResult{}, err
	}
	started, err := bench.Launch(ctx, own, append([]string{"engine"}, arguments...)...)
	if err != nil {
		return nil, engineResult{}, err
	}
	var result engineResult
	line, err := started.Line()
	if err == nil {
		err = json.Unmarshal([]byte(line), &result)
	}
	if err != nil {
		started.Stop()
		return nil, result, fmt.Errorf("measure %v: %w", arguments, err)
	}
	started.Discard()
	return started, result, nil
}

// bytesBelow adds up the files of a folder.
func bytesBelow(folder string) (sum int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return sum, err
}
