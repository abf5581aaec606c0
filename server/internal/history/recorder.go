package history

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// RecorderOptions sets a recorder up. Zero values take the defaults that the field comments name.
type RecorderOptions struct {
	Bus      hub.Bus
	Store    Store
	LagBytes int              // how far it may fall behind each host; 64 MiB
	Probe    time.Duration    // how often a store that fails is tried again; 1s
	Logger   zerolog.Logger   // beginnings and ends of troubles
	Clock    func() time.Time // for tests; time.Now
}

const (
	defaultLagBytes = 64 << 20
	defaultProbe    = time.Second
	farewell        = 5 * time.Second // in which Run commits what is left
)

func (o RecorderOptions) withDefaults() RecorderOptions {
	if o.LagBytes <= 0 {
		o.LagBytes = defaultLagBytes
	}
	if o.Probe <= 0 {
		o.Probe = defaultProbe
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// Recorder writes all that passes the hub into a store. One goroutine runs it; all other methods may be used by many.
//
// It commits what has come in one piece, as often as the store can, so that a commit serves all who wait for it. It follows
// the hub from [NewRecorder] on: what was published before is not recorded.
type Recorder struct {
	options      RecorderOptions
	store        Store
	subscription *hub.Subscription
	bell         bell
	unwatch      func()
	batch        batchOfTicks // of the goroutine that runs

	mu      sync.Mutex
	reached uint64 // every tick with a serial up to this one is committed, or lost
	lost    uint64 // a tick with a serial below this one may be lost
	waiting map[*waiter]struct{}
	late    lateQueue
	changes map[string]hub.HostChange // the newest of each host, not yet told to the store
	status  recorderStatus
}

// bell is rung when there is something to do; it rings once however often it is rung.
type bell chan struct{}

// Wake implements [hub.Waker].
func (b bell) Wake(*hub.Topic) { b.ring() }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// NewRecorder follows the hub from now on. Its Run must be called, which also ends the following.
func NewRecorder(options RecorderOptions) (*Recorder, error) {
	r := &Recorder{
		options: options.withDefaults(), store: options.Store, bell: make(bell, 1),
		waiting: make(map[*waiter]struct{}), changes: make(map[string]hub.HostChange),
	}
	r.status = newRecorderStatus(r.options.Clock())
	r.subscription = options.Bus.Subscribe(r.options.LagBytes, r.bell)
	if _, err := r.subscription.FollowAll(hub.Wish{}); err != nil {
		r.subscription.Close()
		return nil, fmt.Errorf("record the hub: %w", err)
	}
	r.unwatch = options.Bus.WatchHosts(r.noteChange)
	for _, host := range options.Bus.Hosts() {
		r.noteChange(hub.HostChange{State: hub.HostLive, Host: host})
	}
	return r, nil
}

// noteChange is called under the hub's lock.
func (r *Recorder) noteChange(change hub.HostChange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes[change.Host.Name] = change
	r.bell.ring()
}

// Run records until the context ends, commits what there is by then, within seconds, and lets go of whoever waits. The
// error is [ErrClosed] when the store was closed under it.
func (r *Recorder) Run(ctx context.Context) error {
	defer r.end()
	for {
		err := r.work(context.WithoutCancel(ctx)) // who waits for this commit does not care that we are told to stop
		if errors.Is(err, ErrClosed) {
			return err
		}
		if err := r.sleep(ctx, err != nil); err != nil {
			return r.finish(context.WithoutCancel(ctx))
		}
	}
}

// sleep waits until there is something to do. While the store fails that is the next try, whatever else happens: what the
// hub has stays there.
func (r *Recorder) sleep(ctx context.Context, failing bool) error {
	if !failing {
		select {
		case <-r.bell:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	probe := time.NewTimer(r.options.Probe)
	defer probe.Stop()
	select {
	case <-probe.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// finish commits what is left. A store that fails is not waited for.
func (r *Recorder) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	err := r.work(ctx)
	if err != nil {
		r.options.Logger.Error().Err(err).Msg("the last seconds could not be recorded")
	}
	if errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// end stops following and tells everybody who waits.
func (r *Recorder) end() {
	r.unwatch()
	r.subscription.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.ended = true
	r.release(ErrClosed)
}

// work commits until nothing is left, or the store fails. Where there is nothing to commit a store that failed is tried
// all the same.
func (r *Recorder) work(ctx context.Context) error {
	for more := true; more; {
		more = r.gather()
		if r.batch.isEmpty() && !r.isFailing() {
			r.settle(Appended{}) // the hub's serial may have grown without a tick
		} else if err := r.commit(ctx); err != nil {
			return err
		}
	}
	return r.tellHosts(ctx)
}

// tellHosts tells the store what became of hosts, after what they sent before that.
func (r *Recorder) tellHosts(ctx context.Context) error {
	r.mu.Lock()
	changes := r.changes
	if len(changes) == 0 {
		r.mu.Unlock()
		return nil
	}
	r.changes = make(map[string]hub.HostChange, len(changes))
	r.mu.Unlock()
	for name, change := range changes {
		if err := r.tellHost(ctx, change); err != nil {
			r.keepChanges(changes)
			return r.fail(err)
		}
		delete(changes, name)
	}
	return nil
}

func (r *Recorder) tellHost(ctx context.Context, change hub.HostChange) error {
	r.store.Describe(change.Host)
	if change.State == hub.HostLive {
		return nil
	}
	return r.store.Silence(ctx, change.Host.Name)
}

// keepChanges puts back what could not be told, behind what is newer.
func (r *Recorder) keepChanges(changes map[string]hub.HostChange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, change := range changes {
		if _, newer := r.changes[name]; !newer {
			r.changes[name] = change
		}
	}
}

// Append writes events that the hub does not publish because they came late, or came before. It returns when they are
// committed, by the next commit. The updates name series that the hub may not know any more. The errors are those of
// [Store.Append], at once while the store fails.
func (r *Recorder) Append(ctx context.Context, updates []metric.Update) error {
	added := &waiter{done: make(chan error, 1)}
	if err := r.enqueue(updates, added); err != nil {
		return err
	}
	r.bell.ring()
	return r.await(ctx, added)
}
