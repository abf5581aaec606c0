package history

import (
	"errors"
	"time"

	"vitals/internal/metric"
)

// State says how recording goes.
type State string

// The states of a recorder.
const (
	StateRecording State = "recording" // all is well
	StateBehind    State = "behind"    // it was too slow: something was left out within the last minute
	StateFull      State = "full"      // there is no space; it goes on when there is
	StateFailed    State = "failed"    // the store cannot be written; it is tried again each second
)

// Status is how recording goes.
type Status struct {
	State   State
	Since   metric.TimestampMs // when the state began
	Cause   string             // of a state that is not recording, for people
	Lost    uint64             // updates that the hub had forgotten before they could be written
	Commits uint64
	Written Appended           // what became of the samples
	Newest  metric.TimestampMs // when the last commit was; 0 before the first
	Usage   Usage
}

// behindFor is how long it is told that something was left out.
const behindFor = time.Minute

// recorderStatus is the status under the recorder's lock.
type recorderStatus struct {
	state     State
	since     time.Time
	failure   error // nil while the store can be written
	skippedAt time.Time
	newest    time.Time
	lost      uint64
	commits   uint64
	written   Appended
	ended     bool
}

func newRecorderStatus(now time.Time) recorderStatus {
	return recorderStatus{state: StateRecording, since: now}
}

// ready is why nothing can be written now.
func (s *recorderStatus) ready() error {
	if s.ended {
		return ErrClosed
	}
	return s.failure
}

// count notes what became of a commit.
func (s *recorderStatus) count(done Appended, skipped uint64, now time.Time) {
	s.written.Samples += done.Samples
	s.written.Conflicts += done.Conflicts
	s.written.TooOld += done.TooOld
	s.written.TooNew += done.TooNew
	if skipped > 0 {
		s.lost += skipped
		s.skippedAt = now
		s.turn(StateBehind, now)
	} else if s.state == StateBehind && now.Sub(s.skippedAt) >= behindFor {
		s.turn(StateRecording, now)
	}
}

// fail notes that the store cannot be written, and says whether that is news.
func (s *recorderStatus) fail(err error, now time.Time) (news bool) {
	state := StateFailed
	if errors.Is(err, ErrFull) {
		state = StateFull
	}
	news = s.failure == nil || s.state != state
	s.failure = err
	s.turn(state, now)
	return news
}

func (s *recorderStatus) turn(state State, now time.Time) {
	if s.state != state {
		s.state, s.since = state, now
	}
}

func (s *recorderStatus) cause() string {
	switch {
	case s.failure != nil:
		return s.failure.Error()
	case s.state == StateBehind:
		return errSkipped.Error()
	}
	return ""
}

// Ready is nil while the store can be written, else [ErrFull] or [ErrUnavailable] with the cause, or [ErrClosed].
func (r *Recorder) Ready() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status.ready()
}

// Status tells how recording goes.
func (r *Recorder) Status() Status {
	usage := r.store.Usage()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.status
	status := Status{
		State: s.state, Since: metric.TimestampOf(s.since), Cause: s.cause(), Lost: s.lost, Commits: s.commits,
		Written: s.written, Usage: usage,
	}
	if !s.newest.IsZero() {
		status.Newest = metric.TimestampOf(s.newest)
	}
	return status
}
