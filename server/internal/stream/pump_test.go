package stream

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// scriptedSink does what a test wants when the pump sends or asks for a sign of life.
type scriptedSink struct {
	send      func(message []byte) error
	heartbeat func(ctx context.Context) error
}

func (s *scriptedSink) Send(message []byte) error           { return s.send(message) }
func (s *scriptedSink) Heartbeat(ctx context.Context) error { return s.heartbeat(ctx) }

var errEnough = errors.New("enough")

// The answer to a heartbeat comes through the reader, and the reader hands over a command before it reads on.
func TestACommandThatMeetsAHeartbeatDoesNotCutTheViewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := newStreams(newHub(hub.Options{}))
		commands := make(chan wire.Frame)
		taken := make(chan struct{})
		sink := &scriptedSink{
			send: func([]byte) error { close(taken); return nil },
			heartbeat: func(ctx context.Context) error {
				commands <- wire.Ping{ID: 1}
				select {
				case <-taken:
					return errEnough
				case <-ctx.Done():
					return ctx.Err()
				}
			},
		}
		pump := streams.newPump(sink, shapeSession, commands)
		defer pump.close()
		ended := make(chan error, 1)
		go func() { ended <- pump.run(t.Context()) }()
		synctest.Wait()
		time.Sleep(heartbeatEvery)
		synctest.Wait()
		select {
		case err := <-ended:
			if !errors.Is(err, errEnough) {
				t.Errorf("the pump ended with %v", err)
			}
		default:
			<-commands // lets the bubble end
			t.Fatal("the pump waits for the heartbeat, and the heartbeat for the pump")
		}
	})
}

func TestAHeartbeatIsNotAskedTwiceAndEndsWithThePump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := newHub(hub.Options{})
		streams := newStreams(bus)
		asked := 0
		sink := &scriptedSink{
			send: func([]byte) error { return errEnough },
			heartbeat: func(ctx context.Context) error {
				asked++
				<-ctx.Done()
				return ctx.Err()
			},
		}
		pump := streams.newPump(sink, shapeEvents, nil)
		defer pump.close()
		must(t, pump.follow(testHost, nil, 0, nil))
		ended := make(chan error, 1)
		go func() { ended <- pump.run(t.Context()) }()
		time.Sleep(5 * heartbeatEvery)
		bus.Publish(tick(1, 1))
		if err := <-ended; !errors.Is(err, errEnough) || asked != 1 {
			t.Errorf("ended with %v after %d heartbeats", err, asked)
		}
	})
}

// A viewer that is always behind, because a tick comes with every one it takes, is still listened to.
func TestAViewerThatLagsIsStillObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := newHub(hub.Options{})
		streams := newStreams(bus)
		commands := make(chan wire.Frame)
		const patience = 1000
		sent := 0
		sink := &scriptedSink{send: func(message []byte) error {
			if sent++; sent == patience {
				return errors.New("the command was not taken")
			}
			bus.Publish(tick(sent, 1))
			synctest.Wait() // the command waits to be taken
			if frame, err := streams.codec.DecodeServer(message); err == nil {
				if _, isPong := frame.(wire.Pong); isPong {
					return errEnough
				}
			}
			return nil
		}}
		pump := streams.newPump(sink, shapeSession, commands)
		defer pump.close()
		must(t, pump.follow(testHost, nil, 0, nil))
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			select {
			case commands <- wire.Ping{ID: 1}:
			case <-ctx.Done():
			}
		}()
		err := pump.run(ctx)
		cancel()
		if !errors.Is(err, errEnough) {
			t.Error(err)
		}
	})
}
