package history_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// lateRows are the rows of some seconds, beginning with one that makes all the others late.
func lateRows(from, to int) []history.Row {
	catalog := faultsCatalog("web")
	var rows []history.Row
	for second := from; second < to; second++ {
		at := faultsStart.Add(time.Duration(second) * time.Second)
		if second == from {
			at = at.Add(20 * time.Minute)
		}
		row := history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at)}
		for column := range catalog.Series {
			row.Values = append(row.Values, float64(second*(column+1))+0.5)
		}
		rows = append(rows, row)
	}
	return rows
}

// appendLate appends rows, one by one.
func appendLate(t *testing.T, store *history.TSDB, want samples, rows []history.Row) {
	t.Helper()
	for _, row := range rows {
		want.add(row)
		if done, err := store.Append(t.Context(), []history.Row{row}); err != nil || done.Samples != len(row.Values) {
			t.Fatalf("%+v, %v", done, err)
		}
	}
}

// undamaged fails unless a store has all samples, and nothing to report.
func undamaged(t *testing.T, what string, store *history.TSDB, want samples) {
	t.Helper()
	if lost := want.lost(t, what, all(t, store)); lost > 0 {
		t.Fatalf("%s: %d of %d samples are lost", what, lost, want.count())
	}
	if damage := store.Usage().Damaged; len(damage) > 0 {
		t.Fatalf("%s: %v", what, damage)
	}
}

// The log says of late samples that they are in a chunk by now, when that is not written yet. A killed process leaves it so,
// and the next ones write chunks of their own.
func TestLateSamplesOutliveKillsInARow(t *testing.T) {
	const seconds = 100 // of late samples make some chunks
	dir, want := t.TempDir(), make(samples)
	for kill := range 5 {
		store := openFaults(t, dir)
		undamaged(t, fmt.Sprintf("killed %d times", kill), store, want)
		appendLate(t, store, want, lateRows(kill*seconds, (kill+1)*seconds))
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		// When it is killed instead few of the chunks are written, and it may have been about to repair what was left before.
		const written = 400
		if err := os.Truncate(filepath.Join(dir, slices.Max(files(t, dir, "chunks_head"))), written); err != nil {
			t.Fatal(err)
		}
		unfinished := filepath.Join(dir, "history", "wbl", "00000000.rewritten")
		if err := os.WriteFile(unfinished, []byte("the beginning of a segment"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	undamaged(t, "at the end", openFaults(t, dir), want)
}

// Wherever the chunks of late samples end, or are damaged, what they lose is in the log: when the folder is opened next, and
// when it is opened once more, with chunks that came after.
func TestDamageToTheChunksOfLateSamples(t *testing.T) {
	dir, want := t.TempDir(), make(samples)
	filling := openFaults(t, dir)
	appendLate(t, filling, want, lateRows(0, 200))
	if err := filling.Close(); err != nil { // which writes the chunks
		t.Fatal(err)
	}
	file := files(t, dir, "chunks_head")[0]
	whole, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.TrimRight(whole, "\x00") // files are made longer in advance
	const step = 97
	for place := 0; place < len(whole); place += step {
		flipped := slices.Clone(whole)
		flipped[place] ^= 4
		for what, content := range map[string][]byte{"cut off": whole[:place], "flipped": flipped} {
			what = fmt.Sprintf("%s at byte %d of %d", what, place, len(whole))
			damaged := copyFolder(t, dir)
			if err := os.WriteFile(filepath.Join(damaged, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, times := range []string{"once", "twice"} {
				if got, _ := reopened(t, what, damaged); want.lost(t, what, got) > 0 {
					t.Fatalf("%s, opened %s: %d of %d samples are there", what, times, got.count(), want.count())
				}
			}
		}
	}
}
