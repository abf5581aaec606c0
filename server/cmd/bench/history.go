package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"vitals/internal/bench"
)

// historyCommand measures what it costs to keep the past and how soon it is there again, beside SQLite with the same rows.
// The rows are what the sensors of this machine tell, over and over.
type historyCommand struct {
	Binary  string        `required:"" help:"The program to measure."`
	Window  time.Duration `default:"10s" help:"Length of one measurement of processor time."`
	Pairs   int           `default:"3" help:"Pairs of servers whose processor time is measured, one after the other."`
	Rounds  int           `default:"6" help:"Measurements of each pair; the median of all is printed."`
	Sample  time.Duration `default:"100ms" help:"Time between two readings of the sensors."`
	Samples int           `default:"240" help:"Readings of the sensors."`
	Queries int           `default:"300" help:"How often each question is put, within ten seconds."`
}

// historyFigures are all that is measured.
type historyFigures struct {
	cost              recordingCost
	vitals, wide      engineResult // a day of one host
	narrow, narrowDay engineResult // two hours of one host, and a day of one series
	many, again       engineResult // two hours of fifty hosts, and their opening after a kill
	resident, reopens float64      // megabytes
	asked             askedServer
}

// Hours that are fed to the engines.
const (
	oneDay   = "86400"
	twoHours = "7200"
)

// Run measures and prints.
func (c *historyCommand) Run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "history-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	var figures historyFigures
	for _, step := range []func(context.Context, string, *historyFigures) error{
		c.recording, c.trace, c.engines, c.manyHosts, c.server,
	} {
		if err := step(ctx, folder, &figures); err != nil {
			return err
		}
	}
	c.print(figures)
	return nil
}

func (c *historyCommand) recording(ctx context.Context, _ string, figures *historyFigures) (err error) {
	figures.cost, err = measureRecording(ctx, c.Binary, c.Window, c.Pairs, c.Rounds)
	return err
}

func traceFile(folder string) string { return filepath.Join(folder, "trace.json") }

func (c *historyCommand) trace(ctx context.Context, folder string, _ *historyFigures) error {
	say("reading the sensors %d times", c.Samples)
	recorded, err := recordTrace(ctx, c.Sample, c.Samples)
	if err != nil {
		return err
	}
	return recorded.write(traceFile(folder))
}

// engines feeds the same rows to each.
func (c *historyCommand) engines(ctx context.Context, folder string, figures *historyFigures) error {
	queries := strconv.Itoa(c.Queries)
	for _, run := range []struct {
		name, kind, seconds, series string
		into                        *engineResult
	}{
		{"vitals: a day", "vitals", oneDay, "60", &figures.vitals},
		{"SQLite, wide: a day", "wide", oneDay, "60", &figures.wide},
		{"SQLite, narrow: two hours", "narrow", twoHours, "60", &figures.narrow},
		{"SQLite, narrow: a day of one series", "narrow", oneDay, "1", &figures.narrowDay},
	} {
		say("%s", run.name)
		data, err := os.MkdirTemp(folder, "data-")
		if err != nil {
			return err
		}
		started, result, err := runEngine(ctx, "--kind", run.kind, "--data", data, "--trace", traceFile(folder),
			"--seconds", run.seconds, "--series", run.series, "--queries", queries)
		if err != nil {
			return err
		}
		started.Stop()
		*run.into = result
	}
	return nil
}

// manyHosts fills two hours of fifty hosts, kills the process, and has another one open what there is.
func (c *historyCommand) manyHosts(ctx context.Context, folder string, figures *historyFigures) error {
	data, err := os.MkdirTemp(folder, "data-")
	if err != nil {
		return err
	}
	usual := []string{"--kind", "vitals", "--data", data, "--trace", traceFile(folder), "--hosts", "50", "--stay"}
	for _, run := range []struct {
		name     string
		more     []string
		into     *engineResult
		resident *float64
	}{
		{"two hours of fifty hosts", []string{"--seconds", twoHours, "--pace", "100ms"}, &figures.many, &figures.resident},
		{"opening them after a kill", nil, &figures.again, &figures.reopens},
	} {
		say("%s", run.name)
		started, result, err := runEngine(ctx, append(usual, run.more...)...)
		if err != nil {
			return err
		}
		used, err := bench.UsageOf(started.PID)
		_ = syscall.Kill(started.PID, syscall.SIGKILL)
		started.Stop()
		if err != nil {
			return err
		}
		*run.into, *run.resident = result, float64(used.Resident)/megabyte
	}
	return nil
}

func (c *historyCommand) server(ctx context.Context, _ string, figures *historyFigures) (err error) {
	say("a server with a day of a simulated machine")
	figures.asked, err = measureServer(ctx, c.Binary, c.Queries)
	return err
}

func say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "history: "+format+"\n", values...)
}
