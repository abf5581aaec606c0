package history_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// inMount runs a test of this binary again in a mount namespace of its own, with a small file system for it. It gives the
// folder of that inside, and "" outside once the test has passed there.
func inMount(t *testing.T, options string) string {
	t.Helper()
	if dir := os.Getenv("HISTORY_TEST_MOUNT"); dir != "" {
		return dir
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a file system for it")
	}
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip("there is no unshare: ", err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf(`mount -t tmpfs -o %s tmpfs "$HISTORY_TEST_MOUNT" || exit 77; exec "$0" -test.run "^$1\$" -test.count=1`, options)
	command := exec.CommandContext(t.Context(), "unshare", "-m", "sh", "-c", script, os.Args[0], t.Name())
	command.Env = append(os.Environ(), "HISTORY_TEST_MOUNT="+dir)
	output, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 77 || strings.Contains(string(output), "unshare failed")) {
		t.Skipf("nothing can be mounted here: %s", output)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return ""
}

// episode is a store on a small file system, what it was offered, and what of it was acknowledged.
type episode struct {
	dir, filler    string
	store          *history.TSDB
	catalog        *hub.Catalog
	ticks          int
	offered, acked samples
}

func newEpisode(t *testing.T, mount, name string) *episode {
	e := &episode{
		dir: filepath.Join(mount, name), filler: filepath.Join(mount, "filler"),
		catalog: &hub.Catalog{Host: "web"}, offered: make(samples), acked: make(samples),
	}
	for i := range 50 {
		name := fmt.Sprintf("load.number%d", i)
		e.catalog.Series = append(e.catalog.Series, metric.Series{Metric: name, Family: name, Custom: true})
	}
	e.store = openFaults(t, e.dir)
	return e
}

// append offers a row and notes what became of it.
func (e *episode) append(t *testing.T) error {
	t.Helper()
	e.ticks++
	at := faultsStart.Add(time.Duration(e.ticks) * 10 * time.Millisecond)
	if e.ticks%5 == 4 { // comes late
		at = at.Add(-35 * time.Millisecond)
	}
	row := history.Row{Catalog: e.catalog, Timestamp: metric.TimestampOf(at)}
	for column := range e.catalog.Series {
		row.Values = append(row.Values, float64(e.ticks*(column+7))/3)
	}
	e.offered.add(row)
	done, err := e.store.Append(t.Context(), []history.Row{row})
	if err == nil && done.Samples != len(row.Values) {
		t.Fatalf("%+v", done)
	}
	if err == nil {
		e.acked.add(row)
	}
	return err
}

// fill leaves so many bytes of the file system free, and appends until these are gone too.
func (e *episode) fill(t *testing.T, free int) {
	t.Helper()
	filler, err := os.Create(e.filler)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for err == nil {
		var n int
		n, err = filler.Write(make([]byte, 4096))
		size += int64(n)
	}
	if err := errors.Join(filler.Truncate(max(0, size-int64(free))), filler.Close()); err != nil {
		t.Fatal(err)
	}
	for range 100_000 {
		switch err := e.append(t); {
		case errors.Is(err, history.ErrFull):
			return
		case err != nil:
			t.Fatal(err)
		}
	}
	t.Fatal("the disk does not get full")
}

// check reads everything: what was acknowledged is there, and nothing that was never offered.
func (e *episode) check(t *testing.T, what string) {
	t.Helper()
	got := all(t, e.store)
	e.offered.lost(t, what, got)
	for name, values := range e.acked {
		for at := range values {
			if _, kept := got[name][at]; !kept {
				t.Fatalf("%s: %s was acknowledged at %v and is lost", what, name, at)
			}
		}
	}
}

// A store on a full disk takes nothing and loses nothing, answers all the while, and takes samples again when there is space.
func TestAFullDisk(t *testing.T) {
	mount := inMount(t, "size=4m")
	if mount == "" {
		return
	}
	for _, free := range []int{0, 100, 5000, 20_000, 33_000, 70_000} {
		e := newEpisode(t, mount, fmt.Sprint(free))
		for range 2 {
			for range 20 {
				if err := e.append(t); err != nil {
					t.Fatal(err)
				}
			}
			e.fill(t, free)
			e.check(t, "while it is full")
			if err := e.append(t); !errors.Is(err, history.ErrFull) {
				t.Fatalf("appended while there is no space: %v", err)
			}
			if err := os.Remove(e.filler); err != nil {
				t.Fatal(err)
			}
			if err := e.append(t); err != nil {
				t.Fatalf("with space again: %v", err)
			}
			e.check(t, "with space again")
		}
		if damaged := e.store.Usage().Damaged; len(damaged) > 0 {
			t.Errorf("damage: %v", damaged)
		}
		e.startOnFullDisk(t, free)
		if err := e.store.Close(); err != nil {
			t.Fatal(err)
		}
		if left := openIn(t, e.dir); len(left) > 0 {
			t.Errorf("with %d bytes free: it is closed, and these are open: %v", free, left)
		}
		if err := os.RemoveAll(e.dir); err != nil {
			t.Fatal(err)
		}
	}
}

// openIn are the files below a folder that this process has open.
func openIn(t *testing.T, dir string) (open []string) {
	t.Helper()
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range descriptors {
		if path, _ := os.Readlink(filepath.Join("/proc/self/fd", entry.Name())); strings.HasPrefix(path, dir+"/") {
			open = append(open, path)
		}
	}
	return open
}

func (e *episode) startOnFullDisk(t *testing.T, free int) {
	t.Helper()
	e.fill(t, free)
	full := e.store
	_ = full.Close() // what it cannot write is as after a kill
	e.store = openFaults(t, e.dir)
	_ = e.append(t)
	if err := os.Remove(e.filler); err != nil {
		t.Fatal(err)
	}
	_ = full.Close()
	if err := e.append(t); err != nil {
		t.Fatalf("after a start on a full disk: %v", err)
	}
	e.check(t, "after a start on a full disk")
}

// A file system that cannot be written to is refused, and untouched.
func TestAReadOnlyMountIsRefused(t *testing.T) {
	mount := inMount(t, "size=1m,ro")
	if mount == "" {
		return
	}
	_, err := history.Open(faultsOptions(mount))
	if err == nil || !strings.Contains(err.Error(), "read-only") || !strings.Contains(err.Error(), "--data") {
		t.Errorf("%v", err)
	}
}
