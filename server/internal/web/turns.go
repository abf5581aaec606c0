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
	exportsAtOnce    = 8 // of which as many are read as questions are worked on, while clients take what was read of the others

	smallAnswerBytes   = 1 << 20
	smallAnswersBytes  = 16 << 20               // that are sent
	largeAnswersBytes  = history.MaxAnswerBytes // that are sent
	roomPatience       = time.Second            // to send an answer: who reads at a usual speed makes room by then
	unknownAnswerBytes = largeAnswersBytes / 2  // of an answer that is sent as it is made
)

// turns lets few questions be worked on at a time, and bounds what the answers hold that are being sent. These are two
// budgets: clients that read slowly keep nobody from asking, and small answers have one of their own.
type turns struct {
	working *semaphore.Weighted
	waiting atomic.Int32
	small   *semaphore.Weighted // bytes
	large   *semaphore.Weighted // bytes
	exports *semaphore.Weighted
	reading *semaphore.Weighted // exports
}

func newTurns() *turns {
	return &turns{
		working: semaphore.NewWeighted(questionsAtOnce),
		small:   semaphore.NewWeighted(smallAnswersBytes), large: semaphore.NewWeighted(largeAnswersBytes),
		exports: semaphore.NewWeighted(exportsAtOnce), reading: semaphore.NewWeighted(questionsAtOnce),
	}
}

// turn is a question's place, among those that are worked on and then among those whose answer is sent.
type turn struct {
	turns *turns
	end   func() // may be called again
}

func newTurn(turns *turns) *turn { return &turn{turns, once(turns.working, 1)} }

// once gives back what was taken, however often it is called.
func once(from *semaphore.Weighted, weight int64) func() {
	return func() {
		from.Release(weight)
		weight = 0
	}
}

// take waits for a place. It fails when too many wait already, when it takes too long, or when the client goes away.
func (t *turns) take(ctx context.Context) (*turn, error) {
	if t.working.TryAcquire(1) {
		return newTurn(t), nil
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > questionsWaiting {
		return nil, busy("many questions to history wait already")
	}
	patience, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	if t.working.Acquire(patience, 1) != nil {
		return nil, busy("other questions to history took too long")
	}
	return newTurn(t), nil
}

// send lets the next question be worked on, once there is room for an answer of that size among those that are sent.
func (t *turn) send(ctx context.Context, answerBytes int64) error {
	room, bytes := t.turns.large, min(answerBytes, largeAnswersBytes)
	if bytes <= smallAnswerBytes {
		room = t.turns.small
	}
	patience, cancel := context.WithTimeout(ctx, roomPatience)
	defer cancel()
	if room.Acquire(patience, bytes) != nil {
		return busy("those who asked history before take long to read their answers")
	}
	t.end()
	t.end = once(room, bytes)
	return nil
}

// exportTurn is the place of an export, and another one while it reads.
type exportTurn struct {
	turns *turns
	pause func() // may be called again
	leave func()
}

// takeExport does not wait: an export takes minutes.
func (t *turns) takeExport() (*exportTurn, error) {
	if !t.exports.TryAcquire(1) {
		return nil, busy("as many exports as may be run already")
	}
	return &exportTurn{turns: t, pause: func() {}, leave: once(t.exports, 1)}, nil
}

// read waits until the export may read, which is until it pauses.
func (e *exportTurn) read(ctx context.Context) error {
	if err := e.turns.reading.Acquire(ctx, 1); err != nil {
		return err
	}
	e.pause = once(e.turns.reading, 1)
	return nil
}

func (e *exportTurn) end() {
	e.pause()
	e.leave()
}

func busy(message string) error {
	return &limits.Refusal{Code: codeUnavailable, Message: message + "; come back soon", RetryAfter: time.Second}
}
