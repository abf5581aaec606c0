package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"

	"vitals/internal/metric"
)

// Contents is what a snapshot was found to hold.
type Contents struct {
	Blocks         int
	Series         int // in the block that has most; those of two blocks are mostly the same
	Samples        uint64
	Oldest, Newest metric.TimestampMs // 0 if there is nothing
	Damaged        []string           // the blocks with something that does not verify, and what
}

// Verify reads all of a snapshot and checks every sum in it. It changes nothing. What is damaged is no error: it may have been
// damaged in what the snapshot is of, and the rest is good.
func Verify(ctx context.Context, dir string) (Contents, error) {
	contents := Contents{Oldest: math.MaxInt64}
	version, err := readVersion(dir)
	if err != nil {
		return Contents{}, err
	}
	if version != folderVersion {
		return Contents{}, fmt.Errorf("verify %s: its version is missing or damaged", dir)
	}
	entries, err := os.ReadDir(filepath.Join(dir, storeFolder))
	if err != nil {
		return Contents{}, fmt.Errorf("verify: %w", err)
	}
	for _, entry := range entries {
		if _, err := ulid.ParseStrict(entry.Name()); err != nil {
			continue
		}
		if err := contents.addBlock(ctx, filepath.Join(dir, storeFolder, entry.Name())); err != nil {
			contents.Damaged = append(contents.Damaged, entry.Name()+": "+err.Error())
		}
		if err := ctx.Err(); err != nil {
			return Contents{}, err
		}
	}
	if contents.Samples == 0 {
		contents.Oldest = 0
	}
	return contents, nil
}

// addBlock reads a block to its end.
func (c *Contents) addBlock(ctx context.Context, path string) (err error) {
	block, err := tsdb.OpenBlock(nil, path, nil, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, block.Close()) }()
	read, err := readBlock(ctx, block)
	meta := block.Meta()
	c.Blocks++
	c.Samples += read.Samples
	c.Series = max(c.Series, read.Series)
	c.Oldest, c.Newest = min(c.Oldest, read.Oldest), max(c.Newest, read.Newest)
	isWhole := read.Samples == meta.Stats.NumSamples && uint64(read.Series) == meta.Stats.NumSeries
	if err == nil && !isWhole {
		err = fmt.Errorf("it has %d samples of %d series; it should have %d of %d",
			read.Samples, read.Series, meta.Stats.NumSamples, meta.Stats.NumSeries)
	}
	return err
}

// readBlock counts what is in a block. The library checks the sum of each piece that it reads.
func readBlock(ctx context.Context, block *tsdb.Block) (read Contents, err error) {
	read.Oldest = math.MaxInt64
	indexed, err := block.Index()
	if err != nil {
		return read, err
	}
	defer func() { err = errors.Join(err, indexed.Close()) }()
	chunked, err := block.Chunks()
	if err != nil {
		return read, err
	}
	defer func() { err = errors.Join(err, chunked.Close()) }()
	name, value := index.AllPostingsKey()
	postings, err := indexed.Postings(ctx, name, value)
	if err != nil {
		return read, err
	}
	var damaged error // the first chunk that is
	var builder labels.ScratchBuilder
	var metas []chunks.Meta
	for postings.Next() {
		if err := ctx.Err(); err != nil {
			return read, err
		}
		if err := indexed.Series(postings.At(), &builder, &metas); err != nil {
			return read, err
		}
		read.Series++
		for _, meta := range metas {
			chunk, _, err := chunked.ChunkOrIterable(meta)
			if err != nil {
				damaged = cmp.Or(damaged, err)
				continue
			}
			read.Samples += uint64(chunk.NumSamples())
			read.Oldest = min(read.Oldest, metric.TimestampMs(meta.MinTime))
			read.Newest = max(read.Newest, metric.TimestampMs(meta.MaxTime))
		}
	}
	return read, errors.Join(postings.Err(), damaged)
}
