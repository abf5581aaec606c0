package salvage

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// librarySegment is a segment of so many records as the library writes it, and the records as they stand in it. Where
// a length is given one of them is that long.
func librarySegment(t testing.TB, records, long int) ([]byte, []logRecord) {
	t.Helper()
	dir := t.TempDir()
	log, err := wlog.NewSize(nil, nil, dir, 1<<20, compression.Zstd)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range records {
		record := make([]byte, 100+random.IntN(700))
		if i == records/2 && long > 0 {
			record = make([]byte, long)
		}
		for i := range record {
			record[i] = byte(random.IntN(16)) // packs to about a half
		}
		record[0] = 2 // samples
		if err := log.Log(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	segment, err := os.ReadFile(filepath.Join(dir, "00000000"))
	if err != nil {
		t.Fatal(err)
	}
	var written []logRecord
	report, err := scanSegment(bytes.NewReader(segment), func(record logRecord) error {
		written = append(written, logRecord{record.flags, slices.Clone(record.data)})
		return nil
	})
	if err != nil || report.damaged() || report.torn >= 0 || len(written) != records {
		t.Fatalf("the library's own segment: %+v, %v", report, err)
	}
	return segment, written
}

// kept says how many of the records a segment still has, and fails if it has one that was never written, or in another order.
func kept(t *testing.T, what string, segment []byte, written []logRecord) (int, segmentReport) {
	t.Helper()
	next := 0
	report, err := scanSegment(bytes.NewReader(segment), func(record logRecord) error {
		for ; next < len(written); next++ {
			if written[next].flags == record.flags && bytes.Equal(written[next].data, record.data) {
				next++
				return nil
			}
		}
		t.Fatalf("%s: a record that was never written so", what)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return report.records, report
}

func TestScanReadsWhatTheLibraryWrites(t *testing.T) {
	segment, records := librarySegment(t, 300, 100_000)
	library, err := wlog.NewSegmentsReader(segmentFolder(t, segment))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = library.Close() }() // it was read only
	reader := newRecordReader()
	defer reader.close()
	theirs := wlog.NewReader(library)
	for i, record := range records {
		if !theirs.Next() {
			t.Fatalf("the library ends after %d of %d records: %v", i, len(records), theirs.Err())
		}
		unpacked, err := reader.unpack(record)
		if err != nil || !bytes.Equal(unpacked, theirs.Record()) {
			t.Fatalf("record %d differs: %v", i, err)
		}
	}
	if theirs.Next() {
		t.Fatal("the library has more records")
	}
}

func segmentFolder(t *testing.T, segment []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, segmentName(0)), segment, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// attacksInFull says that tests try every place of large files too.
func attacksInFull() bool { return os.Getenv("ATTACKS") == "full" }

func TestAFlippedBitCostsOneRecord(t *testing.T) {
	segment, records := librarySegment(t, 12, 40_000) // of two pages
	step := 64
	if attacksInFull() {
		step = 1
	}
	for at := 0; at < len(segment); at += step {
		what := fmt.Sprintf("byte %d of %d", at, len(segment))
		bit := byte(1) << (at / step % 8)
		segment[at] ^= bit
		count, report := kept(t, what, segment, records)
		segment[at] ^= bit
		if count < len(records)-1 {
			t.Fatalf("%s: only %d of %d records are kept", what, count, len(records))
		}
		if count < len(records) && !report.damaged() && report.torn < 0 {
			t.Fatalf("%s: nothing was found, and a record is lost", what)
		}
	}
}

// Each place of a small segment, and each around the border between two pages of a larger one.
func TestATruncatedSegmentLosesOnlyItsEnd(t *testing.T) {
	small, records := librarySegment(t, 8, 0)
	truncate(t, small, records, 0, recordEnds(t, records)[len(records)-1]+10)
	large, records := librarySegment(t, 170, 0)
	if attacksInFull() {
		truncate(t, large, records, 0, len(large))
	} else {
		truncate(t, large, records, logPage-300, logPage+700)
	}
}

// truncate cuts a segment off at each of some places.
func truncate(t *testing.T, segment []byte, records []logRecord, from, to int) {
	t.Helper()
	ends := recordEnds(t, records)
	whole := 0
	for size := from; size < to; size++ {
		for whole < len(ends) && ends[whole] <= size {
			whole++
		}
		count, report := kept(t, fmt.Sprint(size), segment[:size], records)
		if count != whole || report.damaged() {
			t.Fatalf("of %d bytes %d records are kept, %d were whole; holes: %v", size, count, whole, report.holes)
		}
		if torn := report.torn; torn >= 0 && whole > 0 && int(torn) < ends[whole-1] {
			t.Fatalf("of %d bytes: byte %d would be cut off, a record ends at %d", size, torn, ends[whole-1])
		}
	}
}

// Zeros that records follow are damage, also where a page could end; at the end of a file they are what was not written.
func TestZerosInASegment(t *testing.T) {
	segment, records := librarySegment(t, 170, 0)
	border := recordEnds(t, records)[30] // of two records in the first page
	for name, c := range map[string]struct {
		from, to int
		damaged  bool
	}{
		"within a page":          {4096, 8192, true},
		"to the end of a page":   {border, logPage, true},
		"the whole first page":   {0, logPage, true},
		"to the end of the file": {border, len(segment), false},
	} {
		zeroed := slices.Clone(segment)
		clear(zeroed[c.from:c.to])
		count, report := kept(t, name, zeroed, records)
		if report.damaged() != c.damaged || count == len(records) || count == 0 {
			t.Errorf("%s: %d of %d records are kept, %+v", name, count, len(records), report)
		}
	}
}

// recordEnds are the places where the records end.
func recordEnds(t *testing.T, records []logRecord) []int {
	t.Helper()
	var out bytes.Buffer
	writer := newSegmentWriter(&out)
	ends := make([]int, len(records))
	for i, record := range records {
		if err := writer.write(record); err != nil {
			t.Fatal(err)
		}
		ends[i] = out.Len() + len(writer.page)
	}
	return ends
}

func TestASegmentIsWrittenAsTheLibraryDoes(t *testing.T) {
	segment, records := librarySegment(t, 300, 100_000)
	var out bytes.Buffer
	writer := newSegmentWriter(&out)
	for _, record := range records {
		if err := writer.write(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.flush(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), segment) {
		t.Fatal("another segment than the library's")
	}
}

func FuzzScanSegment(f *testing.F) {
	segment, _ := librarySegment(f, 20, 0)
	segment = segment[:3_500]
	f.Add(segment)
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{fragmentFull}, 2*logPage))
	f.Fuzz(func(t *testing.T, segment []byte) {
		reader := newRecordReader()
		defer reader.close()
		var written []logRecord
		report, err := scanSegment(bytes.NewReader(segment), func(record logRecord) error {
			if _, err := reader.read(record); err == nil {
				written = append(written, logRecord{record.flags, slices.Clone(record.data)})
			}
			return nil
		})
		if err != nil || report.size != int64(len(segment)) {
			t.Fatalf("%+v, %v", report, err)
		}
		var out bytes.Buffer
		writer := newSegmentWriter(&out)
		for _, record := range written {
			if err := writer.write(record); err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.flush(); err != nil {
			t.Fatal(err)
		}
		if count, report := kept(t, "written anew", out.Bytes(), written); count != len(written) || report.damaged() {
			t.Fatalf("what was written anew does not verify: %+v", report)
		}
	})
}
