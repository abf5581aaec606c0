package salvage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/tombstones"
)

// rebuildBlock writes what can be read of a block into a new one, outside of the store, and gives its folder; "" if nothing
// can be read.
func (f *folder) rebuildBlock(dir string, id ulid.ULID) (fresh string, err error) {
	err = Guarded(func() error {
		fresh, err = f.rebuild(dir, id)
		return err
	})
	return fresh, err
}

func (f *folder) rebuild(dir string, id ulid.ULID) (string, error) {
	if err := checkChunkFiles(filepath.Join(dir, blockChunks)); err != nil {
		return "", err
	}
	outside := filepath.Join(f.root, "block"+rewrittenSuffix)
	if err := os.RemoveAll(outside); err != nil {
		return "", err
	}
	if err := copyChunks(filepath.Join(dir, blockChunks), filepath.Join(outside, blockChunks)); err != nil {
		return "", err
	}
	file, err := index.NewFileReader(filepath.Join(dir, blockIndexFile), index.DecodePostingsRaw)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was read only
	bytes, err := chunks.NewDirReader(filepath.Join(outside, blockChunks), nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = bytes.Close() }() // it was read only
	reader := damagedIndex{file, bytes, readableSeries(file)}
	contents := readSeries(reader, index.NewListPostings(reader.series))
	if contents.chunks == 0 {
		return "", errors.New("no series of it can be read")
	}
	return write(outside, damagedBlock{
		index: reader, chunks: bytes,
		meta: tsdb.BlockMeta{ULID: id, MinTime: contents.from, MaxTime: contents.to + 1, Compaction: compactionOf(dir, id)},
	})
}

// chunksHeader begins each file of chunks of a block.
var chunksHeader = []byte{0x85, 0xbd, 0x40, 0xdd, 1, 0, 0, 0}

// copyChunks copies files of chunks with a right beginning each. The chunks have checksums of their own.
func copyChunks(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(to, entry.Name())
		if err := copyFile(filepath.Join(from, entry.Name()), path); err != nil {
			return err
		}
		if err := writeStart(path, chunksHeader); err != nil {
			return err
		}
	}
	return nil
}

func writeStart(path string, start []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(start, 0)
	return errors.Join(err, file.Close())
}

// seriesAlignment is what the places of series in an index are multiples of.
const seriesAlignment = 16

// readableSeries finds the series of an index that verify, wherever they are: the list of them may be damaged too.
func readableSeries(reader *index.Reader) []storage.SeriesRef {
	builder := labels.NewScratchBuilder(0)
	var found []storage.SeriesRef
	var metas []chunks.Meta
	for ref := int64(1); ref*seriesAlignment < reader.Size(); ref++ {
		if reader.Series(storage.SeriesRef(ref), &builder, &metas) == nil && len(metas) > 0 && builder.Labels().Len() > 0 {
			found = append(found, storage.SeriesRef(ref))
		}
	}
	return found
}

// write writes a block that can be read into a new one.
func write(outside string, block damagedBlock) (string, error) {
	width := block.meta.MaxTime - block.meta.MinTime
	compactor, err := tsdb.NewLeveledCompactor(context.Background(), nil, nil, []int64{max(width, 1)}, nil, nil)
	if err != nil {
		return "", err
	}
	written, err := compactor.Write(outside, block, block.meta.MinTime, block.meta.MaxTime, &block.meta)
	if err != nil {
		return "", err
	}
	if len(written) == 0 {
		return "", nil
	}
	fresh := filepath.Join(outside, written[0].String())
	if err := checkBlock(fresh, written[0]); err != nil {
		return "", fmt.Errorf("what was written anew is not right: %w", err)
	}
	return fresh, nil
}

// damagedBlock is a block of which only some can be read.
type damagedBlock struct {
	index  damagedIndex
	chunks tsdb.ChunkReader
	meta   tsdb.BlockMeta
}

// Index implements tsdb.BlockReader.
func (b damagedBlock) Index() (tsdb.IndexReader, error) { return b.index, nil }

// Chunks implements tsdb.BlockReader.
func (b damagedBlock) Chunks() (tsdb.ChunkReader, error) { return openChunks{b.chunks}, nil }

// Tombstones implements tsdb.BlockReader.
func (b damagedBlock) Tombstones() (tombstones.Reader, error) {
	return tombstones.NewMemTombstones(), nil
}

// Meta implements tsdb.BlockReader.
func (b damagedBlock) Meta() tsdb.BlockMeta { return b.meta }

// Size implements tsdb.BlockReader.
func (damagedBlock) Size() int64 { return 0 }

// damagedIndex leaves out what cannot be read.
type damagedIndex struct {
	tsdb.IndexReader
	chunks tsdb.ChunkReader
	series []storage.SeriesRef
}

// Postings implements tsdb.IndexReader: all that is asked for is all of it.
func (i damagedIndex) Postings(context.Context, string, ...string) (index.Postings, error) {
	return index.NewListPostings(i.series), nil
}

// Series implements tsdb.IndexReader.
func (i damagedIndex) Series(ref storage.SeriesRef, builder *labels.ScratchBuilder, metas *[]chunks.Meta) error {
	if err := i.IndexReader.Series(ref, builder, metas); err != nil {
		return storage.ErrNotFound
	}
	if metas == nil {
		return nil
	}
	readable := (*metas)[:0]
	for _, meta := range *metas {
		if _, _, err := i.chunks.ChunkOrIterable(meta); err == nil {
			readable = append(readable, meta)
		}
	}
	*metas = readable
	return nil
}

// Close implements tsdb.IndexReader: who opened it closes it.
func (damagedIndex) Close() error { return nil }

type openChunks struct{ tsdb.ChunkReader }

// Close implements tsdb.ChunkReader: who opened it closes it.
func (openChunks) Close() error { return nil }
