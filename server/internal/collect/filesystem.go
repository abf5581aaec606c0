package collect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/metric"
)

// How long file systems may take to answer.
const (
	mountPatience = 20 * time.Millisecond // of the sensor: what comes later is sent with a later tick
	mountDeadline = 2 * time.Second       // of one answer: what is sent later is not true any more
)

func filesystemFamilies() []metric.Family {
	family := func(name string, unit metric.Unit, help, prometheus, openTelemetry string) metric.Family {
		return metric.Family{
			Name: name, Labels: []string{"mount"}, Unit: unit, Kind: metric.Gauge, Every: slowEvery, Help: help,
			Prometheus: prometheus, OpenTelemetry: openTelemetry,
		}
	}
	used := family("filesystem", metric.Percent, "Space in use, of all that ordinary users can have",
		"vitals_filesystem_used_ratio", "system.filesystem.utilization")
	used.Decimals = 2
	return []metric.Family{
		used,
		family("filesystem.used", metric.Bytes, "Space in use", "vitals_filesystem_used_bytes", "system.filesystem.usage"),
		family("filesystem.total", metric.Bytes, "Size of the file system", "vitals_filesystem_size_bytes", "system.filesystem.limit"),
	}
}

// usage is the space of one file system in bytes; available is what ordinary users can still have of it.
type usage struct {
	used, available, total uint64
}

// filesystemSensor asks each mount in a goroutine of its own, since statfs cannot be called off. A mount that does not
// answer keeps its one goroutine, is not asked again before that has returned, and is silent meanwhile.
type filesystemSensor struct {
	mounts mountLister
	statfs func(path string) (usage, error)

	mu     sync.Mutex
	states map[string]*mountState
	listed map[string]bool
}

var _ latecomer = (*filesystemSensor)(nil)

// inquiry counts the answers that one Read waits for; guarded by the sensor's mu.
type inquiry struct {
	open int
	done chan struct{}
}

func (i *inquiry) close() {
	i.open--
	if i.open == 0 {
		close(i.done)
	}
}

// mountState is one mount; its fields are guarded by the sensor's mu, apart from the names.
type mountState struct {
	names   [3]string // filesystem, filesystem.used, filesystem.total
	askedAt time.Time
	asking  bool // a goroutine waits for statfs
	fresh   bool // answer and err have not been sent yet
	answer  usage
	err     error
}

func newFilesystemSensor(ctx context.Context, paths paths, globs []string) *filesystemSensor {
	return &filesystemSensor{
		mounts: mountLister{ctx: paths.mountContext(ctx), rootfs: paths.rootfs, filter: newFilter(globs)},
		statfs: statfs,
		states: make(map[string]*mountState),
	}
}

func (s *filesystemSensor) Name() string              { return "filesystem" }
func (s *filesystemSensor) Families() []metric.Family { return filesystemFamilies() }

// Read asks all mounts and returns what comes at once, which is everything on a healthy machine.
func (s *filesystemSensor) Read(now time.Time) ([]metric.Event, error) {
	points, err := s.mounts.list()
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(mountPatience)
	defer timer.Stop()
	select {
	case <-s.ask(now, points):
	case <-timer.C:
	}
	return s.take(now)
}

// Late returns the answers that came after the last Read, so that a slow server is shown, with the tick it answered in.
func (s *filesystemSensor) Late(now time.Time) []metric.Event {
	events, _ := s.take(now) // an error of a late answer is told by the mount's silence
	return events
}

// ask starts a goroutine for every mount that has none. The channel is closed when all of these have answered.
func (s *filesystemSensor) ask(now time.Time, points []string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := &inquiry{done: make(chan struct{}), open: 1}
	s.listed = make(map[string]bool, len(points))
	for _, point := range points {
		s.listed[point] = true
		state, known := s.states[point]
		if !known {
			state = newMountState(point)
			s.states[point] = state
		}
		if state.asking {
			continue
		}
		state.asking, state.fresh, state.askedAt = true, false, now
		path := s.mounts.path(point)
		asked.open++
		go s.askOne(state, path, asked)
	}
	for point, state := range s.states {
		if !s.listed[point] && !state.asking { // unmounted
			delete(s.states, point)
		}
	}
	asked.close()
	return asked.done
}

func newMountState(point string) *mountState {
	return &mountState{names: [3]string{
		seriesName("filesystem", "mount", point),
		seriesName("filesystem.used", "mount", point),
		seriesName("filesystem.total", "mount", point),
	}}
}

func (s *filesystemSensor) askOne(state *mountState, path string, asked *inquiry) {
	answer, err := s.statfs(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer asked.close()
	state.asking, state.fresh = false, true
	state.answer, state.err = answer, err
}

// take returns the fresh answers, each once, and throws those away that come too late to be true.
func (s *filesystemSensor) take(now time.Time) ([]metric.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hasFresh() { // most ticks: no list to sort
		return nil, nil
	}
	var events []metric.Event
	var failures []error
	for _, point := range slices.Sorted(maps.Keys(s.states)) {
		state := s.states[point]
		if !state.fresh || !s.listed[point] || now.Sub(state.askedAt) > mountDeadline {
			continue
		}
		state.fresh = false
		if isOutOfReach(state.err) {
			continue
		}
		if state.err != nil {
			failures = append(failures, fmt.Errorf("read file system %s: %w", point, state.err))
			continue
		}
		events = append(events, state.events()...)
	}
	return events, errors.Join(failures...)
}

func (s *filesystemSensor) hasFresh() bool {
	for _, state := range s.states {
		if state.fresh {
			return true
		}
	}
	return false
}

// isOutOfReach reports a mount that this process may not look at, or that is gone: nothing is wrong with the machine.
func isOutOfReach(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)
}

// events is empty for a file system without a size: it holds no files, whatever its type.
func (m *mountState) events() []metric.Event {
	if m.answer.total == 0 || m.names[0] == "" || m.answer.used+m.answer.available == 0 {
		return nil
	}
	used := float64(m.answer.used)
	return []metric.Event{
		{Metric: m.names[0], Value: 100 * used / (used + float64(m.answer.available))},
		{Metric: m.names[1], Value: used},
		{Metric: m.names[2], Value: float64(m.answer.total)},
	}
}

// statfs reads the space of a file system as df does. (disk.Usage of gopsutil counts blocks in the size of a transfer,
// which is not that of a block on network and FUSE file systems.)
func statfs(path string) (usage, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(path, &stat); err != nil {
		return usage{}, err
	}
	block := uint64(stat.Frsize)
	if block == 0 {
		block = uint64(stat.Bsize)
	}
	return usage{
		used:      (stat.Blocks - stat.Bfree) * block,
		available: stat.Bavail * block,
		total:     stat.Blocks * block,
	}, nil
}
