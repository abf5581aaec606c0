package history

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"golang.org/x/sys/unix"

	"vitals/internal/history/salvage"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// fillUp makes every write to the files of a folder that this process has open fail as on a full disk, until there is space
// again.
func fillUp(t *testing.T, dir string) (makeSpace func()) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("there is no /dev/full here: %v", err)
	}
	defer func() { _ = full.Close() }() // its copies stay
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("there is no /proc here: %v", err)
	}
	const unusedDescriptor = 1000 // not among those that were listed
	aside := make(map[int]int)    // what the descriptors were, by themselves
	for _, entry := range descriptors {
		path, _ := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		descriptor, err := strconv.Atoi(entry.Name())
		if err != nil || !strings.HasPrefix(path, dir+"/") {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFL, 0)
		if err != nil || flags&unix.O_ACCMODE == unix.O_RDONLY {
			continue
		}
		if aside[descriptor], err = unix.FcntlInt(uintptr(descriptor), unix.F_DUPFD_CLOEXEC, unusedDescriptor); err != nil {
			t.Fatal(err)
		}
		if err := unix.Dup3(int(full.Fd()), descriptor, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
	}
	if len(aside) == 0 {
		t.Fatalf("no file of %s is written to", dir)
	}
	return func() {
		for descriptor, was := range aside {
			if err := errors.Join(unix.Dup3(was, descriptor, unix.O_CLOEXEC), unix.Close(was)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWhatCouldNotBeLoggedIsTakenAgain(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	catalog := &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}}}
	row := func(second int, value float64) []Row {
		return []Row{{Catalog: catalog, Timestamp: metric.TimestampMs(start.UnixMilli() + int64(second)*1000), Values: []float64{value}}}
	}
	for name, c := range map[string]struct {
		folder string
		second int
	}{
		"the newest": {salvage.LogFolder, 20}, "a late one": {salvage.LateLogFolder, 5},
	} {
		t.Run(name, func(t *testing.T) {
			store := openWide(t, Options{Clock: func() time.Time { return start }})
			for _, second := range []int{0, 10} {
				if _, err := store.Append(t.Context(), row(second, 1)); err != nil {
					t.Fatal(err)
				}
			}
			makeSpace := fillUp(t, filepath.Join(store.options.storeDir(), c.folder))
			if done, err := store.Append(t.Context(), row(c.second, 2)); !errors.Is(err, ErrFull) {
				t.Fatalf("appended to a full disk: %+v, %v", done, err)
			}
			makeSpace()
			for _, value := range []float64{2, 2} {
				if done, err := store.Append(t.Context(), row(c.second, value)); err != nil || done.Samples != 1 {
					t.Fatalf("appended again: %+v, %v", done, err)
				}
			}
			if done, err := store.Append(t.Context(), row(c.second, 3)); err != nil || done.Conflicts != 1 {
				t.Errorf("another value: %+v, %v", done, err)
			}
		})
	}
}

func TestReadersEndWhenTheStoreIsOpenedAnew(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := openWide(t, Options{Clock: func() time.Time { return start }})
	catalog := &hub.Catalog{Host: "web", Series: []metric.Series{{Metric: "a", Family: "a", Custom: true}}}
	rows := []Row{{Catalog: catalog, Timestamp: metric.TimestampOf(start), Values: []float64{1}}}
	if _, err := store.Append(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	querier, err := store.Queryable().Querier(0, start.UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	found := querier.Select(t.Context(), false, nil, labels.MustNewMatcher(labels.MatchEqual, HostLabel, "web"))
	store.mu.RLock()
	retired := store.current.retired
	store.mu.RUnlock()
	given := make(chan error, 1)
	go func() { given <- store.giveUp(errors.New("a write failed")) }()
	<-retired
	if found.Next() || !errors.Is(found.Err(), ErrUnavailable) {
		t.Errorf("a reader goes on: %v", found.Err())
	}
	if _, err := store.Queryable().ChunkQuerier(0, 1); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a new reader is told %v", err)
	}
	select {
	case err := <-given:
		t.Error(err, "the database was closed below a reader")
	default:
	}
	if err := querier.Close(); err != nil {
		t.Error(err)
	}
	if err := <-given; !errors.Is(err, ErrUnavailable) {
		t.Errorf("giving up says %v", err)
	}
	if done, err := store.Append(t.Context(), rows); err != nil || done.Samples != 1 {
		t.Errorf("the next append: %+v, %v", done, err)
	}
}
