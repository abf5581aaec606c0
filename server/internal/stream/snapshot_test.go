package stream

import (
	"fmt"
	"math"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// pastOf publishes updates and takes them back as the past that a subscriber begins with.
func pastOf(t *testing.T, bus *hub.Hub, updates ...metric.Update) hub.Start {
	t.Helper()
	for _, update := range updates {
		bus.Publish(update)
	}
	subscription := bus.Subscribe(maxLagBytes, asleep{})
	defer subscription.Close()
	start, err := subscription.Follow(testHost, hub.Wish{Backfill: 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return start
}

func TestALongPastComesInPieces(t *testing.T) {
	for _, shapeOf := range []struct{ rows, series int }{{1, 1}, {1000, 100}, {5000, 7}, {3, 40_000}, {40_000, 0}} {
		t.Run(fmt.Sprintf("%dx%d", shapeOf.rows, shapeOf.series), func(t *testing.T) {
			bus := newHub(hub.Options{Backfill: 100 * time.Hour, MaxBytes: 1 << 30, MaxSeries: 1 << 16})
			for seq := range shapeOf.rows {
				bus.Publish(tick(seq, shapeOf.series))
			}
			start := pastOf(t, bus)
			frames := snapshotsOf(start)
			checkPieces(t, frames, shapeOf.rows, shapeOf.series)
		})
	}
}

// snapshotsOf cuts the past into frames.
func snapshotsOf(start hub.Start) []wire.Snapshot {
	sight := testGroups().acquire(kind{shape: shapeSession}, nil).view(start.Catalog)
	var frames []wire.Snapshot
	for rest := sight.newPast(start.Past, 1); len(rest.ticks) > 0; {
		frames = append(frames, sight.snapshotFrame(rest.next(sight.rowsPerPiece()), 0))
	}
	return frames
}

func checkPieces(t *testing.T, frames []wire.Snapshot, rows, series int) {
	t.Helper()
	next := uint64(1)
	for _, frame := range frames {
		size := len(frame.Timestamps)
		if frame.Seq != next || size == 0 || len(frame.Columns) != series {
			t.Fatalf("a piece begins at %d with %d rows of %d columns, expected position %d", frame.Seq, size, len(frame.Columns), next)
		}
		if values := size * (series + 1); size > 1 && values > maxSnapshotValues {
			t.Fatalf("a piece has %d values, at most %d should be", values, maxSnapshotValues)
		}
		for row := range size {
			checkRow(t, frame, row)
		}
		next += uint64(size)
	}
	if next != uint64(rows)+1 {
		t.Errorf("the pieces end at %d, expected %d", next-1, rows)
	}
}

func checkRow(t *testing.T, frame wire.Snapshot, row int) {
	t.Helper()
	seq := float64(frame.Seq) + float64(row) - 1
	if frame.Timestamps[row] != testEpoch+metric.TimestampMs(seq)*1000 {
		t.Fatalf("row %v has the time %v", seq, frame.Timestamps[row])
	}
	for column := 0; column < len(frame.Columns); column += 97 {
		if got := frame.Columns[column][row]; got != seq+float64(column)/10 {
			t.Fatalf("row %v has %v in column %d", seq, got, column)
		}
	}
}

func TestRowsOlderThanTheirCatalogueHaveHoles(t *testing.T) {
	start := pastOf(t, newHub(hub.Options{}), tick(1, 1), tick(2, 2))
	frames := snapshotsOf(start)
	if len(frames) != 1 {
		t.Fatalf("got %d frames", len(frames))
	}
	text := string(wire.JSON{}.Append(nil, frames[0]))
	const wanted = `{"type":"snapshot","host":"web-1","seq":1,"timestamps":[1690000001,1690000002],"columns":[[1,2],[null,2.1]]}`
	if text != wanted {
		t.Errorf("got %s", text)
	}
	if !math.IsNaN(frames[0].Columns[1][0]) {
		t.Error("a value was invented")
	}
}
