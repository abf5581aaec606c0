package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	pushSpoolBytes = 4 << 20
	pushBatchLines = 500
	pushBatchWait  = time.Second
)

// pushSpool holds lines between the input and the server, up to a bound in bytes. One goroutine puts, another takes.
type pushSpool struct {
	sender *pushSender
	wakeup chan struct{}

	mu      sync.Mutex
	lines   []pushLine
	bytes   int
	oldest  time.Time // when the first of lines came, or was last waited for
	ended   time.Time // when the input ended; zero until then
	dropped int
}

func newPushSpool(sender *pushSender) *pushSpool {
	return &pushSpool{sender: sender, wakeup: make(chan struct{}, 1)}
}

// put adds a line, and drops the oldest ones when there are too many.
func (s *pushSpool) put(line pushLine) {
	s.mu.Lock()
	if len(s.lines) == 0 {
		s.oldest = time.Now()
	}
	s.lines = append(s.lines, line)
	s.bytes += len(line.body)
	before := s.dropped
	s.trim()
	first := before == 0 && s.dropped > 0
	s.mu.Unlock()
	if first {
		fmt.Fprintln(s.sender.stderr, "vitals: more lines wait than there is room for; the oldest are dropped")
	}
	s.wake()
}

// trim holds the spool to its bound.
func (s *pushSpool) trim() {
	for s.bytes > pushSpoolBytes {
		s.bytes -= len(s.lines[0].body)
		s.lines = s.lines[1:]
		s.dropped++
	}
}

// end says that no more lines come.
func (s *pushSpool) end() {
	s.mu.Lock()
	s.ended = time.Now()
	s.mu.Unlock()
	s.wake()
}

func (s *pushSpool) wake() {
	select {
	case s.wakeup <- struct{}{}:
	default:
	}
}

// take waits for a batch: as many lines as go into one, or those that have waited for a second, or the last ones. None come
// any more when it is empty.
func (s *pushSpool) take(ctx context.Context) []pushLine {
	for {
		batch, wait, over := s.ready()
		if batch != nil || over {
			return batch
		}
		select {
		case <-s.wakeup:
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// ready gives a batch if there is one now, else how long to wait for the lines there are.
func (s *pushSpool) ready() (batch []pushLine, wait time.Duration, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	isOver := !s.ended.IsZero()
	if len(s.lines) == 0 {
		return nil, time.Hour, isOver
	}
	wait = pushBatchWait - time.Since(s.oldest)
	if len(s.lines) < pushBatchLines && wait > 0 && !isOver {
		return nil, wait, false
	}
	return s.popLocked(), 0, false
}

// pop takes a batch of what there is.
func (s *pushSpool) pop() []pushLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.popLocked()
}

func (s *pushSpool) popLocked() []pushLine {
	const mostBytes = 256 << 10
	size, count := 0, 0
	for count < min(len(s.lines), pushBatchLines) && (count == 0 || size+len(s.lines[count].body) <= mostBytes) {
		size += len(s.lines[count].body)
		count++
	}
	batch := s.lines[:count:count]
	s.lines = s.lines[count:]
	s.bytes -= size
	s.oldest = time.Now()
	return batch
}

// putBack returns a batch that was not sent to the front.
func (s *pushSpool) putBack(batch []pushLine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range batch {
		s.bytes += len(line.body)
	}
	s.lines = append(slices.Clip(batch), s.lines...)
	s.trim()
}

// discard empties the spool and says how many lines were never sent, those that were dropped included.
func (s *pushSpool) discard() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost := s.dropped + len(s.lines)
	s.lines, s.bytes, s.dropped = nil, 0, 0
	return lost
}

// giveUp is when to stop trying: so long after the input ended, never before.
func (s *pushSpool) giveUp(retryFor time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.IsZero() {
		return time.Time{}
	}
	return s.ended.Add(retryFor)
}
