package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// No flag of push has a variable or a key in the settings file: those are the server's, and mean something else there.
type pushCommand struct {
	Values   []string      `arg:"" name:"name=value" help:"What to push, such as room.temp=21.3; or - for lines on standard input."`
	To       string        `default:"http://127.0.0.1:8080" env:"-" placeholder:"URL" help:"The server."`
	Host     string        `env:"-" placeholder:"NAME" help:"Whose metrics they are. Without it, the server's own host."`
	At       string        `env:"-" placeholder:"TIME" help:"When it was: unix seconds, or 2026-01-31T12:00:00Z. Without it, now."`
	Unit     string        `env:"-" placeholder:"UNIT" help:"What the values count, such as celsius; heeded when a series is new."`
	About    string        `env:"-" placeholder:"TEXT" help:"One sentence on what the values are; heeded when a series is new."`
	RetryFor time.Duration `default:"30s" env:"-" placeholder:"TIME" help:"How long to go on trying when the server cannot be reached."`
}

// Help is the longer text of vitals push --help.
func (pushCommand) Help() string {
	return `Examples:
  vitals push room.temp=21.3 room.humidity=48 --host attic --unit celsius
  vitals push 'backup.size{job=nightly}=1234567' --at 2026-01-31T02:15:00Z
  while sleep 1; do echo "load $(cut -d' ' -f1 /proc/loadavg)"; done | vitals push - --host nas

On standard input a line is METRIC VALUE, or METRIC VALUE TIMESTAMP, or an event as JSON, as vitals tail prints them; # begins a
comment. A line without a time happened when it was read. Lines are sent once a second, or 500 at once. While the server is away, up
to 4 MiB of them wait for it; beyond that the oldest are dropped, and counted.

The exit code is 0 when everything was accepted, and 1 when something was refused, dropped or not sent; each refusal is a
line on standard error.`
}

// Run pushes and waits for the answer.
func (c *pushCommand) Run(p *process) error {
	address, err := client.ParseAddress(c.To)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	sender := newPushSender(address, p.stderr)
	defer sender.close()
	if len(c.Values) == 1 && c.Values[0] == "-" {
		return c.pushLines(p.ctx, os.Stdin, sender)
	}
	return c.pushValues(p.ctx, sender)
}

// Validate checks what the tags cannot. kong calls it.
func (c *pushCommand) Validate() error {
	lines := len(c.Values) == 1 && c.Values[0] == "-"
	switch {
	case lines && c.At != "":
		return errors.New("--at: lines on standard input carry their own times")
	case c.RetryFor < 0:
		return fmt.Errorf("--retry-for: %q is not allowed; allowed is a time such as 30s", c.RetryFor)
	case c.Host != "":
		if err := metric.CheckHostName(c.Host); err != nil {
			return fmt.Errorf("--host: %w", err)
		}
	}
	if lines {
		return nil
	}
	_, err := c.events()
	return err
}

// events are the values of the command line.
func (c *pushCommand) events() ([]wire.PushedEvent, error) {
	at := metric.TimestampOf(time.Now()) // of our own, so that what is sent twice is one event
	if c.At != "" {
		var err error
		if at, err = parseTime(c.At); err != nil {
			return nil, fmt.Errorf("--at: %w", err)
		}
	}
	events := make([]wire.PushedEvent, 0, len(c.Values))
	for _, text := range c.Values {
		equals := strings.LastIndexByte(text, '=')
		if equals < 0 {
			return nil, fmt.Errorf("%.100q is not allowed; allowed is NAME=VALUE such as room.temp=21.3, or - alone", text)
		}
		event, err := c.event(text[:equals], text[equals+1:])
		if err != nil {
			return nil, fmt.Errorf("%.100q: %w", text, err)
		}
		event.Timestamp = &at
		events = append(events, event)
	}
	return events, nil
}

// event makes an event of its texts.
func (c *pushCommand) event(name, value string) (wire.PushedEvent, error) {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return wire.PushedEvent{}, fmt.Errorf("%.100q is no number", value)
	}
	event := wire.PushedEvent{Metric: name, Value: number, Host: c.Host, Unit: c.Unit, Help: c.About}
	return event, checkEvent(event)
}

// checkEvent refuses at once what every server would refuse.
func checkEvent(event wire.PushedEvent) error {
	if math.IsNaN(event.Value) || math.IsInf(event.Value, 0) {
		return fmt.Errorf("the value must be finite, is %v", event.Value)
	}
	_, err := metric.ParseName(event.Metric)
	return err
}

// parseTime reads unix seconds or RFC 3339.
func parseTime(text string) (metric.TimestampMs, error) {
	const most = 1e11
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(seconds) < most {
		return metric.TimestampMs(math.Round(seconds * 1000)), nil
	}
	instant, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, fmt.Errorf("%.100q is no time; allowed are unix seconds, and 2026-01-31T12:00:00Z", text)
	}
	return metric.TimestampOf(instant), nil
}

// pushLine is an event on its way: how it is named to people, and its JSON.
type pushLine struct {
	origin string
	body   []byte
}

func newPushLine(origin string, event wire.PushedEvent) pushLine {
	body, err := json.Marshal(event)
	if err != nil {
		panic(fmt.Sprintf("vitals: %v", err)) // its number is finite and its texts are texts
	}
	return pushLine{origin: origin, body: append(body, '\n')}
}

// pushValues sends the values of the command line.
func (c *pushCommand) pushValues(ctx context.Context, sender *pushSender) error {
	events, err := c.events()
	if err != nil {
		return err
	}
	batch := make([]pushLine, 0, len(events))
	for i, event := range events {
		batch = append(batch, newPushLine(c.Values[i], event))
	}
	giveUp := time.Now().Add(c.RetryFor)
	if err := sender.send(ctx, batch, func() time.Time { return giveUp }); err != nil {
		return err
	}
	return sender.verdict(0)
}

// pushLines sends lines as they come, until the input ends.
func (c *pushCommand) pushLines(ctx context.Context, in io.Reader, sender *pushSender) error {
	spool := newPushSpool(sender)
	go c.readLines(in, spool) // ends with the input, or with the process
	giveUp := func() time.Time { return spool.giveUp(c.RetryFor) }
	for {
		batch := spool.take(ctx)
		if len(batch) == 0 {
			break
		}
		err := sender.send(ctx, batch, giveUp)
		if err == nil {
			continue
		}
		spool.putBack(batch)
		if ctx.Err() == nil {
			return fmt.Errorf("%w; %d lines were not sent", err, spool.discard())
		}
	}
	sender.sendLast(spool)
	return sender.verdict(spool.discard())
}
