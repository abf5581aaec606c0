package stream

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Shutdown tells every viewer 1012, one after the other so that they do not all come back at once, and waits until they
// are gone or the context ends; then it cuts those that are left.
func (s *Streams) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.unwatch()
	gone := make(chan struct{})
	go func() { // ends with the last viewer, and each ends soon after goodbyeTimeout
		s.present.Wait()
		close(gone)
	}()
	s.sayGoodbye(ctx)
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		for _, viewer := range s.everybody(nil) {
			viewer.cut(errShutdown)
		}
		return fmt.Errorf("wait for viewers: %w", ctx.Err())
	}
}

const (
	goodbyesWithin = 5 * time.Second
	goodbyePause   = time.Millisecond // between two viewers, if there are not too many for that
)

// sayGoodbye begins the end of all viewers, over a while. It begins with those that do not take what they were sent: they may
// need all of goodbyeTimeout.
func (s *Streams) sayGoodbye(ctx context.Context) {
	viewers := slices.DeleteFunc(s.everybody(nil), func(v *viewer) bool {
		stalls := v.pulse.waitingSince.Load() != 0
		if stalls {
			v.end(errShutdown)
		}
		return stalls
	})
	begin := time.Now()
	within := min(goodbyesWithin, time.Duration(len(viewers))*goodbyePause)
	for i, viewer := range viewers {
		due := begin.Add(within * time.Duration(i) / time.Duration(len(viewers)))
		if wait := time.Until(due); wait > goodbyePause {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
		}
		viewer.end(errShutdown)
	}
}
