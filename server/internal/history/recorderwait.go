package history

import (
	"context"
	"errors"
	"fmt"
)

// errSkipped is told to those whose events may have been forgotten by the hub before they were read. Whoever sends them
// again has them stored.
var errSkipped = errors.New("the recorder fell behind and left out some of what came")

// waiter waits for a commit.
type waiter struct {
	after, upTo uint64 // the serials that it is about: (after, upTo]
	done        chan error
}

// Await returns when everything that was published with serials in (after, upTo] is committed: take [hub.Bus] Serial before
// and after publishing. Without an error it survives the end of the process. The error is [ErrFull] or [ErrUnavailable],
// at once while the store fails, [ErrClosed] when the recorder has ended, or that of the context.
func (r *Recorder) Await(ctx context.Context, after, upTo uint64) error {
	added := &waiter{after: after, upTo: upTo, done: make(chan error, 1)}
	r.mu.Lock()
	if err := r.status.ready(); err != nil {
		r.mu.Unlock()
		return err
	}
	if r.reached >= upTo {
		defer r.mu.Unlock()
		return r.verdict(added)
	}
	r.waiting[added] = struct{}{}
	r.mu.Unlock()
	r.bell.ring() // the serial may have grown without anything to be told of
	return r.await(ctx, added)
}

func (r *Recorder) await(ctx context.Context, added *waiter) error {
	select {
	case err := <-added.done:
		return err
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, added)
	return fmt.Errorf("%w: it did not answer in time: %w", ErrUnavailable, ctx.Err())
}

// verdict is what a waiter is told when all is committed that can be. The lock must be held.
func (r *Recorder) verdict(w *waiter) error {
	if w.after+1 < r.lost {
		return fmt.Errorf("%w: %w", ErrUnavailable, errSkipped)
	}
	return nil
}

// releaseReached lets those go whose serials are committed. The lock must be held.
func (r *Recorder) releaseReached() {
	for w := range r.waiting {
		if w.upTo <= r.reached {
			w.done <- r.verdict(w) // holds one; a waiter is told once
			delete(r.waiting, w)
		}
	}
}

// release lets everybody go. The lock must be held.
func (r *Recorder) release(err error) {
	for w := range r.waiting {
		w.done <- err
		delete(r.waiting, w)
	}
	_, late := r.late.take()
	for _, w := range late {
		w.done <- err
	}
}
