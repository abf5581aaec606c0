package salvage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
)

const (
	blockMetaFile  = "meta.json"
	blockIndexFile = "index"
	blockChunks    = "chunks"
)

// recoverBlocks verifies the blocks: all that says what is in them and where, but not the samples themselves, which are
// verified as they are read. A block whose description is damaged gets a new one from its index; a block whose index is
// damaged keeps the series that can be read. What that replaces, and a block of which nothing can be read, is put aside.
func (f *folder) recoverBlocks() error {
	entries, err := readFolder(f.store)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if id, err := ulid.ParseStrict(entry.Name()); err == nil && entry.IsDir() {
			if err := f.recoverBlock(filepath.Join(f.store, entry.Name()), id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *folder) recoverBlock(dir string, id ulid.ULID) error {
	problem := checkBlock(dir, id)
	if problem == nil {
		return nil
	}
	if OutOfSpace(problem) || errors.Is(problem, os.ErrPermission) {
		return problem
	}
	if repaired := f.describeBlock(dir, id); repaired == nil {
		return nil
	} else if OutOfSpace(repaired) {
		return repaired
	}
	defer func() { _ = os.RemoveAll(filepath.Join(f.root, "block"+rewrittenSuffix)) }() // what is left is removed the next time
	fresh, err := f.rebuildBlock(dir, id)
	if OutOfSpace(err) {
		return err
	}
	if err != nil {
		return f.quarantine.Move(dir, fmt.Sprintf("%v; nothing of it can be used", problem))
	}
	// The new one comes first: whatever ends this between the two, nothing that can be read is missing.
	if fresh != "" {
		if err := os.Rename(fresh, filepath.Join(f.store, filepath.Base(fresh))); err != nil {
			return fmt.Errorf("replace a block: %w", err)
		}
		if err := SyncFolder(f.store); err != nil {
			return err
		}
	}
	return f.quarantine.Move(dir, fmt.Sprintf("%v; what can be read of it was written anew", problem))
}

// checkBlock says what is wrong with a block.
func checkBlock(dir string, id ulid.ULID) (err error) {
	if err := checkChunkFiles(filepath.Join(dir, blockChunks)); err != nil {
		return err
	}
	if _, err := readMeta(dir); err != nil {
		return err
	}
	return Guarded(func() error {
		block, err := tsdb.OpenBlock(nil, dir, nil, nil)
		if err != nil {
			return err
		}
		defer func() { _ = block.Close() }() // it was read only
		meta := block.Meta()
		if meta.ULID != id {
			return fmt.Errorf("it says that it is %s", meta.ULID)
		}
		reader, err := block.Index()
		if err != nil {
			return err
		}
		defer func() { _ = reader.Close() }() // it was read only
		contents, err := readIndex(reader)
		if err != nil {
			return err
		}
		if contents.unreadable > 0 {
			return fmt.Errorf("%d of %d series cannot be read", contents.unreadable, contents.series)
		}
		if contents.series > 0 && !contents.within(meta) {
			return fmt.Errorf("it says that it is of %d to %d, its samples are of %d to %d",
				meta.MinTime, meta.MaxTime, contents.from, contents.to)
		}
		return nil
	})
}

// checkChunkFiles sees to it that the files are numbered without a gap: the library counts them, so that after one that is
// missing it would take the chunks of one series for those of another.
func checkChunkFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	next := 1
	for _, entry := range entries {
		if _, err := strconv.ParseUint(entry.Name(), 10, 64); err != nil {
			continue
		}
		if entry.Name() != fmt.Sprintf("%06d", next) || !entry.Type().IsRegular() {
			return fmt.Errorf("file %d of its chunks is missing", next)
		}
		next++
	}
	return nil
}

// indexContents is what the index of a block says.
type indexContents struct {
	series, unreadable int
	chunks             uint64
	from, to           int64 // of its chunks, both included
}

// within says whether a description can be that of a block with this index. Its time is that of the samples, rounded outwards
// to the shortest block: a wrong end would keep the store from taking samples of now.
func (c indexContents) within(meta tsdb.BlockMeta) bool {
	return c.from >= meta.MinTime && c.to < meta.MaxTime && c.from-meta.MinTime <= mostRoundedMs && meta.MaxTime-c.to <= mostRoundedMs
}

const mostRoundedMs = 2 * 3600 * 1000

// readIndex reads all of an index.
func readIndex(reader tsdb.IndexReader) (indexContents, error) {
	name, value := index.AllPostingsKey()
	postings, err := reader.Postings(context.Background(), name, value)
	if err != nil {
		return indexContents{}, err
	}
	contents := readSeries(reader, postings)
	return contents, errors.Join(postings.Err(), readPostings(reader))
}

// readSeries reads the series of an index.
func readSeries(reader tsdb.IndexReader, postings index.Postings) indexContents {
	contents := indexContents{from: math.MaxInt64, to: math.MinInt64}
	builder := labels.NewScratchBuilder(0)
	var metas []chunks.Meta
	for postings.Next() {
		contents.series++
		if err := reader.Series(postings.At(), &builder, &metas); err != nil {
			contents.unreadable++
			continue
		}
		for _, meta := range metas {
			contents.chunks++
			contents.from, contents.to = min(contents.from, meta.MinTime), max(contents.to, meta.MaxTime)
		}
	}
	return contents
}

// readPostings reads what leads from labels to series.
func readPostings(reader tsdb.IndexReader) error {
	ctx := context.Background()
	names, err := reader.LabelNames(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		values, err := reader.LabelValues(ctx, name, nil)
		if err != nil {
			return err
		}
		if _, err := reader.Postings(ctx, name, values...); err != nil {
			return err
		}
	}
	return nil
}

// describeBlock writes the description of a block anew, if everything else of it is right.
func (f *folder) describeBlock(dir string, id ulid.ULID) error {
	meta, err := metaOf(dir, id)
	if err != nil {
		return err
	}
	encoded, err := json.MarshalIndent(meta, "", "\t")
	if err != nil {
		return err
	}
	return f.redescribe(dir, id, encoded)
}

// redescribe tries a description, and keeps the old one if the block is not right with it either.
func (f *folder) redescribe(dir string, id ulid.ULID, encoded []byte) error {
	trial := filepath.Join(f.root, "block"+rewrittenSuffix)
	if err := os.RemoveAll(trial); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(trial) }() // what is left is removed the next time
	if err := linkBlock(dir, trial, encoded); err != nil {
		return err
	}
	if err := checkBlock(trial, id); err != nil {
		return err
	}
	path := filepath.Join(dir, blockMetaFile)
	if _, err := os.Lstat(path); err == nil {
		if err := f.quarantine.keep(path, "the description of a block is damaged; it was written anew"); err != nil {
			return err
		}
	} else {
		f.quarantine.report(path, "the description of a block is missing; it was written anew")
	}
	if err := os.Rename(filepath.Join(trial, blockMetaFile), path); err != nil {
		return err
	}
	return SyncFolder(dir)
}

// linkBlock makes a block of the files of another with another description.
func linkBlock(from, to string, meta []byte) error {
	if err := os.MkdirAll(filepath.Join(to, blockChunks), 0o700); err != nil {
		return err
	}
	files := []string{blockIndexFile, "tombstones"}
	entries, err := os.ReadDir(filepath.Join(from, blockChunks))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		files = append(files, filepath.Join(blockChunks, entry.Name()))
	}
	for _, file := range files {
		if err := os.Link(filepath.Join(from, file), filepath.Join(to, file)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.WriteFile(filepath.Join(to, blockMetaFile), meta, 0o600)
}

// readMeta reads the description of a block, to the letter: the library leaves out what it does not know, which a flipped bit
// may have made of what it does.
func readMeta(dir string) (*tsdb.BlockMeta, error) {
	content, err := os.ReadFile(filepath.Join(dir, blockMetaFile))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	meta := &tsdb.BlockMeta{}
	if err := decoder.Decode(meta); err != nil {
		return nil, fmt.Errorf("its description cannot be read: %w", err)
	}
	for _, hint := range meta.Compaction.Hints {
		if !slices.Contains(blockHints, hint) {
			return nil, fmt.Errorf("its description has a hint %q", hint)
		}
	}
	return meta, nil
}

var blockHints = []string{
	tsdb.CompactionHintFromOutOfOrder, tsdb.CompactionHintFromStaleSeries, tsdb.CompactionHintFromSelectedSeries,
}

// compactionOf says where the samples of a block come from. The library takes it that a block has all samples of its time, and
// leaves out those of the log, unless it is made of late samples: whether it is must not be forgotten, and where that is not
// known all of the log is read.
func compactionOf(dir string, id ulid.ULID) tsdb.BlockMetaCompaction {
	compaction := tsdb.BlockMetaCompaction{Level: 1, Sources: []ulid.ULID{id}}
	if meta, err := readMeta(dir); err == nil {
		compaction.Hints = meta.Compaction.Hints
	} else {
		compaction.SetOutOfOrder()
	}
	return compaction
}

// metaOf is a description of a block as its index has it.
func metaOf(dir string, id ulid.ULID) (*tsdb.BlockMeta, error) {
	var contents indexContents
	err := Guarded(func() error {
		reader, err := index.NewFileReader(filepath.Join(dir, blockIndexFile), index.DecodePostingsRaw)
		if err != nil {
			return err
		}
		defer func() { _ = reader.Close() }() // it was read only
		contents, err = readIndex(reader)
		return err
	})
	if err != nil {
		return nil, err
	}
	if contents.chunks == 0 || contents.unreadable > 0 {
		return nil, errors.New("its index cannot be read")
	}
	return &tsdb.BlockMeta{
		ULID: id, MinTime: contents.from, MaxTime: contents.to + 1, Version: 1,
		Stats:      tsdb.BlockStats{NumSeries: uint64(contents.series), NumChunks: contents.chunks},
		Compaction: compactionOf(dir, id),
	}, nil
}
