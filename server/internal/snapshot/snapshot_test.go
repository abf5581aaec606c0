package snapshot_test

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	patience = 30 * time.Second
	interval = 100 * time.Millisecond
)

// rig is history in a data folder, written to as a server does it.
type rig struct {
	t     *testing.T
	data  string
	store *history.TSDB
	began time.Time
	ticks int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, data: filepath.Join(t.TempDir(), "data"), began: time.Now().Add(-30 * time.Minute).Truncate(time.Second)}
	r.open()
	return r
}

func (r *rig) open() {
	r.t.Helper()
	store, err := openStore(r.data)
	must(r.t, err)
	r.store = store
	r.t.Cleanup(func() { must(r.t, store.Close()) })
}

func openStore(data string) (*history.TSDB, error) {
	return history.Open(history.Options{Dir: data, Sync: history.SyncPolicy(time.Second), Logger: zerolog.Nop(), Families: []metric.Family{
		{Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 1, Prometheus: "vitals_cpu_ratio"},
	}})
}

// catalogs are those of two hosts with a series of a sensor and one that was pushed.
func catalogs() []*hub.Catalog {
	var made []*hub.Catalog
	for _, host := range []string{"alpha", "beta"} {
		made = append(made, &hub.Catalog{Host: host, Series: []metric.Series{
			{Metric: "cpu", Family: "cpu", Unit: metric.Percent, Kind: metric.Gauge},
			{Metric: "orders{shop=a}", Family: "orders", Labels: map[string]string{"shop": "a"}, Kind: metric.Counter, Help: "Sold", Custom: true},
		}})
	}
	return made
}

// tick appends a value of each series.
func (r *rig) tick() {
	r.t.Helper()
	rows, at := []history.Row{}, r.began.Add(time.Duration(r.ticks)*interval)
	for _, catalog := range catalogs() {
		values := []float64{float64(r.ticks%1000) / 10, float64(r.ticks) * 1.1}
		rows = append(rows, history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at), Values: values})
	}
	_, err := r.store.Append(r.t.Context(), rows)
	must(r.t, err)
	r.ticks++
}

// late appends a value that comes after newer ones.
func (r *rig) late() {
	r.t.Helper()
	at := r.began.Add(time.Duration(r.ticks)*interval/2 + interval/2)
	appended, err := r.store.Append(r.t.Context(), []history.Row{
		{Catalog: catalogs()[0], Timestamp: metric.TimestampOf(at), Columns: []int32{1}, Values: []float64{-7}},
	})
	must(r.t, err)
	if appended.Samples != 1 {
		r.t.Fatalf("the late value was not taken: %+v", appended)
	}
}

// serve has a server listen in the data folder until the test ends, or until it is stopped.
func (r *rig) serve() (stop func()) {
	r.t.Helper()
	server, err := snapshot.Listen(r.data, r.store, zerolog.Nop())
	must(r.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	stop = func() {
		cancel()
		if err, is := <-ended; is {
			must(r.t, err)
			close(ended)
		}
	}
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) options(target string) snapshot.Options {
	return snapshot.Options{Data: r.data, Target: target, Open: func() (snapshot.Store, error) { return openStore(r.data) }}
}

// everything is all that a store knows.
type everything struct {
	Hosts  []string
	Series map[string][]metric.Series
	Values map[string][]string // "seconds value" by host and metric
}

func readAll(t *testing.T, store *history.TSDB) everything {
	t.Helper()
	ctx := t.Context()
	hosts, err := store.Hosts(ctx)
	must(t, err)
	from, to := metric.TimestampMs(0), metric.TimestampOf(time.Now().Add(time.Hour))
	known := everything{Series: map[string][]metric.Series{}, Values: map[string][]string{}}
	for _, host := range hosts {
		name := host.Host.Name
		known.Hosts = append(known.Hosts, fmt.Sprintf("%+v", host.Host))
		known.Series[name], err = store.Series(ctx, name, from, to)
		must(t, err)
		must(t, store.Export(ctx, history.Selection{Host: name, From: from, To: to}, func(piece history.ExportPiece) error {
			key := name + " " + piece.Series.Metric
			for i, at := range piece.Timestamps {
				known.Values[key] = append(known.Values[key], fmt.Sprint(at, " ", piece.Values[i]))
			}
			return nil
		}))
	}
	return known
}

// restore opens a copy as a server that is started on it.
func restore(t *testing.T, copied string) everything {
	t.Helper()
	store, err := openStore(copied)
	must(t, err)
	defer func() { must(t, store.Close()) }()
	return readAll(t, store)
}

func TestACopyOfARunningServerKnowsTheSame(t *testing.T) {
	r := newRig(t)
	r.store.Describe(metric.Host{Name: "alpha", Hostname: "alpha.example", CPUCount: 4})
	for range 600 {
		r.tick()
	}
	r.late()
	r.serve()
	target := filepath.Join(t.TempDir(), "copy")
	contents, err := snapshot.Take(t.Context(), r.options(target))
	must(t, err)
	const samples = 600*4 + 1
	if contents.Samples != samples || contents.Series != 4 || len(contents.Damaged) > 0 || contents.Blocks == 0 {
		t.Errorf("the copy holds %+v", contents)
	}
	if contents.Oldest != metric.TimestampOf(r.began) || contents.Newest != metric.TimestampOf(r.began.Add(599*interval)) {
		t.Errorf("the copy reaches from %v to %v", contents.Oldest, contents.Newest)
	}
	isPrivate(t, target)
	if difference := cmp.Diff(readAll(t, r.store), restore(t, target)); difference != "" {
		t.Errorf("-server +copy\n%s", difference)
	}
	absent(t, filepath.Join(r.data, "snapshot.tmp"))
	r.tick() // the server goes on
}

// isPrivate checks that nothing in a folder is for anybody else.
func isPrivate(t *testing.T, folder string) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		must(t, err)
		info, err := entry.Info()
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is for others too: %v", path, info.Mode())
		}
		return nil
	}))
}

// absent waits until there is nothing at a path.
func absent(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		_, err := os.Lstat(path)
		switch {
		case os.IsNotExist(err):
			return
		case time.Now().After(deadline):
			t.Fatalf("%s is still there", path)
		}
	}
}

// TestACopyHasAllThatWasAppendedBefore appends without a pause. What it had appended when a copy was asked for is in the copy,
// and what is in it beyond that is a beginning of what came then, without a hole.
func TestACopyHasAllThatWasAppendedBefore(t *testing.T) {
	r := newRig(t)
	r.serve()
	for round := range 3 {
		for range 50 {
			r.tick()
		}
		before := r.ticks
		target := filepath.Join(t.TempDir(), fmt.Sprint(round))
		copied := make(chan error, 1)
		go func() {
			_, err := snapshot.Take(t.Context(), r.options(target))
			copied <- err
		}()
		for isDone := false; !isDone; {
			select {
			case err := <-copied:
				must(t, err)
				isDone = true
			default:
				r.tick()
			}
		}
		for series, values := range restore(t, target).Values {
			if len(values) < before {
				t.Errorf("%s: %d values of the %d before the copy", series, len(values), before)
			}
			for i, value := range values {
				if at := metric.TimestampOf(r.began.Add(time.Duration(i) * interval)); !strings.HasPrefix(value, fmt.Sprint(at, " ")) {
					t.Fatalf("%s: value %d is %s, not of %v", series, i, value, at)
				}
			}
		}
	}
}

func TestACopyIsMadeWithoutAServer(t *testing.T) {
	r := newRig(t)
	for range 100 {
		r.tick()
	}
	r.late()
	want := readAll(t, r.store)
	must(t, r.store.Close())
	// A server that was killed leaves its socket, and perhaps what it had lent.
	socket := filepath.Join(r.data, "control.sock")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	must(t, err)
	listener.SetUnlinkOnClose(false)
	must(t, listener.Close())
	must(t, os.MkdirAll(filepath.Join(r.data, "snapshot.tmp", "history"), 0o700))
	target := filepath.Join(t.TempDir(), "copy")
	must(t, os.Mkdir(target, 0o700)) // an empty folder will do
	_, err = snapshot.Take(t.Context(), r.options(target))
	must(t, err)
	if difference := cmp.Diff(want, restore(t, target)); difference != "" {
		t.Errorf("-before +copy\n%s", difference)
	}
	absent(t, filepath.Join(r.data, "snapshot.tmp"))
	r.open() // the folder is free again
	if difference := cmp.Diff(want, readAll(t, r.store)); difference != "" {
		t.Errorf("the snapshot changed what it is of: -before +after\n%s", difference)
	}
	r.serve() // the next server takes the socket over
	_, err = snapshot.Take(t.Context(), r.options(filepath.Join(t.TempDir(), "copy")))
	must(t, err)
}

// TestAFolderOfAnotherUserIsNotOpened looks at one as root does, who could open it.
func TestAFolderOfAnotherUserIsNotOpened(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	r := newRig(t)
	r.tick()
	must(t, os.Chown(r.data, 4242, 4242))
	folder := t.TempDir()
	_, err := snapshot.Take(t.Context(), r.options(filepath.Join(folder, "without")))
	if err == nil || !strings.Contains(err.Error(), "user 4242") || !strings.Contains(err.Error(), "while the server runs") {
		t.Errorf("without a server: %v", err)
	}
	r.serve()
	_, err = snapshot.Take(t.Context(), r.options(filepath.Join(folder, "with")))
	must(t, err)
}

func TestACopyOfACopyIsTheSame(t *testing.T) {
	r := newRig(t)
	for range 100 {
		r.tick()
	}
	want := readAll(t, r.store)
	r.serve()
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	_, err := snapshot.Take(t.Context(), r.options(first))
	must(t, err)
	_, err = snapshot.Take(t.Context(), snapshot.Options{
		Data: first, Target: second, Open: func() (snapshot.Store, error) { return openStore(first) },
	})
	must(t, err)
	if difference := cmp.Diff(want, restore(t, second)); difference != "" {
		t.Errorf("-server +copy\n%s", difference)
	}
}

func TestWhereNoCopyIsMade(t *testing.T) {
	r := newRig(t)
	r.tick()
	r.serve()
	folder := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(folder, "full", "of"), 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "file"), nil, 0o600))
	tests := map[string]struct {
		data, target string
		says         []string
	}{
		"not empty":            {r.data, filepath.Join(folder, "full"), []string{"full is not empty", "still to be made"}},
		"a file":               {r.data, filepath.Join(folder, "file"), []string{"file cannot be used"}},
		"below nothing":        {r.data, filepath.Join(folder, "none", "copy"), []string{"none is no folder"}},
		"below a file":         {r.data, filepath.Join(folder, "file", "copy"), []string{"cannot be used"}},
		"the data itself":      {r.data, r.data, []string{"not empty"}},
		"within the data":      {r.data, filepath.Join(r.data, "copy"), []string{"within the data folder", "outside"}},
		"no data":              {filepath.Join(folder, "nowhere"), filepath.Join(folder, "copy"), []string{"no history in", "nowhere", "--data"}},
		"data without history": {folder, filepath.Join(folder, "copy"), []string{"no history in", "--data"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			options := r.options(test.target)
			options.Data = test.data
			_, err := snapshot.Take(t.Context(), options)
			for _, word := range test.says {
				if err == nil || !strings.Contains(err.Error(), word) {
					t.Errorf("says %v, not %s", err, word)
				}
			}
		})
	}
	absent(t, filepath.Join(r.data, "snapshot.tmp"))
}

func TestAnInterruptedCopyLeavesNothing(t *testing.T) {
	r := newRig(t)
	r.tick()
	r.serve()
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := snapshot.Take(ctx, r.options(filepath.Join(folder, "copy"))); err == nil {
		t.Fatal("a copy was made by who had given up")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("%v %v is left", entries, err)
	}
	absent(t, filepath.Join(r.data, "snapshot.tmp"))
}
