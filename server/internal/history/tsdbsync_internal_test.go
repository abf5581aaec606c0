package history

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// twoLogs makes the logs that a store has.
func twoLogs(t *testing.T) (dir string, written *wlog.WL) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{wlog.WblDirName, "wal"} {
		log, err := wlog.NewSize(nil, nil, filepath.Join(dir, name), 1<<20, compression.None)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = log.Close() })
		written = log
	}
	return dir, written
}

func writeRecord(t *testing.T, log *wlog.WL) {
	t.Helper()
	if err := log.Log(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
}

func openTestLog(t *testing.T, dir string, policy SyncPolicy) *syncedLog {
	t.Helper()
	synced, err := newSyncedLog(dir, policy)
	if err != nil {
		t.Fatal(err)
	}
	return synced
}

// waits says whether something is to be synced, or a timer runs.
func waits(synced *syncedLog) bool {
	synced.mu.Lock()
	defer synced.mu.Unlock()
	return synced.dirty || synced.timer != nil
}

func TestSyncAfterEachAppend(t *testing.T) {
	dir, log := twoLogs(t)
	synced := openTestLog(t, dir, 0)
	for range 3 {
		writeRecord(t, log)
		if err := synced.wrote(false); err != nil || synced.dirty || synced.timer != nil {
			t.Errorf("after an append: %v, to sync %v, timer %v", err, synced.dirty, synced.timer)
		}
	}
	if err := synced.close(); err != nil {
		t.Error(err)
	}
}

func TestSyncNoLaterThanThePolicy(t *testing.T) {
	dir, log := twoLogs(t)
	synctest.Test(t, func(t *testing.T) {
		synced := openTestLog(t, dir, SyncPolicy(time.Second))
		for range 3 {
			time.Sleep(100 * time.Millisecond)
			writeRecord(t, log)
			if err := synced.wrote(false); err != nil || !waits(synced) {
				t.Errorf("right after a write: %v, nothing is to sync", err)
			}
		}
		time.Sleep(700 * time.Millisecond) // a second after the beginning, without another write
		synctest.Wait()
		if waits(synced) {
			t.Error("a second later there is something to sync, or a timer")
		}
		time.Sleep(950 * time.Millisecond) // who writes each second needs no timer
		writeRecord(t, log)
		if err := synced.wrote(false); err != nil || waits(synced) {
			t.Errorf("a write each second: %v, or there is something to sync, or a timer", err)
		}
		if err := synced.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestSyncFollowsTheLogToNewSegments(t *testing.T) {
	dir, log := twoLogs(t)
	synced := openTestLog(t, dir, 0)
	for range 3 {
		writeRecord(t, log)
		if _, err := log.NextSegmentSync(); err != nil {
			t.Fatal(err)
		}
	}
	writeRecord(t, log)
	if err := synced.wrote(false); err != nil {
		t.Fatal(err)
	}
	_, last, err := wlog.Segments(filepath.Join(dir, "wal"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(wlog.SegmentName(filepath.Join(dir, "wal"), last))
	if err != nil {
		t.Fatal(err)
	}
	followed := synced.inOrder
	if followed.number != last || followed.synced != info.Size() {
		t.Errorf("%d bytes of segment %d are safe, want %d of %d", followed.synced, followed.number, info.Size(), last)
	}
	if err := synced.close(); err != nil {
		t.Error(err)
	}
}

func TestSyncFindsTheLogAgainWhenSegmentsCameAndWent(t *testing.T) {
	dir, log := twoLogs(t)
	synced := openTestLog(t, dir, 0)
	for range 3 {
		writeRecord(t, log)
		if _, err := log.NextSegmentSync(); err != nil {
			t.Fatal(err)
		}
	}
	_, last, err := wlog.Segments(filepath.Join(dir, "wal"))
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Truncate(last); err != nil { // the one that is followed, and the next
		t.Fatal(err)
	}
	writeRecord(t, log)
	if err := synced.wrote(false); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(wlog.SegmentName(filepath.Join(dir, "wal"), last))
	if err != nil {
		t.Fatal(err)
	}
	followed := synced.inOrder
	if followed.number != last || followed.synced != info.Size() {
		t.Errorf("%d bytes of segment %d are safe, want %d of %d", followed.synced, followed.number, info.Size(), last)
	}
	if err := synced.close(); err != nil {
		t.Error(err)
	}
}

func TestASyncThatFailedIsNotTriedAgain(t *testing.T) {
	dir, log := twoLogs(t)
	synced := openTestLog(t, dir, 0)
	file := synced.inOrder.file
	synced.inOrder.file, _ = os.Open(os.DevNull)
	if err := synced.inOrder.file.Close(); err != nil {
		t.Fatal(err)
	}
	writeRecord(t, log)
	first := synced.wrote(false)
	if first == nil {
		t.Fatal("a closed file was synced")
	}
	synced.inOrder.file = file
	if again := synced.wrote(false); again == nil || again.Error() != first.Error() {
		t.Errorf("the next write is told %v, want %v", again, first)
	}
	if err := synced.close(); err == nil {
		t.Error("the end is told nothing")
	}
}

func TestTheLogOfLateSamplesIsSyncedWithThem(t *testing.T) {
	dir, log := twoLogs(t)
	synced := openTestLog(t, dir, 0)
	if err := synced.late.file.Close(); err != nil {
		t.Fatal(err)
	}
	writeRecord(t, log)
	if err := synced.wrote(false); err != nil {
		t.Errorf("nothing came late: %v", err)
	}
	if err := synced.wrote(true); err == nil {
		t.Error("a closed file was synced")
	}
	if err := synced.close(); err == nil {
		t.Error("the end is told nothing")
	}
}

func TestNoLogNoSync(t *testing.T) {
	if _, err := newSyncedLog(t.TempDir(), 0); err == nil {
		t.Error("a folder without a log was opened")
	}
}
