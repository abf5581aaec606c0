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

// sink is where a viewer's messages go. Send returns when the peer's machine has taken the message or its time is up;
// Heartbeat shows that the peer is still there.
type sink interface {
	Send(message []byte) error
	Heartbeat(ctx context.Context) error
}

const (
	maxLagBytes  = 256 << 10 // how far a viewer may fall behind before its oldest ticks are skipped
	maxKeptBytes = 4 << 10   // a buffer that a snapshot made larger is not kept for the rest of the session
)

// pump moves one viewer's ticks from its subscription to its sink. Only its run goroutine touches it.
type pump struct {
	streams      *Streams
	sink         sink
	subscription *hub.Subscription
	shape        shape
	wakeup       chan struct{}     // raised when the subscription may have something new
	commands     <-chan wire.Frame // from the reader; nil for a plain stream
	follows      map[string]*follow
	buffer       []byte // for frames that are this viewer's alone
}

// follow is what a viewer wants of one host.
type follow struct {
	group *group
	view  *view // of the last catalogue that was sent
}

func (s *Streams) newPump(out sink, form shape, commands <-chan wire.Frame) *pump {
	p := &pump{
		streams: s, sink: out, shape: form, wakeup: make(chan struct{}, 1),
		commands: commands, follows: make(map[string]*follow),
	}
	p.subscription = s.bus.Subscribe(maxLagBytes, p)
	return p
}

// Wake raises the flag; it implements [hub.Waker].
func (p *pump) Wake(*hub.Topic) {
	select {
	case p.wakeup <- struct{}{}:
	default:
	}
}

// run sends until the context ends or the sink fails, and says why.
func (p *pump) run(ctx context.Context) error {
	heartbeat := newHeartbeat(p.sink.Heartbeat)
	defer heartbeat.stop()
	for {
		sent, err := p.drain(ctx)
		if err != nil {
			return err
		}
		if sent {
			heartbeat.postpone()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-p.wakeup:
		case command := <-p.commands:
			err = p.obey(command)
		case <-heartbeat.due.C:
			heartbeat.begin(ctx)
		case answer := <-heartbeat.answered:
			err = heartbeat.end(answer)
		}
		if err != nil {
			return err
		}
	}
}

// close gives back what the viewer held.
func (p *pump) close() {
	p.subscription.Close()
	for _, follow := range p.follows {
		p.streams.cache.release(follow.group)
	}
}

// drain sends all that is ready, and obeys in between: a viewer that is always behind would never be heard else.
func (p *pump) drain(ctx context.Context) (sent bool, err error) {
	for ctx.Err() == nil {
		select {
		case command := <-p.commands:
			if err := p.obey(command); err != nil {
				return sent, err
			}
		default:
		}
		delivery, ready := p.subscription.Next()
		if !ready {
			return sent, nil
		}
		if err := p.deliver(delivery); err != nil {
			return sent, err
		}
		sent = true
	}
	return sent, context.Cause(ctx)
}

func (p *pump) deliver(delivery hub.Delivery) error {
	follow := p.follows[delivery.Host]
	if delivery.Skipped > 0 {
		if err := p.tellSkipped(delivery); err != nil {
			return err
		}
	}
	if follow.view.catalog != delivery.Tick.Catalog {
		if err := p.changeView(follow, delivery.Tick.Catalog); err != nil {
			return err
		}
	}
	for _, message := range follow.view.messages(delivery.Tick) {
		if err := p.sink.Send(message); err != nil {
			return err
		}
	}
	return nil
}

// tellSkipped counts the ticks that a slow viewer missed, and tells a session; a plain stream has no words for it.
func (p *pump) tellSkipped(delivery hub.Delivery) error {
	p.streams.skipped.Add(delivery.Skipped)
	if p.shape != shapeSession {
		return nil
	}
	seq := delivery.Tick.Seq
	return p.sendFrame(wire.Gap{Host: delivery.Host, From: seq - delivery.Skipped, To: seq - 1, Dropped: delivery.Skipped})
}

// changeView goes on under a longer catalogue; a session is told when it sees more columns than before.
func (p *pump) changeView(follow *follow, catalog *hub.Catalog) error {
	before := len(follow.view.columns)
	follow.view = follow.group.view(catalog)
	if p.shape != shapeSession || len(follow.view.columns) == before {
		return nil
	}
	return p.sendFrame(follow.view.catalogFrame())
}

// obey does what a session's client asked for. A wish that cannot be met is told to the client and is no error here; a
// frame that could not be read comes as the error to answer, and ends the session.
func (p *pump) obey(command wire.Frame) error {
	switch command := command.(type) {
	case wire.Subscribe:
		return p.subscribe(command)
	case wire.Unsubscribe:
		p.unsubscribe(command.Hosts)
		return nil
	case wire.Ping:
		return p.sendFrame(wire.Pong{ID: command.ID, Time: metric.TimestampOf(time.Now())})
	case wire.Error:
		if err := p.sendFrame(command); err != nil {
			return err
		}
		return &closing{closeBadRequest, "bad request, see the error frame"}
	default:
		return fmt.Errorf("obey command: unexpected frame %T", command)
	}
}

func (p *pump) subscribe(command wire.Subscribe) error {
	globs := make([]metric.Glob, 0, len(command.Metrics))
	for _, glob := range command.Metrics {
		globs = append(globs, metric.Glob(glob)) // checked by the codec
	}
	backfill := p.streams.backfill
	if command.Backfill != nil {
		backfill = time.Duration(*command.Backfill * float64(time.Second))
	}
	hosts := command.Hosts
	if len(hosts) == 0 {
		hosts = []string{p.streams.ownHost()}
	}
	for i, host := range hosts {
		if err := p.follow(host, globs, backfill, position(command.Since, host)); err != nil {
			if !errors.Is(err, hub.ErrUnknownHost) {
				return err
			}
			if err := p.sendFrame(unknownHost(fmt.Sprintf("hosts[%d]", i), host).Frame()); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow begins the stream of a host: its catalogue, what was lost, its past, and from then on its ticks.
func (p *pump) follow(host string, globs []metric.Glob, backfill time.Duration, since *metric.Position) error {
	start, err := p.subscription.Follow(host, hub.Wish{Backfill: backfill, Since: since})
	if err != nil {
		return fmt.Errorf("follow host: %w", err)
	}
	p.forget(host)
	group := p.streams.cache.acquire(p.shape, globs)
	view := group.view(start.Catalog)
	p.follows[host] = &follow{group: group, view: view}
	if p.shape != shapeSession {
		return nil
	}
	return p.sendStart(view, start)
}

func (p *pump) sendStart(view *view, start hub.Start) error {
	if err := p.sendFrame(view.catalogFrame()); err != nil {
		return err
	}
	if lost := start.Lost; lost != nil {
		gap := wire.Gap{Host: start.Host.Name, From: lost.From, To: lost.To}
		if lost.From > 0 {
			gap.Dropped = lost.To - lost.From + 1
		}
		if err := p.sendFrame(gap); err != nil {
			return err
		}
	}
	for frame := range view.snapshots(start.Past) {
		if err := p.sendFrame(frame); err != nil {
			return err
		}
	}
	return nil
}

func (p *pump) unsubscribe(hosts []string) {
	if len(hosts) == 0 {
		for host := range p.follows {
			hosts = append(hosts, host)
		}
	}
	for _, host := range hosts {
		p.subscription.Unfollow(host)
		p.forget(host)
	}
}

func (p *pump) forget(host string) {
	if follow, exists := p.follows[host]; exists {
		p.streams.cache.release(follow.group)
		delete(p.follows, host)
	}
}

func (p *pump) sendFrame(frame wire.Frame) error {
	p.buffer = p.streams.codec.Append(p.buffer[:0], frame)
	err := p.sink.Send(p.buffer)
	if cap(p.buffer) > maxKeptBytes {
		p.buffer = nil
	}
	return err
}

func position(since map[string]metric.Position, host string) *metric.Position {
	if position, named := since[host]; named {
		return &position
	}
	return nil
}

func unknownHost(field, host string) *wire.FieldError {
	return &wire.FieldError{Code: wire.CodeUnknownHost, Field: field, Message: fmt.Sprintf("no host is called %.64q", host)}
}
