package history_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// withLateBlock makes a folder with a block of samples and one of late samples, whose time is that of samples that are only in
// the log, and closes it. It gives the folder of the late block, and what is in no block of late samples.
func withLateBlock(t *testing.T) (dir, lateBlock string, want, inTime samples) {
	t.Helper()
	dir, want, inTime = t.TempDir(), make(samples), make(samples)
	options := faultsOptions(dir)
	options.RetentionTime = 150 * time.Minute // blocks of 15 minutes
	store, err := history.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	catalog := faultsCatalog("web")
	for tick := range 150 {
		at, kept := faultsStart.Add(time.Duration(tick)*10*time.Second), inTime
		if tick%5 == 4 {
			at, kept = at.Add(-25*time.Second), make(samples)
		}
		row := history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at)}
		for column := range catalog.Series {
			row.Values = append(row.Values, float64(tick*tick%1000)/float64(column+3))
		}
		want.add(row)
		kept.add(row)
		if done, err := store.Append(t.Context(), []history.Row{row}); err != nil || done.Samples != len(row.Values) {
			t.Fatalf("tick %d: %+v, %v", tick, done, err)
		}
	}
	until(t, "a block is made of late samples", func() bool { return newestLateBlock(t, dir) != "" })
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if lateBlock = newestLateBlock(t, dir); lateBlock == "" {
		t.Fatal("there is no block of late samples, in whose time are others that are in none")
	}
	undamaged(t, "with a block of late samples", openFaults(t, copyFolder(t, dir)), want)
	return dir, lateBlock, want, inTime
}

// newestLateBlock is the folder of the newest block if the library says that it is one of late samples; "" if it is not.
func newestLateBlock(t *testing.T, dir string) (newest string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "history", "01*", "meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	newestEnd := int64(0)
	for _, path := range paths {
		var meta tsdb.BlockMeta
		content, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return "" // the library has just removed it
		}
		if err := errors.Join(err, json.Unmarshal(content, &meta)); err != nil {
			t.Fatal(err)
		}
		if meta.MaxTime <= newestEnd {
			continue
		}
		newest, newestEnd = "", meta.MaxTime
		if meta.Compaction.FromOutOfOrder() {
			newest, _ = filepath.Rel(dir, filepath.Dir(path))
		}
	}
	return newest
}

// Whatever happens to the index of a block of late samples, what is in no such block is there.
func TestDamageToTheIndexOfALateBlock(t *testing.T) {
	dir, block, want, inTime := withLateBlock(t)
	whole, err := os.ReadFile(filepath.Join(dir, block, "index"))
	if err != nil {
		t.Fatal(err)
	}
	const step = 61
	for place := 0; place < len(whole); place += step {
		what := fmt.Sprintf("flipped at byte %d of %d", place, len(whole))
		flipped := slices.Clone(whole)
		flipped[place] ^= 1 << (place % 8)
		damaged := copyFolder(t, dir)
		if err := os.WriteFile(filepath.Join(damaged, block, "index"), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got, found := reopened(t, what, damaged)
		want.lost(t, what, got)
		for name, values := range inTime {
			for at := range values {
				if _, kept := got[name][at]; !kept {
					t.Fatalf("%s: %s at %v is lost, which is in another file: %v", what, name, at, found)
				}
			}
		}
	}
}

// Whatever happens to the description of a block nothing is lost of it, and nothing of the log either: samples of the same time
// stand there.
func TestDamageToTheDescriptionOfALateBlock(t *testing.T) {
	dir, block, want, _ := withLateBlock(t)
	damages := map[string]func(folder string) error{
		"without a description": func(folder string) error { return os.Remove(filepath.Join(folder, "meta.json")) },
		"where no block has a description": func(folder string) error {
			descriptions, err := filepath.Glob(filepath.Join(filepath.Dir(folder), "01*", "meta.json"))
			for _, path := range descriptions {
				err = errors.Join(err, os.Remove(path))
			}
			return err
		},
		"without tombstones": func(folder string) error { return os.Remove(filepath.Join(folder, "tombstones")) },
		"with half of its tombstones": func(folder string) error {
			return os.Truncate(filepath.Join(folder, "tombstones"), 4)
		},
	}
	for _, file := range []string{"meta.json", "tombstones"} {
		whole, err := os.ReadFile(filepath.Join(dir, block, file))
		if err != nil {
			t.Fatal(err)
		}
		const step = 13 // the hint that it is of late samples is longer
		for place := 0; place < len(whole); place += step {
			flipped := slices.Clone(whole)
			flipped[place] ^= 1 << (place % 8)
			damages[fmt.Sprintf("with %s flipped at byte %d", file, place)] = func(folder string) error {
				return os.WriteFile(filepath.Join(folder, file), flipped, 0o600)
			}
		}
	}
	for what, damage := range damages {
		damaged := copyFolder(t, dir)
		if err := damage(filepath.Join(damaged, block)); err != nil {
			t.Fatal(err)
		}
		for _, times := range []string{"once", "twice"} {
			if got, found := reopened(t, what, damaged); want.lost(t, what, got) > 0 {
				t.Fatalf("%s, opened %s: %d of %d samples are there, %v", what, times, got.count(), want.count(), found)
			}
		}
	}
}
