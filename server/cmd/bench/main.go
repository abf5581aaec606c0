// Command bench measures what Vitals costs and how fast it is, on the machine it runs on. It is for developers and is no
// part of the product; run it by `make bench`.
//
//   - resources: processor time and memory of `vitals serve`, beside a program that only wakes up and beside other monitors
//   - fanout: rows of what `vitals bench` measures, each beside a plain loop of TCP writes
//   - storm: a server that is killed under its viewers, and how they come back
//   - history: what keeping the past costs, and how soon it is there again, beside SQLite
//   - latency: the time from a sample's timestamp to its arrival at a viewer
//
// Whatever is measured runs in a process of its own, started and stopped by this one. Absolute figures hold for one
// machine at one time; what is printed beside them was measured in the same run, so the ratios travel.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commandLine struct {
	Resources resourcesCommand `cmd:"" help:"Processor time and memory of the server, beside other monitors."`
	Fanout    fanoutCommand    `cmd:"" help:"Cost of each of many viewers, beside a plain loop of writes."`
	Latency   latencyCommand   `cmd:"" help:"Time from a sample to a viewer."`
	Storm     stormCommand     `cmd:"" help:"A server that is killed under its viewers."`
	History   historyCommand   `cmd:"" help:"What keeping the past costs, beside SQLite."`

	Engine engineCommand `cmd:"" hidden:"" help:"Feed an engine, and ask it."`
	Idle   idleCommand   `cmd:"" hidden:"" help:"Wake up each interval and do nothing."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var grammar commandLine
	command := kong.Parse(&grammar, kong.Name("bench"), kong.Description("Measures Vitals on this machine."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := inWorkFolder(command.Run); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// inWorkFolder has everything that is started keep its files in a folder that goes at the end.
func inWorkFolder(run func(...any) error) error {
	folder, err := os.MkdirTemp("", "vitals-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for what is measured: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left lies where such things lie
	if err := os.Setenv("TMPDIR", folder); err != nil {
		return fmt.Errorf("name the folder %s: %w", folder, err)
	}
	return run()
}
