package history

import (
	"cmp"
	"context"
	"log/slog" //nolint:depguard // the library's compactor logs to nothing else
	"math"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// merger makes one block of several as the library does, but none that is too large for the size that history may have: only
// whole blocks are deleted, and while one is made of others all are on the disk.
type merger struct {
	*tsdb.LeveledCompactor

	retention *retention
}

func (r *retention) newMerger(
	ctx context.Context, registerer prometheus.Registerer, logger *slog.Logger, ranges []int64, pool chunkenc.Pool, options *tsdb.Options,
) (tsdb.Compactor, error) {
	usual, err := tsdb.NewLeveledCompactorWithOptions(ctx, registerer, logger, ranges, pool, tsdb.LeveledCompactorOptions{
		MaxBlockChunkSegmentSize: options.MaxBlockChunkSegmentSize, EnableOverlappingCompaction: options.EnableOverlappingCompaction,
	})
	return &merger{usual, r}, err
}

// Plan implements [tsdb.Compactor].
func (m *merger) Plan(dir string) ([]string, error) {
	plan, err := m.LeveledCompactor.Plan(dir)
	if err != nil || m.retention.mayMerge(plan) {
		return plan, err
	}
	return nil, nil
}

// mayMerge says whether the blocks in these folders may become one: if it is not too large, or if they overlap, which makes
// them slow to read.
func (r *retention) mayMerge(folders []string) bool {
	r.mu.Lock()
	db, mostBytes := r.db, r.maxBytes/sparePart
	r.mu.Unlock()
	if db == nil {
		return true
	}
	blocks := slices.DeleteFunc(slices.Clone(db.Blocks()), func(block *tsdb.Block) bool { return !slices.Contains(folders, block.Dir()) })
	slices.SortFunc(blocks, func(a, b *tsdb.Block) int { return cmp.Compare(a.MinTime(), b.MinTime()) })
	bytes, end := int64(0), int64(math.MinInt64)
	for _, block := range blocks {
		if block.MinTime() < end {
			return true
		}
		bytes, end = bytes+block.Size(), block.MaxTime()
	}
	return bytes <= mostBytes
}
