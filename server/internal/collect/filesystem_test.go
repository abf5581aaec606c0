package collect

import (
	"errors"
	"io/fs"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowMount makes a sensor of the fixture's mounts in which one mount answers when it is told to. The counters say how
// many goroutines ask it, now and at most.
type slowMount struct {
	*filesystemSensor
	answer       chan usage
	inside, most atomic.Int32
}

func newSlowMount(t *testing.T, f *fixture, point string) *slowMount {
	t.Helper()
	s := &slowMount{filesystemSensor: newFilesystemSensor(t.Context(), f.paths, nil), answer: make(chan usage)}
	slow := s.mounts.path(point)
	s.statfs = func(path string) (usage, error) {
		if path != slow {
			return usage{used: 1, available: 3, total: 5}, nil
		}
		s.most.Store(max(s.most.Load(), s.inside.Add(1)))
		defer s.inside.Add(-1)
		return <-s.answer, nil
	}
	return s
}

func (s *slowMount) readNow(t *testing.T) map[string]float64 {
	t.Helper()
	events, err := s.Read(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return valuesOf(events)
}

func TestHungMountIsSilentAndComesBack(t *testing.T) {
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSlowMount(t, f, "/srv")
		for range 5 {
			start := time.Now()
			values := s.readNow(t)
			if took := time.Since(start); took > mountPatience {
				t.Errorf("the read took %v, want at most %v", took, mountPatience)
			}
			if _, sent := values["filesystem{mount=/srv}"]; sent || values["filesystem{mount=/home}"] != 25 {
				t.Errorf("values are %v, want those of the other mounts", values)
			}
			time.Sleep(10 * time.Second)
		}
		if s.most.Load() != 1 {
			t.Errorf("%d goroutines asked the hung mount at once, want 1", s.most.Load())
		}
		s.answer <- usage{used: 9, total: 9}
		synctest.Wait()
		if late := s.Late(time.Now()); len(late) != 0 {
			t.Errorf("an answer 50 s late was sent: %v", late)
		}
		go func() { s.answer <- usage{used: 3, available: 1, total: 4} }()
		synctest.Wait()
		if got := s.readNow(t)["filesystem{mount=/srv}"]; got != 75 {
			t.Errorf("after the hang the mount shows %v %%, want 75", got)
		}
	})
}

func TestSlowMountIsSentWithALaterTick(t *testing.T) {
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSlowMount(t, f, "/srv")
		s.readNow(t)
		time.Sleep(300 * time.Millisecond)
		s.answer <- usage{used: 3, available: 1, total: 4}
		synctest.Wait()
		if got := valuesOf(s.Late(time.Now())); got["filesystem{mount=/srv}"] != 75 || len(got) != 3 {
			t.Errorf("late values are %v, want the three of the slow mount", got)
		}
		if again := s.Late(time.Now()); len(again) != 0 {
			t.Errorf("a value was sent twice: %v", again)
		}
	})
}

func TestSamplerSendsLateAnswersBetweenTheTurns(t *testing.T) {
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSlowMount(t, f, "/srv")
		sampler := testSampler(s)
		tickValues(t.Context(), sampler, 0)
		s.answer <- usage{used: 3, available: 1, total: 4}
		synctest.Wait()
		values := tickValues(t.Context(), sampler, 1)
		if values["filesystem{mount=/srv}"] != 75 {
			t.Errorf("tick 1 has %v, want the late answer", values)
		}
		if _, sent := values["filesystem{mount=/home}"]; sent {
			t.Errorf("tick 1 has %v, want no mount that answered in time", values)
		}
	})
}

func TestMountsThatFail(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct {
		err    error
		counts bool
	}{
		{&fs.PathError{Err: fs.ErrPermission}, false},
		{&fs.PathError{Err: fs.ErrNotExist}, false},
		{errors.New("stale file handle"), true},
	} {
		synctest.Test(t, func(t *testing.T) { // so that a busy machine is no slow mount
			sensor := newFilesystemSensor(t.Context(), f.paths, nil)
			sensor.statfs = func(path string) (usage, error) {
				if path == sensor.mounts.path("/home") {
					return usage{}, test.err
				}
				return usage{used: 1, available: 3, total: 4}, nil
			}
			events, err := sensor.Read(time.Now())
			if len(events) != 9 || (err != nil) != test.counts {
				t.Errorf("%v: %d events and error %v, want the 9 of the other mounts and an error: %t",
					test.err, len(events), err, test.counts)
			}
		})
	}
}

func TestMountWithoutSizeIsLeftOut(t *testing.T) {
	state := newMountState("/empty")
	if events := state.events(); events != nil {
		t.Errorf("events are %v, want none of a file system without a size", events)
	}
}

func TestMountThatIsGoneIsForgotten(t *testing.T) {
	f := newFixture(t)
	sensor := newFilesystemSensor(t.Context(), f.paths, nil)
	sensor.statfs = func(string) (usage, error) { return usage{used: 1, available: 3, total: 4}, nil }
	f.read(sensor)
	f.write("proc/1/mountinfo", "22 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n")
	if got := f.read(sensor); len(got) != 3 || len(sensor.states) != 1 {
		t.Errorf("values are %v of %d mounts, want / alone", got, len(sensor.states))
	}
}
