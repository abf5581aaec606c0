package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"vitals/internal/client"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// TestAStopIsToldToACrowd stops a server under a thousand viewers of all kinds. Each is told to come back, nothing is left of
// them, and clients that obey are back when the server is.
func TestAStopIsToldToACrowd(t *testing.T) {
	const sockets, events, clients = 1000, 50, 20
	goroutines := runtime.NumGoroutine()
	program := start(t, "--interval=1s", "--backfill=1m")
	var readers sync.WaitGroup
	defer readers.Wait()
	told := make(chan error, sockets+events)
	for number := range sockets {
		guest, err := open(program.address, number%2 == 0, false)
		must(t, err)
		defer guest.CloseNow()
		readers.Go(func() { told <- mustBeToldToComeBack(guest.ReadToEnd()) })
	}
	for range events {
		guest, err := streamtest.OpenEvents(program.address, "/events?metrics=cpu")
		must(t, err)
		defer guest.CloseNow()
		readers.Go(func() { told <- mustEndWithGoodbye(guest) })
	}
	returning := comeBack(t, program.address, clients)
	if code := program.stop(); code != 0 {
		t.Errorf("exit code %d: %s", code, program.stderr.String())
	}
	for range cap(told) {
		if err := <-told; err != nil {
			t.Error(err)
		}
	}
	mustLogNoFault(t, program)
	eventually(t, "nobody is left of the stopped server", func() bool {
		return runtime.NumGoroutine() <= goroutines+clients // a client has one here
	})
	again := start(t, "--listen="+program.address)
	eventually(t, "all clients are back", func() bool { return returning.back.Load() == clients })
	returning.leave()
	if code := again.stop(); code != 0 {
		t.Errorf("exit code %d: %s", code, again.stderr.String())
	}
	eventually(t, "nobody is left at all", func() bool { return runtime.NumGoroutine() <= goroutines })
}

func mustBeToldToComeBack(err error) error {
	const serviceRestart = 1012
	if streamtest.CodeOf(err) != serviceRestart {
		return fmt.Errorf("a viewer's stream ended with %w", err)
	}
	return nil
}

func mustEndWithGoodbye(guest *streamtest.EventClient) error {
	events, err := guest.ReadToEnd()
	if err != nil || len(events) == 0 || events[len(events)-1].Name != "goodbye" {
		return fmt.Errorf("an event stream ended after %d events with %w", len(events), err)
	}
	if index := slices.IndexFunc(events, func(e streamtest.Event) bool { return e.Name == "gap" }); index >= 0 {
		return fmt.Errorf("an event stream was told %+v", events[index])
	}
	return nil
}

// returners are clients that come back by themselves.
type returners struct {
	back  atomic.Int64 // how many have seen rows of a second server
	leave func()
}

// comeBack lets clients watch, and waits until each has seen a row.
func comeBack(t *testing.T, address string, count int) *returners {
	t.Helper()
	at, err := client.ParseAddress(address)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	all := &returners{}
	var here atomic.Int64
	var watching sync.WaitGroup
	all.leave = func() { cancel(); watching.Wait() }
	t.Cleanup(all.leave)
	for range count {
		watching.Go(func() {
			session := client.NewSession(client.Options{Address: at})
			defer session.Close()
			for epochs, seen := (map[string]bool{}), 0; ; {
				frame, err := session.Next(ctx)
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					t.Errorf("a client gave up: %v", err)
					return
				}
				switch frame := frame.(type) {
				case wire.Hello:
					epochs[frame.Epoch] = true
				case wire.Update:
					if len(epochs) == seen {
						continue
					}
					if seen = len(epochs); seen == 1 {
						here.Add(1)
					} else {
						all.back.Add(1)
					}
				}
			}
		})
	}
	eventually(t, "all clients watch", func() bool { return here.Load() == int64(count) })
	return all
}
