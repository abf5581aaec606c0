package collect

import (
	"context"
	"fmt"
	"sync"
	"time"

	"vitals/internal/metric"
)

// round is one run of a queue of sensors in one goroutine, which the sampler may leave behind.
type round struct {
	queue []*watched
	done  chan struct{} // closed when all are read

	mu        sync.Mutex
	startedAt time.Time // when the sensor queue[len(results)] was asked
	results   []result  // one for each sensor that was read; not touched any more once abandoned
	abandoned bool
}

type result struct {
	events []metric.Event
	took   time.Duration
	err    error
}

func newRound(queue []*watched) *round {
	return &round{
		queue:     queue,
		done:      make(chan struct{}),
		startedAt: time.Now(),
		results:   make([]result, 0, len(queue)),
	}
}

// read asks each sensor in turn. It is the body of the goroutine, and ends early when the round is abandoned: then the
// answer of the sensor that hung is thrown away, and the sensor may be read again.
func (r *round) read() {
	for _, sensor := range r.queue {
		startedAt := time.Now()
		events, err := readSafely(sensor, startedAt)
		now := time.Now()
		if !r.deliver(result{events: events, took: now.Sub(startedAt), err: err}, now) {
			sensor.hung.Store(false)
			return
		}
	}
	close(r.done)
}

func (r *round) deliver(answer result, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.abandoned {
		return false
	}
	r.results = append(r.results, answer)
	r.startedAt = now
	return true
}

// wait returns when all sensors are read, or with true when one takes longer than the budget or ctx ends: the round is
// abandoned then and its results may be read.
func (r *round) wait(ctx context.Context, budget time.Duration) bool {
	timer := time.NewTimer(budget)
	defer timer.Stop()
	for {
		select {
		case <-r.done:
			return false
		case <-ctx.Done():
			r.abandon(0)
			return r.unfinished()
		case <-timer.C:
			rest := r.abandon(budget)
			if rest <= 0 {
				return r.unfinished()
			}
			timer.Reset(rest)
		}
	}
}

// abandon ends the round if the sensor in turn has had its budget; else it returns what is left of it.
func (r *round) abandon(budget time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rest := budget - time.Since(r.startedAt); rest > 0 {
		return rest
	}
	if len(r.results) < len(r.queue) {
		r.abandoned = true
		r.queue[len(r.results)].hung.Store(true)
	}
	return 0
}

func (r *round) unfinished() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.abandoned
}

// readSafely turns a panic into an error: parsers meet files that nobody has seen before.
func readSafely(sensor Sensor, now time.Time) (events []metric.Event, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			events, err = nil, fmt.Errorf("read %s: panic: %v", sensor.Name(), cause)
		}
	}()
	return sensor.Read(now)
}
