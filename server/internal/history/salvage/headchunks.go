package salvage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/tsdb/chunks"
)

// HeadChunksFolder is the folder of the chunks of the newest hours in that of the database.
const HeadChunksFolder = "chunks_head"

const (
	mostHeadChunkBytes = 1 << 20
	headChunkStart     = chunks.SeriesRefSize + 2*chunks.MintMaxtSize + chunks.ChunkEncodingSize
	headChunkVersion   = 1
)

// headChunks says whose the chunks of the newest hours are.
type headChunks struct {
	series map[chunks.HeadSeriesRef]bool
	late   map[chunks.ChunkDiskMapperRef]chunks.HeadSeriesRef // those of late samples, by where they are
}

// recoverHeadChunks verifies the chunks of the newest hours and lists those that are kept. All their samples are in the log
// too, and a chunk that is missing is read from there, as long as none that follows is kept: what comes after the first bad
// place is put aside.
func (f *folder) recoverHeadChunks() (headChunks, error) {
	kept := headChunks{make(map[chunks.HeadSeriesRef]bool), make(map[chunks.ChunkDiskMapperRef]chunks.HeadSeriesRef)}
	folder := filepath.Join(f.store, HeadChunksFolder)
	numbers, err := f.headChunkFiles(folder)
	if err != nil {
		return kept, err
	}
	for i, number := range numbers {
		path := headChunkFile(folder, number)
		if i > 0 && number != numbers[i-1]+1 {
			return kept, f.putChunksAside(folder, numbers[i:], "what was before it is missing")
		}
		good, problem, err := scanHeadChunks(path, number, kept)
		if err != nil {
			return kept, err
		}
		if problem == nil || i == len(numbers)-1 && errors.Is(problem, errEmptyChunkFile) {
			continue // the library removes a last file that is empty
		}
		if err := f.cutHeadChunks(path, good, problem, i == len(numbers)-1); err != nil {
			return kept, err
		}
		return kept, f.putChunksAside(folder, numbers[i+1:], "what was before it is damaged")
	}
	return kept, nil
}

// headChunkFiles are the numbers of the files, in order. What is only called like one is put aside.
func (f *folder) headChunkFiles(folder string) ([]int, error) {
	entries, err := readFolder(folder)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		number, err := strconv.Atoi(entry.Name())
		switch {
		case err != nil:
		case !entry.Type().IsRegular() || path != headChunkFile(folder, number):
			if err := f.quarantine.Move(path, "not a file of chunks, but called like one"); err != nil {
				return nil, err
			}
		default:
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func headChunkFile(folder string, number int) string {
	return filepath.Join(folder, fmt.Sprintf("%06d", number))
}

// cutHeadChunks leaves the part of a file that verifies. At the end of the last file a chunk may have been written just then.
func (f *folder) cutHeadChunks(path string, good int64, problem error, last bool) error {
	reason := problem.Error() + "; its samples are read from the log instead"
	switch {
	case good == 0:
		return f.quarantine.Move(path, reason)
	case last && errors.Is(problem, errUnfinished):
		f.quarantine.keepEnd(path, good)
	default:
		// What is kept may be another name of this file, so that it must not be cut itself.
		return f.replaceByStart(path, good, reason)
	}
	if err := os.Truncate(path, good); err != nil {
		return fmt.Errorf("cut off an unfinished chunk: %w", err)
	}
	return nil
}

// replaceByStart keeps only the start of a file in its place. The file is put aside once there was space for that: on a full
// disk this is tried each second.
func (f *folder) replaceByStart(path string, size int64, reason string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was read only
	fresh := path + rewrittenSuffix
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("write a file of chunks anew: %w", err)
	}
	err = WriteFile(fresh, func(out io.Writer) error {
		_, err := io.CopyN(out, in, size)
		return err
	})
	if err != nil {
		return fmt.Errorf("write a file of chunks anew: %w", err)
	}
	if err := f.quarantine.keep(path, reason); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("replace a file of chunks: %w", err)
	}
	return SyncFolder(filepath.Dir(path))
}

func (f *folder) putChunksAside(folder string, numbers []int, reason string) error {
	for _, number := range numbers {
		if err := f.quarantine.Move(headChunkFile(folder, number), reason+"; its samples are read from the log instead"); err != nil {
			return err
		}
	}
	return nil
}

var (
	errNoChunkFile    = errors.New("no file of chunks")
	errEmptyChunkFile = errors.New("an empty file of chunks")
	errBadChunk       = errors.New("a chunk whose checksum is wrong")
	errUnfinished     = errors.New("a chunk that was cut off")
)

// scanHeadChunks verifies the file of a number. It says how many bytes of it do, and why no more.
func scanHeadChunks(path string, number int, found headChunks) (good int64, problem, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, nil, fmt.Errorf("read chunks: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	in := bufio.NewReaderSize(file, 64<<10)
	var header [chunks.HeadChunkFileHeaderSize]byte
	s := headChunkScanner{in: in, sum: crc32.New(castagnoli)}
	n, err := io.ReadFull(in, header[:])
	switch {
	case ignoreEnd(err) != nil:
		return 0, nil, ignoreEnd(err)
	case allZero(header[:n]) && s.end() == nil:
		return 0, errEmptyChunkFile, nil
	case err != nil, binary.BigEndian.Uint32(header[:]) != chunks.MagicHeadChunks, header[chunks.MagicChunksSize] != headChunkVersion:
		return 0, errNoChunkFile, nil
	}
	for good = int64(len(header)); ; good += s.size {
		chunk, problem, err := s.next()
		if chunk.series == 0 || problem != nil || err != nil {
			return good, problem, err
		}
		found.series[chunk.series] = true
		if chunk.late {
			found.late[chunks.ChunkDiskMapperRef(uint64(number)<<32|uint64(good))] = chunk.series
		}
	}
}

type headChunkScanner struct {
	in   *bufio.Reader
	sum  hash.Hash32
	size int64 // of the last chunk, all of it
}

type headChunk struct {
	series chunks.HeadSeriesRef
	late   bool
}

// next verifies a chunk and says whose it is: 0 at the end.
func (s *headChunkScanner) next() (chunk headChunk, problem, err error) {
	header, err := s.in.Peek(headChunkStart + chunks.MaxChunkLengthFieldSize + chunks.CRCSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return chunk, nil, fmt.Errorf("read chunks: %w", err)
	}
	if allZero(header[:min(len(header), headChunkStart-chunks.ChunkEncodingSize)]) {
		return chunk, s.end(), nil // files are made longer in advance
	}
	if len(header) < headChunkStart+1 {
		return chunk, errUnfinished, nil
	}
	length, n := binary.Uvarint(header[headChunkStart:min(len(header), headChunkStart+chunks.MaxChunkLengthFieldSize)])
	if n <= 0 || length > mostHeadChunkBytes {
		return chunk, errBadChunk, nil
	}
	chunk.series = chunks.HeadSeriesRef(binary.BigEndian.Uint64(header))
	chunk.late = header[headChunkStart-chunks.ChunkEncodingSize]&chunks.OutOfOrderMask != 0
	if chunk.series == 0 {
		return chunk, errBadChunk, nil
	}
	problem, err = s.verify(int64(headChunkStart+n) + int64(length))
	return chunk, problem, err
}

// end says what is wrong with the rest of a file that begins with zeros: chunks after it would be left out unnoticed.
func (s *headChunkScanner) end() error {
	for {
		rest, err := s.in.Peek(1)
		if err != nil {
			return nil //nolint:nilerr // it was zeros to the end of the file
		}
		if rest[0] != 0 {
			return errBadChunk
		}
		_, _ = s.in.Discard(1) // it was just seen
	}
}

func (s *headChunkScanner) verify(size int64) (problem, err error) {
	s.sum.Reset()
	if _, err := io.CopyN(s.sum, s.in, size); err != nil {
		return errUnfinished, ignoreEnd(err)
	}
	var sum [chunks.CRCSize]byte
	if _, err := io.ReadFull(s.in, sum[:]); err != nil {
		return errUnfinished, ignoreEnd(err)
	}
	if s.sum.Sum32() == binary.BigEndian.Uint32(sum[:]) {
		s.size = size + chunks.CRCSize
		return nil, nil
	}
	if sum == [chunks.CRCSize]byte{} { // not written yet, in a file that was made longer in advance
		return errUnfinished, nil
	}
	return errBadChunk, nil
}

// ignoreEnd leaves errors that are not the end of the file.
func ignoreEnd(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fmt.Errorf("read chunks: %w", err)
}
