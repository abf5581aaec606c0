package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"golang.org/x/sys/unix"
)

// syncedLog makes the library's logs safe from a power loss. The library itself does so only with a segment that is full.
//
// A sync that failed is never tried again: the kernel may have dropped what it could not write, and would say that all is
// well. Its error comes back from all that follow.
type syncedLog struct {
	policy SyncPolicy

	mu       sync.Mutex
	inOrder  *segments
	late     *segments
	dirty    bool        // something was written that is not safe yet
	lateToo  bool        // to both logs
	syncedAt time.Time   // by the monotonic clock
	timer    *time.Timer // of the sync that is due when traffic stops; nil if none is
	err      error
	ended    bool
}

func newSyncedLog(store string, policy SyncPolicy) (*syncedLog, error) {
	l := &syncedLog{policy: policy, syncedAt: time.Now()}
	var err error
	if l.inOrder, err = openSegments(filepath.Join(store, "wal")); err != nil {
		return nil, err
	}
	if l.late, err = openSegments(filepath.Join(store, wlog.WblDirName)); err != nil {
		return nil, errors.Join(err, l.inOrder.close())
	}
	return l, nil
}

// wrote is called after each commit, and told whether there were late samples in it. It syncs if the policy wants that now,
// and sees to it that it happens in time otherwise. The error is that of this sync, or of an earlier one.
func (l *syncedLog) wrote(late bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dirty, l.lateToo = true, l.lateToo || late
	policy := time.Duration(l.policy)
	// Somebody who writes once in that time is a little early now and then: without a tenth of patience each write would
	// arm a timer.
	due := policy - policy/10 - time.Since(l.syncedAt)
	if due <= 0 {
		return l.sync()
	}
	if l.timer == nil && l.err == nil {
		l.timer = time.AfterFunc(due, l.syncLater)
	}
	return l.err
}

func (l *syncedLog) syncLater() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		_ = l.sync() // the next write is told
	}
}

// sync makes all that was written safe. The lock must be held.
func (l *syncedLog) sync() error {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if l.err != nil || !l.dirty || l.ended {
		return l.err
	}
	err := l.inOrder.sync()
	if err == nil && l.lateToo {
		err = l.late.sync()
	}
	if err != nil {
		l.err = fmt.Errorf("make history safe from a power loss: %w", err)
		return l.err
	}
	l.dirty, l.lateToo, l.syncedAt = false, false, time.Now()
	return nil
}

// close syncs what is left and ends.
func (l *syncedLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.sync()
	l.ended = true
	return errors.Join(err, l.inOrder.close(), l.late.close())
}

// segments are the files of one log, of which only the last is written to.
type segments struct {
	folder *os.File
	number int
	next   string // the name of the segment that will follow
	file   *os.File
	synced int64 // bytes of the file that are safe
}

func openSegments(dir string) (*segments, error) {
	_, last, err := wlog.Segments(dir)
	if err != nil {
		return nil, fmt.Errorf("list the log: %w", err)
	}
	if last < 0 {
		return nil, fmt.Errorf("list the log: %s has no segment", dir)
	}
	s := &segments{number: last, next: segmentName(last + 1)}
	if s.folder, err = os.Open(dir); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	if s.file, err = os.Open(wlog.SegmentName(dir, last)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the log: %w", err), s.folder.Close())
	}
	if err := s.folder.Sync(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the log: %w", err), s.close())
	}
	return s, nil
}

func (s *segments) close() error { return errors.Join(s.file.Close(), s.folder.Close()) }

// segmentName is the name of a segment in its folder.
func segmentName(number int) string { return wlog.SegmentName("", number) }

// sync makes the segment safe, and all that were begun since the last time. It runs each second, and nearly always there is no
// next one: to look for it in an open folder costs a fraction of failing to open it.
func (s *segments) sync() error {
	for {
		var found unix.Stat_t
		switch err := unix.Fstatat(int(s.folder.Fd()), s.next, &found, unix.AT_SYMLINK_NOFOLLOW); {
		case err == nil:
			if err := s.follow(s.number + 1); err != nil {
				return err
			}
		case !errors.Is(err, unix.ENOENT):
			return err
		default:
			deleted, err := s.syncFile()
			if err != nil || !deleted {
				return err
			}
			if err := s.catchUp(); err != nil {
				return err
			}
		}
	}
}

// catchUp goes on where the log begins now. The library deletes what it has written into blocks, and nothing but late samples
// has the log of them looked at: several segments may have come and gone since.
func (s *segments) catchUp() error {
	first, _, err := wlog.Segments(s.folder.Name())
	switch {
	case err != nil:
		return fmt.Errorf("list the log: %w", err)
	case first <= s.number:
		return fmt.Errorf("list the log: segment %d was deleted, and %s has none after it", s.number, s.folder.Name())
	}
	return s.follow(first)
}

// follow makes the segment safe, and goes on with a later one.
func (s *segments) follow(number int) error {
	next, err := os.Open(filepath.Join(s.folder.Name(), segmentName(number)))
	if err != nil {
		return err
	}
	_, err = s.syncFile()
	err = errors.Join(err, s.file.Close(), s.folder.Sync())
	s.file, s.number, s.synced = next, number, 0
	s.next = segmentName(number + 1)
	return err
}

// syncFile spares the kernel a file that has not grown. It says whether the file has been deleted.
func (s *segments) syncFile() (deleted bool, err error) {
	var info unix.Stat_t
	if err := unix.Fstat(int(s.file.Fd()), &info); err != nil {
		return false, err
	}
	if deleted = info.Nlink == 0; deleted || info.Size == s.synced {
		return deleted, nil
	}
	if err := s.file.Sync(); err != nil {
		return false, err
	}
	s.synced = info.Size
	return false, nil
}
