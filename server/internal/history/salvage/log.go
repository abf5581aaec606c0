package salvage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/tsdb/record"
	"golang.org/x/sync/errgroup"
)

// The folders of the log, and of the log of late samples, in that of the database.
const (
	LogFolder     = "wal"
	LateLogFolder = "wbl"
)

const (
	checkpointPrefix = "checkpoint."
	rewrittenSuffix  = ".rewritten" // a segment that is being written anew; the library does not look at it
	scansAtOnce      = 2
)

type logSegment struct {
	path   string
	report segmentReport
	gap    bool           // what stood before it is missing
	bad    map[int]string // records that verify and cannot be read all the same

	markers map[int][]record.RefMmapMarker // what is left of the markers of records, where some are stale
}

// stale says whether the segment must be written anew.
func (s *logSegment) stale() bool { return s.damaged() || len(s.markers) > 0 }

// damaged says whether something of the segment is lost.
func (s *logSegment) damaged() bool { return s.report.damaged() || len(s.bad) > 0 }

func (s *logSegment) reason() string {
	if s.report.damaged() {
		return s.report.reason()
	}
	for _, reason := range s.bad {
		return fmt.Sprintf("%s; %d of %d records cannot be read", reason, len(s.bad), s.report.records)
	}
	return ""
}

// incomplete says whether something of the segment, or what stood before it, is lost.
func (s *logSegment) incomplete() bool { return s.damaged() || s.gap }

// recoverLogs makes the logs such that the library can read all of them. Its own repair would drop everything after the
// first bad record. The head's chunks say which series the log must explain, and which markers of it are right.
func (f *folder) recoverLogs(head headChunks) error {
	checkpoint, covered, err := f.checkpoint()
	if err != nil {
		return err
	}
	log, err := f.segments(f.wal(), covered+1)
	if err != nil {
		return err
	}
	late, err := f.segments(filepath.Join(f.store, LateLogFolder), -1)
	if err != nil {
		return err
	}
	for _, segments := range [][]*logSegment{checkpoint, log, late} {
		if err := scanAll(segments); err != nil {
			return err
		}
		if err := f.cutEnds(segments); err != nil {
			return err
		}
	}
	if err := findStaleMarkers(late, head.late); err != nil {
		return err
	}
	return f.rewriteLogs(slices.Concat(checkpoint, log), late, head)
}

// checkpoint is the newest checkpoint of the log and the number of the last segment that it covers, -1 if there is none.
func (f *folder) checkpoint() ([]*logSegment, int, error) {
	entries, err := readFolder(f.wal())
	if err != nil {
		return nil, -1, err
	}
	newest, covered := "", -1
	for _, entry := range entries {
		number, ok := strings.CutPrefix(entry.Name(), checkpointPrefix)
		index, err := strconv.Atoi(number)
		switch path := filepath.Join(f.wal(), entry.Name()); {
		case !ok || err != nil && entry.IsDir():
		case !entry.IsDir() || number != segmentName(index):
			if err := f.quarantine.Move(path, "not a checkpoint, but called like one"); err != nil {
				return nil, -1, err
			}
		case index > covered:
			newest, covered = path, index
		}
	}
	if newest == "" {
		return nil, -1, nil
	}
	segments, err := f.segments(newest, 0)
	if err == nil && len(segments) == 0 {
		if err := f.quarantine.Move(newest, "an empty checkpoint"); err != nil {
			return nil, -1, err
		}
		return f.checkpoint()
	}
	return segments, covered, err
}

// segments lists the segments of a folder, numbered without a gap from one that is at most the given, whatever it is if that
// is negative: the library reads nothing else. What only looks like a segment is put aside.
func (f *folder) segments(path string, first int) ([]*logSegment, error) {
	entries, err := readFolder(path)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, entry := range entries {
		name := entry.Name()
		number, err := strconv.Atoi(name)
		switch file := filepath.Join(path, name); {
		case strings.HasSuffix(name, rewrittenSuffix):
			if err := os.Remove(file); err != nil {
				return nil, fmt.Errorf("remove what was left of a repair: %w", err)
			}
		case err != nil:
		case !entry.Type().IsRegular() || name != segmentName(number):
			if err := f.quarantine.Move(file, "not a segment of the log, but called like one"); err != nil {
				return nil, err
			}
		default:
			numbers = append(numbers, number)
		}
	}
	return f.closeGaps(path, numbers, first)
}

// closeGaps renames segments so that their numbers follow one another.
func (f *folder) closeGaps(folder string, numbers []int, first int) ([]*logSegment, error) {
	slices.Sort(numbers)
	if len(numbers) == 0 {
		return nil, nil
	}
	next := numbers[0]
	if first >= 0 {
		next = min(next, first)
	}
	var segments []*logSegment
	shift := 0
	for _, number := range numbers {
		segment := &logSegment{path: filepath.Join(folder, segmentName(next))}
		if number-next > shift {
			shift, segment.gap = number-next, true
			f.quarantine.report(segment.path, fmt.Sprintf("missing; what was segment %d follows", number))
		}
		if number != next {
			if err := os.Rename(filepath.Join(folder, segmentName(number)), segment.path); err != nil {
				return nil, fmt.Errorf("close a gap in the log: %w", err)
			}
		}
		segments = append(segments, segment)
		next++
	}
	if shift > 0 {
		return segments, SyncFolder(folder)
	}
	return segments, nil
}

func segmentName(number int) string { return fmt.Sprintf("%08d", number) }

// scanAll verifies segments.
func scanAll(segments []*logSegment) error {
	var group errgroup.Group
	group.SetLimit(scansAtOnce)
	for _, segment := range segments {
		group.Go(func() (err error) {
			segment.report, err = scanFile(segment.path, nil)
			return err
		})
	}
	return group.Wait()
}

func scanFile(path string, each func(logRecord) error) (segmentReport, error) {
	file, err := os.Open(path)
	if err != nil {
		return segmentReport{}, fmt.Errorf("read the log: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	return scanSegment(file, each)
}

// cutEnds leaves out records that were cut off while they were written. That needs no space, and nobody was told that such
// a record is kept. In a segment that others follow it is a damage all the same.
func (f *folder) cutEnds(segments []*logSegment) error {
	for i, segment := range segments {
		torn := segment.report.torn
		if torn < 0 {
			continue
		}
		later := segments[i+1:]
		if slices.ContainsFunc(later, func(s *logSegment) bool { return s.report.size > 0 }) {
			segment.report.holes = append(segment.report.holes, segmentHole{torn, segment.report.size, "a record that was cut off"})
			continue
		}
		f.quarantine.keepEnd(segment.path, torn)
		if err := os.Truncate(segment.path, torn); err != nil {
			return fmt.Errorf("cut off an unfinished record: %w", err)
		}
	}
	return nil
}

// readFolder lists a folder, which may be missing.
func readFolder(path string) ([]os.DirEntry, error) {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the history folder: %w", err)
	}
	return entries, nil
}
