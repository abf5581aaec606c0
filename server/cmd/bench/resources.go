package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"vitals/internal/bench"
)

// resourcesCommand measures each subject in several windows. The rounds go through all subjects, each beginning with
// another one, so that a busy moment of the machine does not hit the same subject always.
type resourcesCommand struct {
	Binary string        `required:"" help:"The program to measure."`
	Window time.Duration `default:"4s" help:"Length of one measurement."`
	Rounds int           `default:"3" help:"Measurements of each row; the median is printed."`
}

const megabyte = 1e6

// figures are the measurements of one phase.
type figures struct {
	processor []float64 // milliseconds a second
	resident  []float64 // megabytes at the end of the window
}

// Run measures and prints.
func (c *resourcesCommand) Run(ctx context.Context) error {
	found, missing := subjects(c.Binary)
	results := make(map[string]*figures)
	broken := make(map[string]error)
	for round := range c.Rounds {
		for i := range found {
			subject := found[(i+round)%len(found)]
			fmt.Fprintf(os.Stderr, "resources: round %d of %d: %s\n", round+1, c.Rounds, subject.phases[0].name)
			if err := c.measure(ctx, subject, results); err != nil {
				broken[subject.phases[0].name] = err
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		}
	}
	c.print(found, results, missing, broken)
	return nil
}

// measure runs one subject through its phases once.
func (c *resourcesCommand) measure(ctx context.Context, subject subject, results map[string]*figures) error {
	started, err := subject.launch(ctx)
	if err != nil {
		return err
	}
	defer started.Stop()
	if err := bench.Sleep(ctx, subject.settle); err != nil {
		return err
	}
	for _, phase := range subject.phases {
		collected, known := results[phase.name]
		if !known {
			collected = &figures{}
			results[phase.name] = collected
		}
		if err := c.measurePhase(ctx, phase, started, collected); err != nil {
			return err
		}
	}
	return nil
}

func (c *resourcesCommand) measurePhase(ctx context.Context, phase phase, started *running, collected *figures) error {
	acting, finish := context.WithCancel(ctx)
	defer finish()
	acted := make(chan error, 1)
	if phase.act != nil {
		go func() { acted <- phase.act(acting, started) }() // ends with acting
		if err := bench.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	processor, after, err := c.window(ctx, started)
	if err != nil {
		return err
	}
	if phase.act != nil {
		finish()
		if err := <-acted; err != nil {
			return err
		}
	}
	collected.processor = append(collected.processor, processor)
	collected.resident = append(collected.resident, float64(after.Resident)/megabyte)
	return nil
}

// window measures milliseconds of processor time a second.
func (c *resourcesCommand) window(ctx context.Context, started *running) (float64, bench.Usage, error) {
	before, err := bench.UsageOf(started.PID)
	if err != nil {
		return 0, bench.Usage{}, err
	}
	from := time.Now()
	if err := bench.Sleep(ctx, c.Window); err != nil {
		return 0, bench.Usage{}, err
	}
	if err := started.HasEnded(); err != nil {
		return 0, bench.Usage{}, err
	}
	after, err := bench.UsageOf(started.PID)
	elapsed := time.Since(from)
	return bench.Milliseconds(after.Processor-before.Processor) / elapsed.Seconds(), after, err
}

func (c *resourcesCommand) print(found []subject, results map[string]*figures, missing []string, broken map[string]error) {
	printed := bench.Table{
		Title: "Processor time and memory of one server",
		Head:  []string{"program", "CPU ms/s", "least", "most", "RSS MB", "aim"},
	}
	for _, subject := range found {
		for _, phase := range subject.phases {
			collected, known := results[phase.name]
			if !known || len(collected.processor) == 0 {
				continue
			}
			printed.Add(phase.name, fmt.Sprintf("%.2f", bench.Median(collected.processor)),
				fmt.Sprintf("%.2f", slices.Min(collected.processor)), fmt.Sprintf("%.2f", slices.Max(collected.processor)),
				fmt.Sprintf("%.1f", bench.Median(collected.resident)), phase.aim)
		}
	}
	printed.Note("Medians of %d windows of %v, in turns; all sensors on. 10 ms/s are 1 %% of one processor.", c.Rounds, c.Window)
	printed.Note("CPU is the kernel's clock of the process and its children, in nanoseconds (ended children: steps of 10 ms).")
	printed.Note("Clients that watch or scrape run in another process and are not counted. Load: %s", machineLoad())
	if len(missing) > 0 {
		printed.Note("Skipped, not installed: %s (apt-get install adds them)", strings.Join(missing, ", "))
	}
	for name, err := range broken {
		printed.Note("A measurement failed: %s: %v", name, err)
	}
	printed.Print(os.Stdout)
}

// machineLoad is what else went on, for the reader to judge the figures by.
func machineLoad() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
