package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"vitals/internal/bench"
)

// benchCommand answers how many viewers this machine can hold. No flag of it has a variable or a key in the settings file:
// those are the server's, and mean something else there.
type benchCommand struct {
	URL      string        `arg:"" optional:"" help:"Address of a running server, such as http://127.0.0.1:8080. Without it one is started that invents a machine."`
	Viewers  int           `default:"1000" env:"-" placeholder:"N" help:"How many viewers come, 1 to 19000."`
	Slow     int           `default:"0" env:"-" placeholder:"N" help:"How many of them read only 1 KB a second."`
	Stalled  int           `default:"0" env:"-" placeholder:"N" help:"How many of them read nothing at all."`
	Form     string        `default:"session" enum:"session,batch,plain,events" env:"-" placeholder:"FORM" help:"What they ask for: session, batch (arrays), plain (triples), or events (Server-Sent Events)."`
	Format   string        `default:"json" enum:"json,cbor" env:"-" placeholder:"FORMAT" help:"json or cbor."`
	Metrics  []string      `env:"-" placeholder:"GLOB" help:"Which series they want; without it, all."`
	Ramp     time.Duration `default:"0s" env:"-" placeholder:"TIME" help:"Over how long they come; 0 is as fast as the server lets them."`
	Duration time.Duration `default:"20s" env:"-" placeholder:"TIME" help:"How long is counted, up to 1h."`
	Interval time.Duration `default:"1s" env:"-" placeholder:"TIME" help:"Time between two ticks; of the running server, or for the one that is started."`
	Baseline bool          `env:"-" help:"Measure the floor too, a plain loop of writes of the same bytes, and print the ratio."`
	Pin      bool          `env:"-" help:"Keep server and viewers on processors of their own."`
	JSON     bool          `name:"json" env:"-" help:"Print the result as JSON."`
}

// Help implements kong's HelpProvider.
func (benchCommand) Help() string {
	return "Examples:\n\n  vitals bench --viewers 5000 --baseline\n\n" +
		"  vitals bench http://127.0.0.1:8080 --viewers 2000 --slow 100 --stalled 100"
}

const (
	maxBenchViewers  = 19_000 // an address pair has no more ports to spare, and a process rarely more files
	maxBenchDuration = time.Hour
)

// Run measures and prints.
func (c *benchCommand) Run(p *process) error {
	switch {
	case c.Viewers < 1 || c.Viewers > maxBenchViewers:
		return fmt.Errorf("--viewers: %d is not allowed; allowed is 1 to %d", c.Viewers, maxBenchViewers)
	case c.Slow < 0 || c.Stalled < 0 || c.Slow+c.Stalled >= c.Viewers:
		return errors.New("--slow and --stalled: together they must be fewer than --viewers, and not negative")
	case c.Duration < c.Interval || c.Duration > maxBenchDuration:
		return fmt.Errorf("--duration: %v is not allowed; allowed is one interval (%v) to %v", c.Duration, c.Interval, maxBenchDuration)
	case c.Form == string(bench.Events) && c.Format == string(bench.FormatCBOR):
		return errors.New("--format: events are text; cbor goes with session, batch and plain")
	}
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	options := bench.Options{
		LoadOptions: bench.LoadOptions{
			URL: c.URL, Form: bench.Form(c.Form), Format: bench.Format(c.Format), Viewers: c.Viewers, Slow: c.Slow, Stalled: c.Stalled,
			Globs: c.Metrics, Ramp: c.Ramp,
		},
		Binary: own, Interval: c.Interval, Duration: c.Duration, Baseline: c.Baseline, Pin: c.Pin,
		Log: func(format string, values ...any) { fmt.Fprintf(p.stderr, "vitals bench: "+format+"\n", values...) },
	}
	result, err := bench.Measure(p.ctx, options)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(result)
	}
	result.Print(p.stdout)
	return nil
}

// benchFloorCommand is the floor as a program of its own.
type benchFloorCommand struct {
	Bytes    int           `default:"500" env:"-" help:"Length of a message."`
	Interval time.Duration `default:"1s" env:"-" help:"Time between two rounds."`
}

// Run serves until the process is told to stop.
func (c *benchFloorCommand) Run(p *process) error {
	return bench.ServeFloor(p.ctx, p.stdout, bench.FloorOptions{MessageBytes: c.Bytes, Interval: c.Interval})
}
