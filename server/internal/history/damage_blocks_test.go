package history_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// withBlocks makes a folder whose older samples are in a block, and closes it.
func withBlocks(t *testing.T) (dir string, want samples) {
	t.Helper()
	dir, want = t.TempDir(), make(samples)
	options := faultsOptions(dir)
	options.RetentionTime = 150 * time.Minute // blocks of 15 minutes
	store, err := history.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	catalog := faultsCatalog("web")
	for tick := range 150 {
		row := history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(faultsStart.Add(time.Duration(tick) * 10 * time.Second))}
		for column := range catalog.Series {
			row.Values = append(row.Values, float64(tick*tick%1000)/float64(column+3))
		}
		want.add(row)
		if done, err := store.Append(t.Context(), []history.Row{row}); err != nil || done.Samples != len(row.Values) {
			t.Fatalf("tick %d: %+v, %v", tick, done, err)
		}
	}
	until(t, "a block is made", func() bool { return len(blockFiles(t, dir)) >= 3 })
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"wal", "wbl", "chunks_head"} { // they would make up for what a block loses
		if err := os.RemoveAll(filepath.Join(dir, "history", folder)); err != nil {
			t.Fatal(err)
		}
	}
	got, damage := reopened(t, "only blocks", copyFolder(t, dir))
	if want.lost(t, "only blocks", got); len(damage) > 0 || got.count() < 400 {
		t.Fatalf("%d samples are in blocks, %v", got.count(), damage)
	}
	return dir, got
}

// blockFiles are the files of all blocks.
func blockFiles(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"history/01*/meta.json", "history/01*/index", "history/01*/chunks/*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if relative, _ := filepath.Rel(dir, path); !strings.Contains(path, ".tmp") {
				found = append(found, relative)
			}
		}
	}
	return found
}

// A flipped bit in a block costs a series of it at most, and a damaged file is kept. Only where the index holds the names of
// all series, or says where everything is, does it cost the block.
func TestAFlippedBitInABlock(t *testing.T) {
	dir, want := withBlocks(t)
	wholeBlocks := 0
	for _, file := range blockFiles(t, dir) {
		whole, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for place := 0; place < len(whole); place += 64 {
			what := fmt.Sprintf("%s, byte %d of %d", file, place, len(whole))
			flipped := bytes.Clone(whole)
			flipped[place] ^= 1 << (place / 64 % 8)
			damaged := copyFolder(t, dir)
			if err := os.WriteFile(filepath.Join(damaged, file), flipped, 0o600); err != nil {
				t.Fatal(err)
			}
			got, damage := reopened(t, what, damaged)
			lost := want.lost(t, what, got)
			if lost > 0 && len(damage) == 0 {
				t.Errorf("%s: %d samples are lost and nothing is reported", what, lost)
			}
			if lost > want.count()/5 {
				if filepath.Base(file) != "index" {
					t.Errorf("%s: %d of %d samples are lost: %v", what, lost, want.count(), damage)
				}
				wholeBlocks++
			}
			if !contents(t, damaged)[string(flipped)] {
				t.Errorf("%s: the damaged file is gone: %v", what, damage)
			}
		}
	}
	t.Logf("the whole block was lost %d times", wholeBlocks)
}
