package salvage

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/rs/zerolog"
)

func TestMarkersThatMayBeBelieved(t *testing.T) {
	const first, second chunks.ChunkDiskMapperRef = 1<<32 | 8, 1<<32 | 200
	check := markerCheck{
		there:    map[chunks.ChunkDiskMapperRef]chunks.HeadSeriesRef{first: 1, second: 2},
		unmarked: make(map[chunks.HeadSeriesRef]bool),
	}
	for number, step := range []struct {
		samples        []record.RefSample
		markers, right []record.RefMmapMarker
	}{
		{markers: []record.RefMmapMarker{{Ref: 1}, {Ref: 2}}, right: []record.RefMmapMarker{{Ref: 1}, {Ref: 2}}}, // their first samples follow
		{
			samples: []record.RefSample{{Ref: 1}, {Ref: 2}},
			markers: []record.RefMmapMarker{{Ref: 1, MmapRef: first}, {Ref: 2, MmapRef: second + 100}},
			right:   []record.RefMmapMarker{{Ref: 1, MmapRef: first}},
		},
		{markers: []record.RefMmapMarker{{Ref: 1}, {Ref: 2}}, right: []record.RefMmapMarker{{Ref: 1}}}, // the samples of 2 are in no chunk
		{
			samples: []record.RefSample{{Ref: 1}},
			markers: []record.RefMmapMarker{{Ref: 1, MmapRef: first}, {Ref: 1, MmapRef: first + 100}}, // a half of them is in none
		},
		{markers: []record.RefMmapMarker{{Ref: 1, MmapRef: second}}}, // a chunk of another series
	} {
		check.samples(step.samples)
		if right := check.right(step.markers); !slices.Equal(right, step.right) {
			t.Errorf("step %d: %v are right, want %v", number, right, step.right)
		}
	}
}

// A block is made of late samples: their chunks are written first, and no marker says so. Killed before either is on the disk,
// the samples are in the log, and a marker that belongs to those that came meanwhile.
func TestKilledWhileABlockIsMadeOfLateSamples(t *testing.T) {
	killed := filepath.Join(t.TempDir(), "history")
	func() {
		db := openLibrary(t, filepath.Join(t.TempDir(), "history"))
		defer func() { _ = db.Close() }() // it counts as killed
		appendAt(t, db, time.Hour)
		appendAt(t, db, time.Second, 2*time.Second, 3*time.Second)
		if _, err := tsdb.NewOOOCompactionHead(t.Context(), db.Head()); err != nil {
			t.Fatal(err)
		}
		appendAt(t, db, 4*time.Second, 5*time.Second)
		if err := os.CopyFS(killed, os.DirFS(db.Dir())); err != nil {
			t.Fatal(err)
		}
	}()
	quarantine := NewQuarantine(filepath.Dir(killed), time.Now, zerolog.Nop())
	for _, opened := range []string{"opened", "opened again"} {
		if err := Folder(killed, quarantine); err != nil || len(quarantine.Damage()) > 0 {
			t.Fatal(err, quarantine.Damage())
		}
		db := openLibrary(t, killed)
		want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second, 5 * time.Second, time.Hour}
		if got := readTimes(t, db); !slices.Equal(got, want) {
			t.Errorf("%s, it has the samples %v, want %v", opened, got, want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// openLibrary opens a database that takes samples an hour late.
func openLibrary(t *testing.T, dir string) *tsdb.DB {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.OutOfOrderTimeWindow = time.Hour.Milliseconds()
	db, err := tsdb.Open(dir, nil, nil, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// appendAt appends samples of a series.
func appendAt(t *testing.T, db *tsdb.DB, times ...time.Duration) {
	t.Helper()
	appender := db.Appender(t.Context())
	for _, at := range times {
		if _, err := appender.Append(0, labels.FromStrings("metric", "orders"), at.Milliseconds(), at.Seconds()); err != nil {
			t.Fatal(err)
		}
	}
	if err := appender.Commit(); err != nil {
		t.Fatal(err)
	}
}

// readTimes are the times of all samples.
func readTimes(t *testing.T, db *tsdb.DB) (times []time.Duration) {
	t.Helper()
	querier, err := db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = querier.Close() }() // it was read only
	all := querier.Select(t.Context(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "metric", ".*"))
	for all.Next() {
		for samples := all.At().Iterator(nil); samples.Next() != chunkenc.ValNone; {
			timestamp, value := samples.At()
			if value != float64(timestamp)/1000 {
				t.Errorf("the sample of %d ms is %v", timestamp, value)
			}
			times = append(times, time.Duration(timestamp)*time.Millisecond)
		}
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	return times
}
