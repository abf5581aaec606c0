package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// No flag of tail has a variable or a key in the settings file: those are the server's, and mean something else there.
type tailCommand struct {
	Globs    []string      `arg:"" optional:"" name:"glob" help:"Metrics to show, such as cpu or 'network.*'; all without one."`
	From     string        `default:"http://127.0.0.1:8080" env:"-" placeholder:"URL" help:"The server."`
	Host     []string      `env:"-" placeholder:"NAME" help:"Whose metrics to show; * for all hosts. Without it, the server's own."`
	JSON     bool          `name:"json" env:"-" help:"Print one event as JSON a line; so it is too when the output is no terminal."`
	Interval time.Duration `env:"-" placeholder:"TIME" help:"Fold values into their mean over this time, 100ms to 1h."`
	Backfill time.Duration `env:"-" placeholder:"TIME" help:"Begin with this much of the past."`
	Count    uint64        `env:"-" placeholder:"N" help:"End after this many events."`
}

// Validate checks what the tags cannot. kong calls it.
func (c *tailCommand) Validate() error {
	const least, most = 100 * time.Millisecond, time.Hour
	for _, glob := range c.Globs {
		if _, err := metric.ParseGlob(glob); err != nil {
			return err
		}
	}
	switch {
	case len(c.Globs) > wire.MaxGlobs:
		return fmt.Errorf("%d metrics are too many; allowed are %d, and * stands for any run of characters", len(c.Globs), wire.MaxGlobs)
	case c.Interval != 0 && (c.Interval < least || c.Interval > most):
		return fmt.Errorf("--interval: %q is not allowed; allowed is 100ms to 1h", c.Interval)
	case c.Backfill < 0:
		return fmt.Errorf("--backfill: %q is not allowed; allowed is a time such as 5m", c.Backfill)
	}
	return nil
}

// errEnough ends a tail that has printed what was asked for, or that nobody reads any more.
var errEnough = errors.New("enough")

// Run prints events until it is told to stop.
func (c *tailCommand) Run(p *process) error {
	address, err := client.ParseAddress(c.From)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	t := &tail{stderr: p.stderr, address: address, left: c.Count, hosts: make(map[string][]column), out: bufio.NewWriter(p.stdout)}
	all := slices.Contains(c.Host, "*")
	t.named = all || len(c.Host) > 1
	t.print = t.printJSON
	if terminal, isFile := p.stdout.(*os.File); !c.JSON && isFile && isatty.IsTerminal(terminal.Fd()) {
		t.print = t.printLine
	}
	session := client.NewSession(client.Options{
		Address: address, Hosts: c.Host, AllHosts: all, Metrics: c.Globs,
		Interval: c.Interval, Backfill: c.Backfill, Lost: t.onLost,
	})
	defer session.Close()
	return ignore(t.follow(p.ctx, session), errEnough)
}

// tail prints what a session hands out.
type tail struct {
	out     *bufio.Writer
	stderr  io.Writer
	address client.Address
	named   bool   // events name their host
	left    uint64 // events to print; 0 at the start means no end
	print   func(host string, series column, value float64, at metric.TimestampMs)
	hosts   map[string][]column
	lost    bool
	buffer  []byte
	widths  struct{ host, metric int }
}

// column is a series as it is printed.
type column struct {
	name string // fit for a terminal
	unit metric.Unit
	key  []byte // of the event in JSON
}

func (t *tail) follow(ctx context.Context, session *client.Session) error {
	for {
		frame, err := session.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return t.out.Flush()
		case err != nil:
			return fmt.Errorf("%s: %s", t.address, client.Explain(err))
		}
		if err := t.take(frame); err != nil {
			if errors.Is(err, syscall.EPIPE) { // such as head, which has had enough
				return errEnough
			}
			return err
		}
	}
}

func (t *tail) take(frame wire.Frame) error {
	switch frame := frame.(type) {
	case wire.Hello:
		t.onHello()
	case wire.Catalog:
		t.onCatalog(frame)
	case wire.Snapshot:
		return t.onSnapshot(frame)
	case wire.Update:
		if err := t.onRow(frame); err != nil {
			return err
		}
		return t.out.Flush()
	case wire.Gap:
		t.onGap(frame)
	case wire.HostState:
		t.onHostState(frame)
	case wire.Error:
		return t.onError(frame)
	}
	return nil
}

// onError: a host that was there may come again, after a restart of the server for one.
func (t *tail) onError(frame wire.Error) error {
	if frame.Code != wire.CodeUnknownHost || len(t.hosts) == 0 {
		return fmt.Errorf("%s: %s", t.address, client.Printable(frame.Message))
	}
	t.say("%s", client.Printable(frame.Message))
	return nil
}

func (t *tail) say(format string, values ...any) {
	fmt.Fprintf(t.stderr, "vitals: "+format+"\n", values...)
}

func (t *tail) onLost(loss client.Loss) {
	_ = t.out.Flush()
	t.lost = true
	const readable = 100 * time.Millisecond
	t.say("lost %s: %s; trying again in %s", t.address, client.Explain(loss.Cause), loss.Wait.Round(readable))
}

func (t *tail) onHello() {
	if t.lost {
		t.say("back at %s", t.address)
	}
	t.lost = false
}

func (t *tail) onGap(gap wire.Gap) {
	host := client.Printable(gap.Host)
	if gap.Dropped > 0 {
		t.say("%s: %d updates are missing here", host, gap.Dropped)
		return
	}
	t.say("%s: updates are missing here, nobody knows how many: the server began anew", host)
}

func (t *tail) onHostState(state wire.HostState) {
	host := client.Printable(state.Host.Name)
	switch _, followed := t.hosts[state.Host.Name]; {
	case !followed:
	case state.State == wire.Silent:
		t.say("%s has sent nothing since %s", host, state.Since.Time().Format(time.TimeOnly))
	case state.State == wire.Gone:
		t.say("%s has left", host)
	}
}

func (t *tail) onCatalog(catalog wire.Catalog) {
	columns := make([]column, len(catalog.Series))
	t.widths.host = max(t.widths.host, width(client.Printable(catalog.Host)))
	for i, series := range catalog.Series {
		columns[i] = column{name: client.Printable(series.Metric), unit: series.Unit, key: t.eventKey(catalog.Host, series.Metric)}
		t.widths.metric = max(t.widths.metric, width(columns[i].name))
	}
	t.hosts[catalog.Host] = columns
}

func (t *tail) onSnapshot(frame wire.Snapshot) error {
	row := wire.Update{Host: frame.Host, Values: make(wire.Column, len(frame.Columns))}
	for i, timestamp := range frame.Timestamps {
		for k, values := range frame.Columns {
			row.Values[k] = values[i]
		}
		row.Timestamp = timestamp
		if err := t.onRow(row); err != nil {
			return err
		}
	}
	return t.out.Flush()
}

// onRow prints the values that there are.
func (t *tail) onRow(row wire.Update) error {
	columns := t.hosts[row.Host]
	for i, value := range row.Values {
		if row.Columns != nil {
			i = int(row.Columns[i])
		}
		if value != value || i >= len(columns) {
			continue
		}
		t.print(row.Host, columns[i], value, row.Timestamp)
		if t.left == 0 {
			continue
		}
		if t.left--; t.left == 0 {
			return errors.Join(t.out.Flush(), errEnough)
		}
	}
	return nil
}
