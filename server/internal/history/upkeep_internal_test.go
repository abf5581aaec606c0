package history

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// movingClock is a clock that a test moves on; it may be asked by anybody.
type movingClock struct{ unixMs atomic.Int64 }

func (c *movingClock) now() time.Time          { return time.UnixMilli(c.unixMs.Load()) }
func (c *movingClock) move(by time.Duration)   { c.unixMs.Add(by.Milliseconds()) }
func (c *movingClock) set(to time.Time)        { c.unixMs.Store(to.UnixMilli()) }
func newMovingClock(at time.Time) *movingClock { c := &movingClock{}; c.set(at); return c }

// keptUp is a store whose upkeep runs all the time, with so many hours in blocks of an hour, a sample each minute.
func keptUp(t *testing.T, options Options, hours int) (*TSDB, *movingClock) {
	t.Helper()
	clock := newMovingClock(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	options.Clock, options.Sync, options.UpkeepEach = clock.now, SyncPolicy(time.Hour), 2*time.Millisecond
	store := openWide(t, options)
	trustClock(store)
	for range hours {
		appendHour(t, store, clock)
		begin := clock.now().Add(-time.Hour).UnixMilli()
		if err := store.current.db.CompactHead(tsdb.NewRangeHead(store.current.db.Head(), begin, clock.now().UnixMilli()-1)); err != nil {
			t.Fatal(err)
		}
	}
	return store, clock
}

// trustClock makes a store believe its clock whatever it does.
func trustClock(store *TSDB) {
	store.retention.mu.Lock()
	defer store.retention.mu.Unlock()
	store.retention.age.patience, store.retention.age.trustedFrom = 0, time.Time{}
}

func keptUpCatalog() *hub.Catalog {
	return &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}}}
}

// appendHour appends a sample each minute while the clock moves on by an hour.
func appendHour(t *testing.T, store *TSDB, clock *movingClock) {
	t.Helper()
	catalog := keptUpCatalog()
	for range 60 {
		row := Row{Catalog: catalog, Timestamp: metric.TimestampOf(clock.now()), Values: []float64{float64(clock.now().Minute())}}
		if done, err := store.Append(t.Context(), []Row{row}); err != nil || done.Samples != 1 {
			t.Fatalf("%v: %+v, %v", clock.now(), done, err)
		}
		clock.move(time.Minute)
	}
}

// timesKept are the times of all samples.
func timesKept(t *testing.T, store *TSDB) []metric.TimestampMs {
	t.Helper()
	var times []metric.TimestampMs
	everything := Selection{Host: "web", From: 0, To: metric.TimestampOf(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))}
	err := store.Export(t.Context(), everything, func(piece ExportPiece) error {
		times = append(times, piece.Timestamps...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return times
}

// comesTrue polls until the condition holds.
func comesTrue(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: ", what)
		}
	}
}

// foreign puts files into a store's folder that are not ours, and gives a check that they are still there.
func foreign(t *testing.T, store *TSDB) (check func()) {
	t.Helper()
	want := map[string]string{"notes.txt": "1", "history/notes.txt": "2", "history/older/data": "3", "quarantine/kept": "4"}
	for name, content := range want {
		path := filepath.Join(store.options.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		got := make(map[string]string)
		for name := range want {
			content, _ := os.ReadFile(filepath.Join(store.options.Dir, name))
			got[name] = string(content)
		}
		if !maps.Equal(got, want) {
			t.Errorf("what is not ours: %v, want %v", got, want)
		}
	}
}

// blockFolders are the blocks on the disk.
func blockFolders(t *testing.T, store *TSDB) []string {
	t.Helper()
	entries, err := os.ReadDir(store.options.storeDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "01") && !strings.Contains(entry.Name(), "tmp") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// Nothing new has to be written for what is too old to go, and nothing else goes.
func TestWhatIsTooOldGoesByItself(t *testing.T) {
	store, clock := keptUp(t, Options{RetentionTime: 20 * time.Hour}, 10)
	check := foreign(t, store)
	before, blocks := timesKept(t, store), len(blockFolders(t, store))
	clock.move(11*time.Hour + time.Minute) // the first of ten hours is too old now
	comesTrue(t, "a block goes", func() bool { return len(blockFolders(t, store)) < blocks })
	kept := timesKept(t, store)
	lost := len(before) - len(kept)
	if lost < 1 || lost > 60 || !slices.Equal(before[lost:], kept) {
		t.Errorf("%d of %d samples are kept, want all but the first hour", len(kept), len(before))
	}
	clock.move(20 * time.Hour)
	comesTrue(t, "all blocks go", func() bool { return len(blockFolders(t, store)) == 0 })
	check()
}

func TestWhatIsTooMuchGoesByItself(t *testing.T) {
	store, _ := keptUp(t, Options{RetentionTime: 25 * time.Hour}, 10)
	check := foreign(t, store)
	before := timesKept(t, store)
	size := func() (sum int64) {
		for _, block := range store.current.db.Blocks() {
			sum += block.Size()
		}
		return sum
	}
	comesTrue(t, "there is room for all but one block", func() bool {
		store.retention.mu.Lock()
		defer store.retention.mu.Unlock()
		store.retention.maxBytes = 4 * (size() - 1) // the log is larger, and leaves a quarter
		return store.retention.room() == size()-1   // blocks may be made one meanwhile
	})
	comesTrue(t, "a block goes", func() bool { return len(timesKept(t, store)) < len(before) })
	kept := timesKept(t, store)
	if lost := len(before) - len(kept); lost > 180 || !slices.Equal(before[lost:], kept) {
		t.Errorf("%d of %d samples are kept, want the newest", len(kept), len(before))
	}
	check()
}

// What was put aside because it was ahead of the clock comes back without a new start, and without a new block.
func TestTheFutureComesBackByItself(t *testing.T) {
	for _, ahead := range []time.Duration{3 * time.Hour, 10 * 365 * 24 * time.Hour} {
		start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		clock := newMovingClock(start.Add(ahead))
		store := openWide(t, Options{Clock: clock.now, UpkeepEach: 2 * time.Millisecond, RetentionTime: 20 * 365 * 24 * time.Hour})
		appendHour(t, store, clock) // by a clock that is wrong
		clock.set(start)
		appendHour(t, store, clock)
		if kept := timesKept(t, store); len(kept) != 60 || kept[0] != metric.TimestampOf(start) {
			t.Fatalf("%v ahead: %d samples are there", ahead, len(kept))
		}
		clock.set(start.Add(ahead + 2*time.Hour))
		row := Row{Catalog: keptUpCatalog(), Timestamp: metric.TimestampOf(clock.now()), Values: []float64{1}}
		if done, err := store.Append(t.Context(), []Row{row}); err != nil || done.Samples != 1 {
			t.Fatalf("%v ahead: %+v, %v", ahead, done, err)
		}
		comesTrue(t, "all is there", func() bool { return len(timesKept(t, store)) == 121 })
	}
}

// One sample from the far future is refused, and keeps nothing else out.
func TestASampleFromTheFarFuture(t *testing.T) {
	clock := newMovingClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	store := openWide(t, Options{Clock: clock.now})
	far := Row{Catalog: keptUpCatalog(), Timestamp: metric.TimestampOf(clock.now().AddDate(10, 0, 0)), Values: []float64{1}}
	near := Row{Catalog: far.Catalog, Timestamp: metric.TimestampOf(clock.now()), Values: []float64{0}}
	done, err := store.Append(t.Context(), []Row{far, near, far})
	if err != nil || done.TooNew != 2 || done.Samples != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	appendHour(t, store, clock)
	if kept := timesKept(t, store); len(kept) != 60 || len(store.Usage().Damaged) > 0 {
		t.Errorf("%d samples, %v", len(kept), store.Usage().Damaged)
	}
}

// A clock that has a monotonic reading, as that of the machine does, leaps only in its other part.
func TestALeapOfTheRealClockCanBeSeen(t *testing.T) {
	age := ageClock{clock: time.Now, patience: clockPatience}
	age.begin(time.Now().UnixMilli())
	_, _ = age.now()
	if strings.Contains(age.before.String(), "m=") {
		t.Errorf("%v is compared by the monotonic clock, which never leaps", age.before)
	}
}
