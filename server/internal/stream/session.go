package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// Publisher takes the events that clients push.
type Publisher interface {
	// Publish judges the events one by one; the peer is for its log.
	Publish(ctx context.Context, peer string, events []wire.PushedEvent) wire.Published
}

// begin puts the hello of a session into the outbox, or starts the plain stream.
func (v *viewer) begin(request viewerRequest) {
	v.mu.Lock()
	v.news = v.streams.news.version.Load()
	if v.kind.shape == shapeSession {
		v.say(v.streams.hello())
	}
	if v.kind.shape != shapeSession || v.kind.transport == transportEvents {
		v.wishFor(request)
	}
	v.mu.Unlock()
	v.wake()
}

// obey does what a session's client asked for, after everything that it asked for before has been written: a client that
// takes nothing is not heard. A wish that cannot be met is told to the client and is no error here.
func (v *viewer) obey(ctx context.Context, command wire.Frame) error {
	if err := v.settle(); err != nil {
		return err
	}
	if publish, isPublish := command.(wire.Publish); isPublish {
		command = v.publish(ctx, publish) // without mu: the ticks that come of it are this viewer's too
	}
	v.mu.Lock()
	defer v.wake() // after mu is free again
	defer v.mu.Unlock()
	switch command := command.(type) {
	case wire.Subscribe:
		v.subscribe(command)
	case wire.Unsubscribe:
		v.unsubscribe(command.Hosts)
	case wire.Ping:
		v.say(wire.Pong{ID: command.ID, Time: metric.TimestampOf(time.Now())})
	case wire.Published, wire.Error:
		v.say(command)
	default:
		return fmt.Errorf("obey command: unexpected frame %T", command)
	}
	return nil
}

// settle waits until nearly all that the client has asked for so far is written. The chaser is at it, if it is not yet.
func (v *viewer) settle() error {
	const chunks = 8 // so many may be left: a viewer that lags always has some
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.chased && (v.behind != nil || len(v.wishes) > 0 || v.outbox.length() > chunks) {
		v.awaitMove()
	}
	if v.silent {
		return errSilenced
	}
	return nil
}

// refuseFrame tells the client what was wrong with its frame and ends the session: a program that sends bad frames would
// go on sending them.
func (v *viewer) refuseFrame(err error) error {
	fault := &wire.FieldError{Code: wire.CodeBadRequest, Message: "not a frame"}
	errors.As(err, &fault)
	if err := v.obey(context.Background(), fault.Frame()); err != nil {
		return err
	}
	return &closing{closeBadRequest, "bad request, see the error frame"}
}

// publish hands pushed events on. The answer is a published or an error frame.
func (v *viewer) publish(ctx context.Context, command wire.Publish) wire.Frame {
	if v.streams.publisher == nil {
		return wire.Error{Code: wire.CodeBadRequest, Field: "type", Message: "this server takes no events"}
	}
	published := v.streams.publisher.Publish(ctx, v.peer, command.Events)
	published.ID = command.ID
	return published
}

// subscribe queues the hosts of a command, each with its own wish.
func (v *viewer) subscribe(command wire.Subscribe) {
	backfill := v.streams.backfill
	if command.Backfill != nil {
		backfill = seconds(*command.Backfill)
	}
	hosts := command.Hosts
	if len(hosts) == 0 {
		hosts = []string{v.streams.ownHost()}
	}
	globs := make([]metric.Glob, 0, len(command.Metrics))
	for _, glob := range command.Metrics {
		globs = append(globs, metric.Glob(glob)) // checked by the codec
	}
	for i, host := range hosts {
		v.wishes = append(v.wishes, wish{
			host: host, field: fmt.Sprintf("hosts[%d]", i), globs: globs, envelope: command.Envelope,
			hub: hub.Wish{Backfill: backfill, Interval: seconds(command.Interval), Since: position(command.Since, host)},
		})
	}
}

func seconds(number float64) time.Duration { return time.Duration(number * float64(time.Second)) }

func position(since map[string]metric.Position, host string) *metric.Position {
	if position, named := since[host]; named {
		return &position
	}
	return nil
}

func (v *viewer) unsubscribe(hosts []string) {
	if len(hosts) == 0 {
		for host := range v.follows {
			hosts = append(hosts, host)
		}
	}
	for _, host := range hosts {
		v.subscription.Unfollow(host)
		v.forget(host)
	}
}

func (s *Streams) hello() wire.Hello {
	return wire.Hello{
		Protocol: wire.Version,
		Server:   wire.Server{Version: s.version, Time: metric.TimestampOf(time.Now()), App: s.app},
		Epoch:    s.bus.Epoch(),
		Interval: s.interval.Seconds(),
		Backfill: s.backfill.Seconds(),
		Limits: wire.Limits{
			MessageBytes: wire.MaxClientFrameBytes, Hosts: wire.MaxHosts, Globs: wire.MaxGlobs, Events: wire.MaxEvents,
			MessagesPerSecond: s.limits.MessagesPerSecond, MessageBurst: s.limits.MessageBurst, BytesPerSecond: s.limits.BytesPerSecond,
		},
		Hosts: s.bus.Hosts(),
	}
}

// ownHost is the name of the server's own host, empty before it is known.
func (s *Streams) ownHost() string {
	hosts := s.bus.Hosts()
	if len(hosts) == 0 {
		return ""
	}
	return hosts[0].Name
}
