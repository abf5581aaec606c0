package history_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// TestExportIsAllThatIsStored exports random data in pieces and compares it sample by sample.
func TestExportIsAllThatIsStored(t *testing.T) {
	const seed = 5
	random := rand.New(rand.NewPCG(seed, seed))
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	stored := fillRandomly(t, random, store, catalogOf("web", pastNames...), now.Add(-8*time.Hour), now)
	from, to := metric.TimestampOf(now.Add(-7*time.Hour)), metric.TimestampOf(now.Add(-time.Minute))
	for _, globs := range [][]metric.Glob{nil, {"cpu*"}, {"room.temp{place=a.b*c|d}"}, {"none"}} {
		selection := history.Selection{Host: "web", Metrics: globs, From: from, To: to}
		var order []string
		got := make(map[string][]sample)
		pieces := 0
		err := store.Export(context.Background(), selection, func(piece history.ExportPiece) error {
			pieces++
			if name := piece.Series.Metric; len(got[name]) == 0 {
				order = append(order, name)
			}
			for i, at := range piece.Timestamps {
				got[piece.Series.Metric] = append(got[piece.Series.Metric], sample{at, piece.Values[i]})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		plain := plainStore{host: "web", stored: stored}
		names := plain.names(history.Query{Selection: selection})
		if !slices.Equal(order, names) {
			t.Errorf("%v: series %q, want %q", globs, order, names)
		}
		for _, name := range names {
			if !slices.Equal(got[name], plain.within(name, from, to)) {
				t.Errorf("%v: %s differs", globs, name)
			}
		}
		if len(names) > 0 && pieces <= len(names) && globs == nil {
			t.Errorf("only %d pieces: nothing was exported in parts", pieces)
		}
	}
}

func TestExportEndsWhenItsReaderFails(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	store := openPast(t, now)
	to := metric.TimestampOf(now)
	mustAppend(t, store, []history.Row{{Catalog: catalogOf("web", "cpu", "x"), Timestamp: to - 1, Values: []float64{1, 2}}})
	fault := errors.New("the reader is gone")
	pieces := 0
	err := store.Export(context.Background(), history.Selection{Host: "web", From: 0, To: to}, func(history.ExportPiece) error {
		pieces++
		return fault
	})
	if !errors.Is(err, fault) || pieces != 1 {
		t.Errorf("%d pieces, %v", pieces, err)
	}
}
