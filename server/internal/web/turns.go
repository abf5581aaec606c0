package web

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"vitals/internal/history"
	"vitals/internal/limits"
)

const (
	questionsAtOnce  = 2 // that are worked on; more would take the processor from the live path
	questionsWaiting = 64
	longestWait      = 10 * time.Second
	exportsAtOnce    = 2
)

// turns lets few questions be worked on at a time and bounds what all answers hold together. A question sets aside as much
// memory as an answer may have at most; when it is answered it keeps what its answer has, until that is sent. So clients that
// read slowly keep nobody out, unless they have asked for much.
type turns struct {
	memory  *semaphore.Weighted
	waiting atomic.Int32
	exports *semaphore.Weighted
}

func newTurns() *turns {
	return &turns{
		memory:  semaphore.NewWeighted(questionsAtOnce * history.MaxAnswerBytes),
		exports: semaphore.NewWeighted(exportsAtOnce),
	}
}

// turn is a question's place.
type turn struct {
	memory *semaphore.Weighted
	bytes  int64
}

// take waits for a place. It fails when too many wait already, when it takes too long, or when the client goes away.
func (t *turns) take(ctx context.Context) (*turn, error) {
	if t.memory.TryAcquire(history.MaxAnswerBytes) {
		return &turn{t.memory, history.MaxAnswerBytes}, nil
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > questionsWaiting {
		return nil, busy("many questions to history wait already")
	}
	patience, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	if t.memory.Acquire(patience, history.MaxAnswerBytes) != nil {
		return nil, busy("other questions to history took too long")
	}
	return &turn{t.memory, history.MaxAnswerBytes}, nil
}

// enter is the same for questions whose answer is not known to be small before it is sent.
func (t *turns) enter(ctx context.Context) (leave func(), err error) {
	turn, err := t.take(ctx)
	if err != nil {
		return nil, err
	}
	return turn.end, nil
}

// keep gives back what the answer does not need.
func (t *turn) keep(answerBytes int64) {
	spare := t.bytes - min(max(answerBytes, 0), t.bytes)
	t.memory.Release(spare)
	t.bytes -= spare
}

func (t *turn) end() { t.keep(0) }

// takeExport does not wait: an export takes minutes.
func (t *turns) takeExport() (leave func(), err error) {
	if !t.exports.TryAcquire(1) {
		return nil, busy("as many exports as may be run already")
	}
	return func() { t.exports.Release(1) }, nil
}

func busy(message string) error {
	return &limits.Refusal{Code: codeUnavailable, Message: message + "; come back soon", RetryAfter: time.Second}
}
