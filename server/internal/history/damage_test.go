package history_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/history/salvage"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// faultsStart is when the samples of these tests begin, and faultsEnd when they are read.
var (
	faultsStart = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	faultsEnd   = faultsStart.Add(30 * time.Minute)
)

func faultsCatalog(host string) *hub.Catalog {
	catalog := &hub.Catalog{Host: host}
	for _, name := range []string{"orders.open", "orders.paid", "queue{name=mail}", "queue{name=print}", "queue{name=scan}"} {
		family, _, _ := strings.Cut(name, "{")
		catalog.Series = append(catalog.Series, metric.Series{Metric: name, Family: family, Custom: true})
	}
	return catalog
}

// samples are values by series and time.
type samples map[string]map[metric.TimestampMs]float64

func (s samples) count() int {
	count := 0
	for _, values := range s {
		count += len(values)
	}
	return count
}

// filled appends ticks of two hosts, some of them late, and gives what was acknowledged. The store stays open.
func filled(t testing.TB, dir string, ticks int) (*history.TSDB, samples) {
	t.Helper()
	store := openFaults(t, dir)
	want := make(samples)
	hosts := []*hub.Catalog{faultsCatalog("web"), faultsCatalog("db")}
	for tick := range ticks {
		at := tick
		if tick%10 == 9 { // comes late
			at -= 5
		}
		timestamp := metric.TimestampOf(faultsStart.Add(time.Duration(2*at+tick%10/9) * time.Second))
		var rows []history.Row
		for i, catalog := range hosts {
			row := history.Row{Catalog: catalog, Timestamp: timestamp}
			for column := range catalog.Series {
				row.Values = append(row.Values, float64(tick*(column+1))+float64(i)/4)
			}
			rows = append(rows, row)
			want.add(row)
		}
		if done, err := store.Append(t.Context(), rows); err != nil || done.Samples != samplesPerAppend {
			t.Fatalf("tick %d: %+v, %v", tick, done, err)
		}
	}
	return store, want
}

// samplesPerAppend is how many samples one append of these tests has, which is one record of the log.
const samplesPerAppend = 10

func (s samples) add(row history.Row) {
	for column, series := range row.Catalog.Series {
		name := row.Catalog.Host + " " + series.Metric
		if s[name] == nil {
			s[name] = make(map[metric.TimestampMs]float64)
		}
		s[name][row.Timestamp] = row.Values[column]
	}
}

func faultsOptions(dir string) history.Options {
	return history.Options{
		Dir: dir, Sync: history.SyncPolicy(time.Hour), Clock: func() time.Time { return faultsEnd },
	}
}

func openFaults(t testing.TB, dir string) *history.TSDB {
	t.Helper()
	store, err := history.Open(faultsOptions(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// all reads everything.
func all(t testing.TB, store *history.TSDB) samples {
	t.Helper()
	got := make(samples)
	for _, host := range []string{"web", "db"} {
		selection := history.Selection{
			Host: host, From: metric.TimestampOf(faultsStart.Add(-time.Hour)), To: metric.TimestampOf(faultsEnd.Add(time.Hour)),
		}
		err := store.Export(context.Background(), selection, func(piece history.ExportPiece) error {
			name := host + " " + piece.Series.Metric
			if got[name] == nil {
				got[name] = make(map[metric.TimestampMs]float64)
			}
			for i, at := range piece.Timestamps {
				got[name][at] = piece.Values[i]
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// lost says how many samples are missing, and fails if there is one that was never appended so.
func (s samples) lost(t testing.TB, what string, got samples) int {
	t.Helper()
	for name, values := range got {
		for at, value := range values {
			if want, ok := s[name][at]; !ok || want != value {
				t.Fatalf("%s: %s is %v at %v, want %v (%v)", what, name, value, at, want, ok)
			}
		}
	}
	return s.count() - got.count()
}

// copyFolder copies a data folder as it is on the disk: what a killed process leaves.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// reopened opens a damaged folder, reads everything, closes it, and opens it once more: nothing new may be found then.
func reopened(t *testing.T, what, dir string) (samples, []salvage.Damage) {
	t.Helper()
	store := openFaults(t, dir)
	got, damage := all(t, store), store.Usage().Damaged
	if err := store.Close(); err != nil {
		t.Fatalf("%s: close: %v", what, err)
	}
	return got, damage
}

// content is every file of a folder, in whatever place.
func contents(t testing.TB, dir string) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		found[string(content)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// files are the files of a folder in the store that hold samples.
func files(t testing.TB, dir string, folders ...string) []string {
	t.Helper()
	var found []string
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(dir, "history", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			info, err := entry.Info()
			if err == nil && info.Size() > 0 {
				relative, _ := filepath.Rel(dir, path)
				found = append(found, relative)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(found)
	return found
}

func TestAKilledStoreHasAllThatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	_, want := filled(t, dir, 60)
	got, damage := reopened(t, "killed", copyFolder(t, dir))
	if lost := want.lost(t, "killed", got); lost > 0 || len(damage) > 0 {
		t.Errorf("%d samples are lost, damage: %v", lost, damage)
	}
}

// A flipped bit costs the record that it is in, and the damaged file is kept.
func TestAFlippedBitInTheLogCostsOneAppend(t *testing.T) {
	dir := t.TempDir()
	_, want := filled(t, dir, 60)
	for _, file := range files(t, dir, "wal", "wbl") {
		whole, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(whole); at += 64 {
			what := fmt.Sprintf("%s, byte %d of %d", file, at, len(whole))
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << (at / 64 % 8)
			damaged := copyFolder(t, dir)
			if err := os.WriteFile(filepath.Join(damaged, file), flipped, 0o600); err != nil {
				t.Fatal(err)
			}
			got, damage := reopened(t, what, damaged)
			lost := want.lost(t, what, got)
			if lost > samplesPerAppend {
				t.Fatalf("%s: %d of %d samples are lost", what, lost, want.count())
			}
			kept := contents(t, filepath.Join(damaged, "quarantine"))
			if lost > 0 && len(kept) == 0 {
				t.Fatalf("%s: %d samples are lost and nothing is kept", what, lost)
			}
			if len(damage) > 0 && !kept[string(flipped)] {
				t.Fatalf("%s: the damaged file is not kept: %v", what, damage)
			}
		}
	}
}

func TestATruncatedLogLosesOnlyItsEnd(t *testing.T) {
	dir := t.TempDir()
	_, want := filled(t, dir, 60)
	for _, file := range files(t, dir, "wal", "wbl") {
		whole, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		least := want.count()
		for size := len(whole) - 1; size >= 0; size -= 97 {
			what := fmt.Sprintf("%s of %d bytes", file, size)
			damaged := copyFolder(t, dir)
			if err := os.Truncate(filepath.Join(damaged, file), int64(size)); err != nil {
				t.Fatal(err)
			}
			got, _ := reopened(t, what, damaged)
			want.lost(t, what, got)
			if got.count() > least {
				t.Fatalf("%s: %d samples, and %d of a longer one", what, got.count(), least)
			}
			least = got.count()
		}
	}
}

// The log says once which series a number stands for. If that is lost the copy of it explains what follows.
func TestNamesOfSeriesOutliveTheBeginningOfTheLog(t *testing.T) {
	dir := t.TempDir()
	_, want := filled(t, dir, 60)
	for _, without := range []string{"", "series.log"} {
		damaged := copyFolder(t, dir)
		path := filepath.Join(damaged, files(t, dir, "wal")[0])
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		log[100] ^= 1
		if err := os.WriteFile(path, log, 0o600); err != nil {
			t.Fatal(err)
		}
		if without != "" {
			if err := os.Remove(filepath.Join(damaged, without)); err != nil {
				t.Fatal(err)
			}
		}
		got, damage := reopened(t, "without "+without, damaged)
		lost := want.lost(t, "without "+without, got)
		if names := slices.Collect(maps.Keys(got)); without == "" && (lost > samplesPerAppend || len(names) != 10) {
			t.Errorf("%d samples are lost, %v, %v", lost, names, damage)
		}
		if without != "" && (lost < want.count()/3 || len(damage) != 2) {
			t.Errorf("without %s: %d lost, %v", without, lost, damage)
		}
		again, damage := reopened(t, "again", damaged)
		if want.lost(t, "again", again) != lost || len(damage) > 0 {
			t.Errorf("without %s: opened again it has %d of %d samples, %v", without, again.count(), got.count(), damage)
		}
	}
}
