package collect

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/metric"
)

// fakeSensor has one family, called like itself, and answers as it is told.
type fakeSensor struct {
	name  string
	every int
	read  func(now time.Time) ([]metric.Event, error)
}

func (f fakeSensor) Name() string { return f.name }

func (f fakeSensor) Families() []metric.Family {
	return []metric.Family{{Name: f.name, Labels: []string{"part"}, Decimals: 2, Every: f.every}}
}

func (f fakeSensor) Read(now time.Time) ([]metric.Event, error) { return f.read(now) }

func steady(name string, value float64) fakeSensor {
	return fakeSensor{name: name, read: func(time.Time) ([]metric.Event, error) {
		return []metric.Event{{Metric: name, Value: value}}, nil
	}}
}

// hanging blocks in Read until released, and counts the goroutines that are in there.
type hanging struct {
	release chan struct{}
	inside  atomic.Int32
	most    atomic.Int32
	reads   atomic.Int32
}

func (h *hanging) sensor(name string) fakeSensor {
	return fakeSensor{name: name, read: func(time.Time) ([]metric.Event, error) {
		h.reads.Add(1)
		h.most.Store(max(h.most.Load(), h.inside.Add(1)))
		defer h.inside.Add(-1)
		<-h.release
		return []metric.Event{{Metric: name, Value: 7}}, nil
	}}
}

func testSampler(sensors ...Sensor) *sampler {
	return newSampler("host-1", time.Second, zerolog.Nop(), sensors)
}

func tickValues(ctx context.Context, s *sampler, number uint64) map[string]float64 {
	return valuesOf(s.tick(ctx, time.Now(), number).Events)
}

func TestSamplerLeavesAHungSensorBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := &hanging{release: make(chan struct{})}
		s := testSampler(steady("first", 1), hung.sensor("hung"), steady("last", 2))

		start := time.Now()
		values := tickValues(t.Context(), s, 0)
		if took := time.Since(start); took != 500*time.Millisecond {
			t.Errorf("the tick with the new hang took %v, want the budget of half an interval", took)
		}
		checkOthers(t, values)

		for number := range uint64(30) {
			start = time.Now()
			values = tickValues(t.Context(), s, number+1)
			if took := time.Since(start); took != 0 {
				t.Fatalf("tick %d took %v while the sensor hangs, want none", number+1, took)
			}
			checkOthers(t, values)
		}
		if hung.most.Load() != 1 || hung.reads.Load() != 1 {
			t.Errorf("%d reads with %d at once while hung, want one of each", hung.reads.Load(), hung.most.Load())
		}
		if got := s.copyFaults()["hung"]; got != (Faults{Hangs: 1}) {
			t.Errorf("faults are %+v, want one hang", got)
		}

		close(hung.release)
		synctest.Wait()
		values = tickValues(t.Context(), s, 31)
		if values["hung"] != 7 || values["sensor.success{sensor=hung}"] != 1 {
			t.Errorf("after the hang the values are %v, want the sensor back", values)
		}
		if hung.reads.Load() != 2 {
			t.Errorf("%d reads, want 2: the late answer is thrown away and a new one asked for", hung.reads.Load())
		}
	})
}

func checkOthers(t *testing.T, values map[string]float64) {
	t.Helper()
	if values["first"] != 1 || values["last"] != 2 {
		t.Errorf("values are %v, want the sensors before and after the hung one", values)
	}
	if _, sent := values["hung"]; sent {
		t.Errorf("the hung sensor sent a value: %v", values)
	}
	if success, told := values["sensor.success{sensor=hung}"]; !told || success != 0 {
		t.Errorf("values are %v, want sensor.success 0 for the hung one", values)
	}
}

func TestSamplerSurvivesManyHungSensors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &hanging{release: make(chan struct{})}, &hanging{release: make(chan struct{})}
		s := testSampler(one.sensor("one"), two.sensor("two"), steady("last", 2))
		if values := tickValues(t.Context(), s, 0); values["last"] != 2 {
			t.Errorf("values are %v, want the sensor after two hung ones", values)
		}
		close(one.release)
		close(two.release)
		synctest.Wait()
		if values := tickValues(t.Context(), s, 1); values["one"] != 7 || values["two"] != 7 {
			t.Errorf("values are %v, want both sensors back", values)
		}
	})
}

func TestSamplerEndsWithItsContextThoughASensorHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := &hanging{release: make(chan struct{})}
		s := testSampler(steady("first", 1), hung.sensor("hung"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		values := tickValues(ctx, s, 0)
		if took := time.Since(start); took != 100*time.Millisecond || values["first"] != 1 {
			t.Errorf("the tick ended after %v with %v, want it to end with the context", took, values)
		}
		close(hung.release)
	})
}

func TestSamplerGivesEachSensorTheWholeBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(name string) fakeSensor {
			return fakeSensor{name: name, read: func(time.Time) ([]metric.Event, error) {
				time.Sleep(300 * time.Millisecond)
				return []metric.Event{{Metric: name, Value: 3}}, nil
			}}
		}
		values := tickValues(t.Context(), testSampler(slow("a"), slow("b"), slow("c")), 0)
		if values["a"] != 3 || values["b"] != 3 || values["c"] != 3 {
			t.Errorf("values are %v, want all three though they take longer than one budget together", values)
		}
		if values["sensor.duration{sensor=b}"] != 0.3 {
			t.Errorf("duration of b is %v s, want 0.3", values["sensor.duration{sensor=b}"])
		}
	})
}

func TestSamplerCountsFailures(t *testing.T) {
	broken := errors.New("broken")
	partial := fakeSensor{name: "partial", read: func(time.Time) ([]metric.Event, error) {
		return []metric.Event{{Metric: "partial{part=a}", Value: 1}}, broken
	}}
	panics := fakeSensor{name: "panics", read: func(time.Time) ([]metric.Event, error) {
		panic("a file that nobody has seen before")
	}}
	s := testSampler(partial, panics, steady("fine", 1))
	tickValues(t.Context(), s, 0)
	values := tickValues(t.Context(), s, 1)
	if values["partial{part=a}"] != 1 || values["fine"] != 1 {
		t.Errorf("values are %v, want what could be read", values)
	}
	if values["sensor.success{sensor=partial}"] != 0 || values["sensor.success{sensor=panics}"] != 0 || values["sensor.success{sensor=fine}"] != 1 {
		t.Errorf("values are %v, want success only for fine", values)
	}
	faults := s.copyFaults()
	if faults["partial"].Errors != 2 || faults["panics"].Errors != 2 || faults["fine"] != (Faults{}) {
		t.Errorf("faults are %+v, want two errors of each broken sensor", faults)
	}
}

func TestSamplerDropsWhatIsNotFinite(t *testing.T) {
	s := testSampler(fakeSensor{name: "odd", read: func(time.Time) ([]metric.Event, error) {
		return []metric.Event{
			{Metric: "odd{part=nan}", Value: math.NaN()},
			{Metric: "odd{part=inf}", Value: math.Inf(-1)},
			{Metric: "odd{part=fine}", Value: 1.005049},
			{Metric: "unknown", Value: 1},
		}, nil
	}})
	now := time.UnixMilli(1_700_000_000_123)
	update := s.tick(t.Context(), now, 0)
	values := valuesOf(update.Events)
	if len(values) != 3 || values["odd{part=fine}"] != 1.01 {
		t.Errorf("values are %v, want the finite one of a known family, rounded, and two of the sensor itself", values)
	}
	if got := s.copyFaults()["odd"].NotFinite; got != 2 {
		t.Errorf("%d values counted as not finite, want 2", got)
	}
	for _, event := range update.Events {
		if event.Timestamp != metric.TimestampOf(now) {
			t.Errorf("%s has timestamp %d, want that of the update", event.Metric, event.Timestamp)
		}
	}
}

func TestSamplerReadsSlowSensorsOnEveryTenthTick(t *testing.T) {
	slow := steady("slow", 1)
	slow.every = 10
	s := testSampler(slow)
	var read []uint64
	for number := range uint64(31) {
		if _, sent := tickValues(t.Context(), s, number)["slow"]; sent {
			read = append(read, number)
		}
	}
	if len(read) != 4 || read[1] != 10 || read[3] != 30 {
		t.Errorf("read on ticks %v, want 0, 10, 20, 30", read)
	}
}

func TestSamplerBudget(t *testing.T) {
	for interval, want := range map[time.Duration]time.Duration{
		100 * time.Millisecond: leastBudget, time.Second: 500 * time.Millisecond, time.Minute: mostBudget,
	} {
		if got := newSampler("", interval, zerolog.Nop(), nil).budget; got != want {
			t.Errorf("budget at an interval of %v is %v, want %v", interval, got, want)
		}
	}
}
