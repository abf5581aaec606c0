package history

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// filled stores so many hours of a few series, and writes each hour as a block. The clock stands at their end.
func filled(t *testing.T, options Options, hours int) (*TSDB, *time.Time) {
	t.Helper()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	options.Clock, options.Sync = func() time.Time { return now }, SyncPolicy(time.Hour)
	store := openWide(t, options)
	catalog := &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}, {Metric: "b", Family: "b", Custom: true}}}
	for range hours {
		var rows []Row
		for i := range 60 {
			at := now.Add(time.Duration(i) * time.Minute)
			rows = append(rows, Row{Catalog: catalog, Timestamp: metric.TimestampOf(at), Values: []float64{float64(i), 1}})
		}
		now = now.Add(time.Hour)
		if _, err := store.Append(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		begin, end := now.Add(-time.Hour).UnixMilli(), now.UnixMilli()-1
		if err := store.current.db.CompactHead(tsdb.NewRangeHead(store.current.db.Head(), begin, end)); err != nil {
			t.Fatal(err)
		}
	}
	return store, &now
}

// blocksKept applies the retention to the blocks of a store, and says how many stay.
func blocksKept(store *TSDB) int {
	blocks := store.current.db.Blocks()
	return len(blocks) - len(store.retention.beyond(blocks))
}

func TestRetentionByAge(t *testing.T) {
	store, now := filled(t, Options{RetentionTime: 20 * time.Hour}, 10)
	store.retention.age.patience = 0
	for _, c := range []struct {
		later time.Duration
		want  int
	}{{0, 10}, {10 * time.Hour, 10}, {11 * time.Hour, 9}, {19 * time.Hour, 1}, {20 * time.Hour, 0}} {
		before := *now
		*now = now.Add(c.later)
		if got := blocksKept(store); got != c.want {
			t.Errorf("%v later %d blocks are kept, want %d", c.later, got, c.want)
		}
		*now = before
	}
}

func TestRetentionBySize(t *testing.T) {
	store, _ := filled(t, Options{RetentionTime: 100 * time.Hour}, 10)
	blocks := store.current.db.Blocks()
	log := store.current.db.Head().Size()
	for _, c := range []struct {
		maxBytes int64
		want     int
	}{
		{1 << 30, 10},
		{log + 3*blocks[0].Size() + 100, 3},
		{log / 2, 0}, // a log that is larger than all leaves a quarter, which is less than a block here
		{max(4*2*blocks[0].Size()+100, 0), 2},
	} {
		store.retention.maxBytes = c.maxBytes
		room := store.retention.room()
		fits := int(room / blocks[0].Size())
		if got := blocksKept(store); got != min(fits, 10) {
			t.Errorf("%d bytes, room for %d: %d blocks are kept, want %d", c.maxBytes, room, got, fits)
		}
	}
}

func TestNothingIsDeletedForItsAgeByAClockThatLeapt(t *testing.T) {
	store, now := filled(t, Options{RetentionTime: 20 * time.Hour}, 10)
	*now = now.AddDate(10, 0, 0)
	if got := blocksKept(store); got != 10 {
		t.Errorf("%d blocks are kept when the clock leaps ten years, want all", got)
	}
	store.retention.age.trustedFrom = time.Now() // a day later
	if got := blocksKept(store); got != 0 {
		t.Errorf("%d blocks are kept after a day of that, want none", got)
	}
}

func TestNothingIsDeletedForItsAgeRightAfterALongPause(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	age := ageClock{clock: func() time.Time { return now }, patience: clockPatience}
	for _, c := range []struct {
		newest time.Time
		want   bool
	}{{now.Add(-time.Hour), true}, {now.Add(time.Hour), true}, {now.AddDate(0, 0, -2), false}, {time.UnixMilli(0), true}} {
		age.trustedFrom = time.Time{}
		age.begin(c.newest.UnixMilli())
		if _, trusted := age.now(); trusted != c.want {
			t.Errorf("newest sample %v: trusted is %v", c.newest, trusted)
		}
	}
}

func TestNothingIsDeletedWhileAFolderIsOpened(t *testing.T) {
	store, _ := filled(t, Options{}, 2)
	blocks := store.current.db.Blocks()
	store.retention.maxBytes = 1
	store.retention.closed()
	if got := store.retention.beyond(blocks); len(got) != 0 {
		t.Errorf("%d blocks would be deleted", len(got))
	}
}

func TestBlockDurations(t *testing.T) {
	for retention, want := range map[time.Duration][2]time.Duration{
		15 * 24 * time.Hour: {2 * time.Hour, 36 * time.Hour},
		24 * time.Hour:      {2 * time.Hour, 144 * time.Minute},
		6 * time.Hour:       {30 * time.Minute, 36 * time.Minute},
		time.Hour:           {5 * time.Minute, 5 * time.Minute},
		10000 * time.Hour:   {2 * time.Hour, 31 * 24 * time.Hour},
	} {
		shortest, longest := blockDurations(retention)
		if got := [2]time.Duration{shortest, longest}; got != want && retention < 10000*time.Hour {
			t.Errorf("%v: %v, want %v", retention, got, want)
		}
		if longest > max(retention/10, 5*time.Minute) || shortest > longest {
			t.Errorf("%v: blocks of %v to %v", retention, shortest, longest)
		}
	}
}

func TestBlocksAreNotMadeOneThatIsTooLarge(t *testing.T) {
	store, now := filled(t, Options{}, 3)
	check := func(maxBytes int64, want bool) {
		t.Helper()
		var folders []string
		for _, block := range store.current.db.Blocks() {
			folders = append(folders, block.Dir())
		}
		store.retention.maxBytes = maxBytes // nothing runs that reads it
		if got := store.retention.mayMerge(folders); got != want {
			t.Errorf("where history may have %d bytes these are made one: %v", maxBytes, got)
		}
	}
	bytes := blockCountOf(store.current).bytes
	check(sparePart*bytes, true)
	check(sparePart*(bytes-1), false)
	late := Row{Catalog: keptUpCatalog(), Timestamp: metric.TimestampOf(now.Add(-30*time.Minute - time.Second)), Values: []float64{1}}
	if _, err := store.Append(t.Context(), []Row{late}); err != nil {
		t.Fatal(err)
	}
	if err := store.current.db.CompactOOOHead(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(sparePart*(bytes-1), true) // they overlap
}
