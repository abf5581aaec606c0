package history_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// ledger is a store in memory that fails when it is told to.
type ledger struct {
	history.Store // what is not asked here

	mu       sync.Mutex
	samples  map[string]float64 // by host, series and timestamp
	order    []string
	appends  int
	silenced []string
	known    []string
	failure  error
	held     chan struct{} // Append waits for it, if there is one
	entered  chan struct{} // told when an Append begins to wait
}

func newLedger() *ledger { return &ledger{samples: make(map[string]float64)} }

// Append implements [history.Store].
func (l *ledger) Append(_ context.Context, rows []history.Row) (done history.Appended, err error) {
	l.mu.Lock()
	held := l.held
	l.mu.Unlock()
	if held != nil {
		l.entered <- struct{}{}
		<-held
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		return history.Appended{}, l.failure
	}
	l.appends++
	for _, row := range rows {
		for i, value := range row.Values {
			column := i
			if row.Columns != nil {
				column = int(row.Columns[i])
			}
			name := fmt.Sprintf("%s %s %d", row.Catalog.Host, row.Catalog.Series[column].Metric, row.Timestamp)
			if _, twice := l.samples[name]; !twice {
				l.order = append(l.order, name)
			}
			l.samples[name] = value
			done.Samples++
		}
	}
	return done, nil
}

// Silence implements [history.Store].
func (l *ledger) Silence(_ context.Context, host string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		return l.failure
	}
	l.silenced = append(l.silenced, host)
	return nil
}

// Describe implements [history.Store].
func (l *ledger) Describe(host metric.Host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = append(l.known, host.Name)
}

// Usage implements [history.Store].
func (l *ledger) Usage() history.Usage { return history.Usage{Bytes: 7} }

func (l *ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

func (l *ledger) has(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, has := l.samples[name]
	return has
}

func (l *ledger) recorded() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// recording is a recorder that runs.
type recording struct {
	*history.Recorder
	bus    *hub.Hub
	ledger *ledger
	stop   func() error
}

func record(t *testing.T, options hub.Options, recorder history.RecorderOptions) *recording {
	t.Helper()
	r := &recording{bus: hub.New(options), ledger: newLedger()}
	recorder.Bus, recorder.Store = r.bus, r.ledger
	if recorder.Probe == 0 {
		recorder.Probe = time.Millisecond
	}
	made, err := history.NewRecorder(recorder)
	if err != nil {
		t.Fatal(err)
	}
	r.Recorder = made
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- made.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// publish gives the hub an update, and says which serials it lies in.
func (r *recording) publish(t *testing.T, host string, at metric.TimestampMs, names ...string) (after, upTo uint64) {
	t.Helper()
	update := metric.Update{Host: host, Timestamp: at}
	for _, name := range names {
		update.Events = append(update.Events, metric.Event{Metric: name, Value: float64(at), Timestamp: at})
	}
	after = r.bus.Serial()
	if _, rejected := r.bus.Publish(update); len(rejected) > 0 {
		t.Fatal(rejected)
	}
	return after, r.bus.Serial()
}

func (r *recording) await(t *testing.T, after, upTo uint64) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return r.Await(ctx, after, upTo)
}

func (r *recording) mustAwait(t *testing.T, after, upTo uint64) {
	t.Helper()
	if err := r.await(t, after, upTo); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come to pass: " + what)
		}
	}
}

func TestWhatIsPublishedIsRecordedInOrder(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	var want []string
	var upTo uint64
	for at := metric.TimestampMs(1000); at <= 50_000; at += 1000 {
		for _, host := range []string{"b", "a"} { // hosts that come later too
			_, upTo = r.publish(t, host, at, "x")
			want = append(want, fmt.Sprintf("%s x %d", host, at))
		}
	}
	r.mustAwait(t, 0, upTo)
	if got := r.ledger.recorded(); !slices.Equal(got, want) {
		t.Errorf("recorded %v", got)
	}
	if status := r.Status(); status.State != history.StateRecording || status.Written.Samples != 100 || status.Lost != 0 || status.Usage.Bytes != 7 || status.Newest == 0 {
		t.Errorf("status %+v", status)
	}
}

func TestWhatWasPublishedBeforeIsNotRecorded(t *testing.T) {
	bus, store := hub.New(hub.Options{}), newLedger()
	old := &recording{bus: bus}
	old.publish(t, "a", 1000, "x")
	recorder, err := history.NewRecorder(history.RecorderOptions{Bus: bus, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	old.publish(t, "a", 2000, "x") // before it runs
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := recorder.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := store.recorded(); !slices.Equal(got, []string{"a x 2000"}) {
		t.Errorf("recorded %v", got)
	}
}

// TestAwaitReturnsAfterTheCommit: not before, and one commit serves all who wait.
func TestAwaitReturnsAfterTheCommit(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	held, entered := make(chan struct{}), make(chan struct{}, 10)
	r.ledger.mu.Lock()
	r.ledger.held, r.ledger.entered = held, entered
	r.ledger.mu.Unlock()
	r.publish(t, "a", 1000, "x")
	<-entered // the first commit has begun without the others
	const waiters = 20
	answers := make(chan error, waiters)
	for i := range waiters {
		after, upTo := r.publish(t, "a", metric.TimestampMs(2000+i), "x")
		go func() {
			err := r.await(t, after, upTo)
			if err == nil && !r.ledger.has(fmt.Sprintf("a x %d", 2000+i)) {
				err = errors.New("acknowledged and not recorded")
			}
			answers <- err
		}()
	}
	r.ledger.mu.Lock()
	r.ledger.held = nil
	r.ledger.mu.Unlock()
	select {
	case err := <-answers:
		t.Fatalf("acknowledged (%v) while nothing is committed", err)
	default:
	}
	close(held)
	for range waiters {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if r.ledger.mu.Lock(); r.ledger.appends > 3 {
		t.Errorf("%d commits for %d waiters", r.ledger.appends, waiters)
	}
	r.ledger.mu.Unlock()
}

// TestAwaitNeedsNoTick: the hub's serial grows by sweeps that end no row of anybody's.
func TestAwaitNeedsNoTick(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	watcher := r.bus.Subscribe(1<<20, make(quiet))
	defer watcher.Close()
	r.publish(t, "a", 1000, "x")
	if _, err := watcher.Follow("a", hub.Wish{Interval: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	before := r.bus.Serial()
	r.bus.Sweep(time.Now())
	if r.bus.Serial() == before {
		t.Fatal("a sweep takes no serial any more; this test tests nothing")
	}
	r.mustAwait(t, before, r.bus.Serial())
}

type quiet chan struct{}

// Wake implements [hub.Waker].
func (quiet) Wake(*hub.Topic) {}

// TestTroubleCostsNothing: while the store fails everybody is told at once, and afterwards all is recorded that the hub holds.
func TestTroubleCostsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		failure error
		state   history.State
	}{
		"full":   {fmt.Errorf("%w: disk", history.ErrFull), history.StateFull},
		"failed": {fmt.Errorf("%w: disk", history.ErrUnavailable), history.StateFailed},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(t, hub.Options{}, history.RecorderOptions{})
			r.mustAwait(t, 0, r.bus.Serial())
			r.ledger.fail(test.failure)
			after, upTo := r.publish(t, "a", 1000, "x")
			if err := r.await(t, after, upTo); !errors.Is(err, test.failure) {
				t.Errorf("who waits is told %v", err)
			}
			if err := r.Ready(); !errors.Is(err, test.failure) {
				t.Errorf("at the door: %v", err)
			}
			late := []metric.Update{{Host: "a", Events: []metric.Event{{Metric: "x", Value: 1, Timestamp: 500}}}}
			if err := r.Append(t.Context(), late); !errors.Is(err, test.failure) {
				t.Errorf("late ones are told %v", err)
			}
			if status := r.Status(); status.State != test.state || status.Cause == "" {
				t.Errorf("status %+v", status)
			}
			after, upTo = r.publish(t, "a", 2000, "x")
			r.ledger.fail(nil)
			until(t, "it is ready again", func() bool { return r.Ready() == nil })
			r.mustAwait(t, after, upTo)
			if got := r.ledger.recorded(); !slices.Equal(got, []string{"a x 1000", "a x 2000"}) {
				t.Errorf("recorded %v", got)
			}
			if status := r.Status(); status.State != history.StateRecording || status.Cause != "" || status.Lost != 0 {
				t.Errorf("status %+v", status)
			}
		})
	}
}

// TestRecoveryNeedsNoTick: where nothing comes meanwhile the store is tried all the same.
func TestRecoveryNeedsNoTick(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	r.publish(t, "a", 1000, "x")
	r.mustAwait(t, 0, r.bus.Serial())
	r.ledger.fail(history.ErrFull)
	late := []metric.Update{{Host: "a", Events: []metric.Event{{Metric: "x", Value: 1, Timestamp: 500}}}}
	if err := r.Append(t.Context(), late); !errors.Is(err, history.ErrFull) {
		t.Fatal(err)
	}
	r.ledger.fail(nil)
	until(t, "it is ready again", func() bool { return r.Ready() == nil })
	if r.ledger.has("a x 500") {
		t.Error("recorded what was refused")
	}
}

// TestWhatWasSkippedIsNotAcknowledged: the hub forgets while the store fails; that is counted, and nobody is told that it
// was recorded.
func TestWhatWasSkippedIsNotAcknowledged(t *testing.T) {
	r := record(t, hub.Options{MaxBytes: 1000}, history.RecorderOptions{})
	r.publish(t, "a", 1000, "x")
	r.mustAwait(t, 0, r.bus.Serial())
	r.ledger.fail(history.ErrFull)
	r.publish(t, "a", 2000, "x")
	until(t, "it fails", func() bool { return r.Ready() != nil })
	after := r.bus.Serial()
	for at := range 100 {
		r.publish(t, "a", metric.TimestampMs(3000+at), "x")
	}
	r.ledger.fail(nil)
	until(t, "it is ready again", func() bool { return r.Ready() == nil })
	if err := r.await(t, after, r.bus.Serial()); !errors.Is(err, history.ErrUnavailable) {
		t.Errorf("who waits for what is lost is told %v", err)
	}
	status := r.Status()
	if got := len(r.ledger.recorded()); uint64(got)+status.Lost != 102 || status.Lost == 0 {
		t.Errorf("recorded %d and lost %d of 102", got, status.Lost)
	}
	if status.State != history.StateBehind || status.Cause == "" {
		t.Errorf("status %+v", status)
	}
	next, upTo := r.publish(t, "a", 9000, "x")
	r.mustAwait(t, next, upTo)
}

// TestLateEventsAreCommitted: those of series that the hub knows and of others, many of one series.
func TestLateEventsAreCommitted(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	r.publish(t, "a", 9000, "x", "y")
	late := []metric.Update{
		{Host: "a", Events: []metric.Event{{Metric: "y", Value: 1, Timestamp: 500}, {Metric: "y", Value: 2, Timestamp: 600}}},
		{
			Host: "gone", Events: []metric.Event{{Metric: "z", Value: 3, Timestamp: 700}},
			Series: []metric.Series{{Metric: "z", Family: "z", Custom: true}},
		},
	}
	if err := r.Append(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a y 500", "a y 600", "gone z 700"} {
		if !r.ledger.has(name) {
			t.Errorf("%s is not recorded", name)
		}
	}
}

// TestHostsAreToldToTheStore: what is known of them, and when they fall silent, after what they sent.
func TestHostsAreToldToTheStore(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	var mu sync.Mutex
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	r := record(t, hub.Options{Clock: clock}, history.RecorderOptions{})
	r.bus.Describe(metric.Host{Name: "a"})
	r.publish(t, "a", 1000, "x")
	r.ledger.fail(history.ErrFull)
	mu.Lock()
	now = now.Add(time.Hour)
	mu.Unlock()
	r.bus.Sweep(clock())
	r.bus.Sweep(clock().Add(time.Minute))
	r.ledger.fail(nil)
	until(t, "its silence is told", func() bool {
		r.ledger.mu.Lock()
		defer r.ledger.mu.Unlock()
		return slices.Equal(r.ledger.silenced, []string{"a"}) && slices.Contains(r.ledger.known, "a") && len(r.ledger.order) == 1
	})
}

// TestTheEnd: what there is is committed, and nobody waits for ever.
func TestTheEnd(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	for at := range 1000 {
		r.publish(t, "a", metric.TimestampMs(at), "x")
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if got := len(r.ledger.recorded()); got != 1000 {
		t.Errorf("recorded %d of 1000", got)
	}
	after, upTo := r.publish(t, "a", 2000, "x")
	if err := r.await(t, after, upTo); !errors.Is(err, history.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if err := r.Append(t.Context(), nil); !errors.Is(err, history.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestTheEndWhileTheStoreFails(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{Probe: time.Hour})
	r.ledger.fail(history.ErrFull)
	after, upTo := r.publish(t, "a", 1000, "x")
	_ = r.await(t, after, upTo)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if err := r.Ready(); !errors.Is(err, history.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// TestAwaitEndsWithItsContext: a disk that hangs holds up nobody for longer than he will wait.
func TestAwaitEndsWithItsContext(t *testing.T) {
	r := record(t, hub.Options{}, history.RecorderOptions{})
	held := make(chan struct{})
	r.ledger.mu.Lock()
	r.ledger.held, r.ledger.entered = held, make(chan struct{}, 10)
	r.ledger.mu.Unlock()
	after, upTo := r.publish(t, "a", 1000, "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Await(ctx, after, upTo); !errors.Is(err, history.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("told %v", err)
	}
	r.ledger.mu.Lock()
	r.ledger.held = nil
	r.ledger.mu.Unlock()
	close(held)
}
