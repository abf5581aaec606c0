package collect

import (
	"context"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"vitals/internal/metric"
)

// deadRoot is a file system whose statfs answers only after the release, as that of a server that went away.
type deadRoot struct {
	fs.Inode
	release      chan struct{}
	asked        atomic.Int32
	inside, most atomic.Int32
}

var _ fs.NodeStatfser = (*deadRoot)(nil)

func (d *deadRoot) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	d.asked.Add(1)
	d.most.Store(max(d.most.Load(), d.inside.Add(1)))
	defer d.inside.Add(-1)
	<-d.release
	out.Blocks, out.Bfree, out.Bavail, out.Bsize, out.Frsize = 1000, 400, 300, 131072, 4096
	return 0
}

// mountDead mounts a dead file system until the end of the test. The release is idempotent.
func mountDead(t *testing.T) (point string, root *deadRoot, release func()) {
	t.Helper()
	for _, need := range []func() error{
		func() error { _, err := os.Stat("/dev/fuse"); return err },
		func() error { _, err := exec.LookPath("fusermount3"); return err },
	} {
		if err := need(); err != nil {
			t.Skipf("SKIPPED: the test of a hung mount needs FUSE: %v. Install fuse3 to run it.", err)
		}
	}
	point = t.TempDir()
	root = &deadRoot{release: make(chan struct{})}
	server, err := fs.Mount(point, root, &fs.Options{MountOptions: fuse.MountOptions{FsName: "dead:/server", Name: "dead"}})
	if err != nil {
		t.Skipf("SKIPPED: the test of a hung mount may not mount FUSE here: %v", err)
	}
	released := false
	release = func() {
		if !released {
			released = true
			close(root.release)
		}
	}
	t.Cleanup(func() {
		release()
		if err := server.Unmount(); err != nil {
			t.Errorf("unmount %s: %v", point, err)
		}
		server.Wait()
	})
	return point, root, release
}

func TestRealHungMount(t *testing.T) {
	point, root, release := mountDead(t)
	source, err := NewHost(t.Context(), HostOptions{Interval: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	dead, other := seriesName("filesystem", "mount", point), seriesName("filesystem", "mount", "/")
	shown := 0 // how often / answered in time: on a busy machine not each time
	for turn := range uint64(5) {
		start := time.Now()
		values := valuesOf(source.Sample(t.Context(), start, turn*slowEvery)[0].Events)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("sample %d took %v, want the others to go on", turn, took)
		}
		if _, sent := values[dead]; sent {
			t.Errorf("the hung mount has a value: %v", values[dead])
		}
		if _, sent := values[other]; sent {
			shown++
		}
		if _, sent := values["memory"]; !sent {
			t.Error("memory has no value beside a hung mount")
		}
	}
	if shown == 0 {
		t.Errorf("%s has no value beside a hung mount", other)
	}
	if root.asked.Load() != 1 || root.most.Load() != 1 {
		t.Errorf("the hung mount was asked %d times, %d at once, want once", root.asked.Load(), root.most.Load())
	}
	release()
	values := waitForSeries(t, source, dead)
	if values[dead] != 66.67 || values[seriesName("filesystem.total", "mount", point)] != 1000*4096 {
		t.Errorf("the healed mount shows %v %% of %v bytes, want df's 66.67 %% of 4096000: blocks are counted in f_frsize",
			values[dead], values[seriesName("filesystem.total", "mount", point)])
	}
}

// waitForSeries samples until the series appears, and gives up after 10 s.
func waitForSeries(t *testing.T, source Source, series string) map[string]float64 {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		var update metric.Update
		for tick := range uint64(2) {
			update = source.Sample(t.Context(), time.Now(), tick)[0]
			if values := valuesOf(update.Events); values[series] != 0 {
				return values
			}
		}
	}
	t.Fatalf("%s did not come back", series)
	return nil
}
