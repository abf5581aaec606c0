package history

import (
	"context"
	"math"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"

	"vitals/internal/history/salvage"
)

// blockCount is what all blocks say of themselves.
type blockCount struct {
	blocks      int
	samples     uint64
	bytes       int64
	latestPerMs float64 // samples in the newest block
}

func blockCountOf(o *opened) blockCount {
	var count blockCount
	newest := int64(math.MinInt64)
	for _, block := range o.db.Blocks() {
		meta := block.Meta()
		count.blocks++
		count.samples += meta.Stats.NumSamples
		count.bytes += block.Size()
		if span := meta.MaxTime - meta.MinTime; meta.MaxTime > newest && span > 0 && !meta.Compaction.FromOutOfOrder() {
			newest, count.latestPerMs = meta.MaxTime, float64(meta.Stats.NumSamples)/float64(span)
		}
	}
	return count
}

// headCount is what the head holds.
type headCount struct {
	samples uint64
	bytes   uint64 // that its chunks will take in a block
	spanMs  int64
}

// What a chunk takes in a block beside its data: its checksum, its length and its entry in the index.
const chunkOverheadBytes = 16

// countHead goes through the chunks of the head. What leaves meanwhile is not counted.
func countHead(o *opened) headCount {
	head := o.db.Head()
	count := headCount{spanMs: head.MaxTime() - head.MinTime()}
	_ = eachChunk(tsdb.NewRangeHead(head, math.MinInt64, math.MaxInt64), labels.Label{}, func(reader tsdb.ChunkReader, meta chunks.Meta) {
		if chunk, _, err := reader.ChunkOrIterable(meta); err == nil && chunk != nil {
			count.samples += uint64(chunk.NumSamples())
			count.bytes += uint64(len(chunk.Bytes()) + chunkOverheadBytes)
		}
	})
	return count
}

// eachChunk calls the function with each chunk of the series that have a label; of all series for the zero label. It ends at
// what cannot be read.
func eachChunk(block tsdb.BlockReader, having labels.Label, found func(tsdb.ChunkReader, chunks.Meta)) error {
	return salvage.Guarded(func() error { return eachChunkOf(block, having, found) })
}

func eachChunkOf(block tsdb.BlockReader, having labels.Label, found func(tsdb.ChunkReader, chunks.Meta)) error {
	series, err := block.Index()
	if err != nil {
		return err
	}
	defer func() { _ = series.Close() }() // it was read only
	data, err := block.Chunks()
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }() // it was read only
	if having.Name == "" {
		having.Name, having.Value = index.AllPostingsKey()
	}
	postings, err := series.Postings(context.Background(), having.Name, having.Value)
	if err != nil {
		return err
	}
	var builder labels.ScratchBuilder
	var metas []chunks.Meta
	for postings.Next() {
		if series.Series(postings.At(), &builder, &metas) != nil {
			continue // it left meanwhile
		}
		for _, meta := range metas {
			found(data, meta)
		}
	}
	return postings.Err()
}

// span is from the oldest to the newest sample; the other way round if there is none.
func span(o *opened) (oldest, newest int64) {
	oldest, newest = o.db.Head().MinTime(), o.db.Head().MaxTime()
	for _, block := range o.db.BlockMetas() {
		oldest, newest = min(oldest, block.MinTime), max(newest, block.MaxTime-1)
	}
	return oldest, newest
}
