package stream

import (
	"context"
	"sync"
	"time"
)

const heartbeatEvery = 10 * time.Second

// heartbeat asks a viewer that has got nothing for a while whether it is still there. The answer is waited for beside the
// pump: it comes through the reader, which may itself be waiting for the pump to take a command.
type heartbeat struct {
	ask      func(ctx context.Context) error
	due      *time.Timer
	answered chan error // nil unless one is on its way
	cancel   context.CancelFunc
	waiting  sync.WaitGroup
}

func newHeartbeat(ask func(ctx context.Context) error) *heartbeat {
	return &heartbeat{ask: ask, due: time.NewTimer(heartbeatEvery)}
}

// begin asks; answered receives what came of it.
func (h *heartbeat) begin(ctx context.Context) {
	ctx, h.cancel = context.WithCancel(ctx)
	answered := make(chan error, 1)
	h.answered = answered
	h.waiting.Go(func() { answered <- h.ask(ctx) })
}

// end takes note of an answer.
func (h *heartbeat) end(err error) error {
	h.cancel()
	h.answered = nil
	h.postpone()
	return err
}

// postpone starts the silence anew. While one is on its way no other is due.
func (h *heartbeat) postpone() {
	if h.answered == nil {
		h.due.Reset(heartbeatEvery)
	}
}

func (h *heartbeat) stop() {
	h.due.Stop()
	if h.answered != nil {
		h.cancel()
	}
	h.waiting.Wait()
}
