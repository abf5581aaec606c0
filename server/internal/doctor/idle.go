package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"vitals/internal/client"
)

// checkIdle keeps streams open on which nothing is to be told, so that only Vitals' own signs of life travel, and sees
// whether they are cut.
func (e *examination) checkIdle(ctx context.Context) {
	if e.options.Idle <= 0 {
		e.find("idle", Skip, "whether quiet streams are cut takes time to see; --idle 90s does")
		return
	}
	var watching sync.WaitGroup
	var socket, events quiet
	watching.Go(func() { socket = e.watch(ctx, e.watchSocket) })
	watching.Go(func() { events = e.watch(ctx, e.watchEvents) })
	watching.Wait()
	e.judgeIdle("idle-websocket", "WebSocket", socket)
	e.judgeIdle("idle-events", "event stream", events)
}

// quiet is how a quiet stream went.
type quiet struct {
	lasted time.Duration
	opened bool
	err    error // why it ended before its time
}

// watch runs a stream for the idle time.
func (e *examination) watch(ctx context.Context, stream func(context.Context) (opened bool, err error)) quiet {
	ctx, cancel := context.WithTimeout(ctx, e.options.Idle)
	defer cancel()
	began := time.Now()
	opened, err := stream(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = nil
	}
	return quiet{lasted: time.Since(began), opened: opened, err: err}
}

func (e *examination) watchSocket(ctx context.Context) (bool, error) {
	conn, err := client.Dial(ctx, e.address, client.How{Network: e.options.Network})
	if err != nil {
		return false, err
	}
	defer conn.Close()
	for {
		if _, err := conn.Read(ctx); err != nil {
			return true, err
		}
	}
}

func (e *examination) watchEvents(ctx context.Context) (bool, error) {
	response, err := e.open(ctx, e.address.At("events")+"?metrics=none.such", "Accept", eventStream)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return false, client.ReadRefusal(response)
	}
	if _, err = io.Copy(io.Discard, response.Body); err == nil {
		err = io.ErrUnexpectedEOF
	}
	return true, err
}

func (e *examination) judgeIdle(check, name string, went quiet) {
	switch lasted := went.lasted.Round(100 * time.Millisecond); {
	case went.err == nil && went.opened:
		e.find(check, Pass, fmt.Sprintf("a quiet %s stayed open for %s", name, lasted))
	case went.opened:
		e.find(check, Fail,
			fmt.Sprintf("a quiet %s was cut after %s; Vitals gives a sign of life every 10 to 15 s", name, lasted), problemIdle)
	default:
		e.find(check, Skip, fmt.Sprintf("no %s opened to be watched", name))
	}
}
