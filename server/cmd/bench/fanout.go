package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"time"
)

// fanoutCommand shows one simulated machine, a tick a second, to many viewers. Each row is measured beside a plain loop
// of writes to as many connections right after it, and the ratio of both is what counts.
type fanoutCommand struct {
	Binary  string        `required:"" help:"The program to measure."`
	Viewers []int         `default:"1,1000,10000" help:"Numbers of viewers."`
	Batch   int           `default:"1000" help:"Viewers of the plain stream in batches, as one more row; 0 for none."`
	Window  time.Duration `default:"8s" help:"Length of one measurement, in whole seconds."`
	Rounds  int           `default:"1" help:"Measurements of each row; the median is printed."`
	Long    bool          `help:"Five measurements of each row."`

	Interval time.Duration `default:"1s" help:"Time between two ticks."`

	alone alone
}

// alone is what the server and the floor use while nobody watches, in one window.
type alone struct {
	server, floor time.Duration
}

// fanoutCase is one row.
type fanoutCase struct {
	form    loadForm
	viewers int
}

// fanoutFigures are the measurements of one row and of its floor.
type fanoutFigures struct {
	processor, floor []float64 // microseconds a delivery
	whole            []float64 // milliseconds a second, of the server
	bytes            []float64 // a viewer and second
	memory           []float64 // KB a viewer
	median, p99      []float64
	floorMedian      []float64
	missing          int // ticks that should have arrived and did not
	gone             int
}

const longRounds = 5

// Run measures and prints.
func (c *fanoutCommand) Run(ctx context.Context) error {
	if c.Long {
		c.Rounds = longRounds
	}
	cases := make([]fanoutCase, 0, len(c.Viewers)+1)
	for _, viewers := range c.Viewers {
		cases = append(cases, fanoutCase{formSession, viewers})
	}
	if c.Batch > 0 {
		cases = append(cases, fanoutCase{formBatch, c.Batch})
	}
	results := make([]fanoutFigures, len(cases))
	if err := c.measureAlone(ctx); err != nil {
		return err
	}
	for round := range c.Rounds {
		for i, fanout := range cases {
			fmt.Fprintf(os.Stderr, "fanout: round %d of %d: %d viewers, %s\n", round+1, c.Rounds, fanout.viewers, fanout.form)
			if err := c.measure(ctx, fanout, &results[i]); err != nil {
				return err
			}
		}
	}
	c.print(cases, results)
	return nil
}

func (c *fanoutCommand) launchServer(ctx context.Context) (*server, error) {
	return onProcessor(measuredProcessor, func() (*server, error) {
		return launchServer(ctx, c.Binary, "--source", "simulate", "--simulate-hosts", "1", "--static", "none",
			"--interval", c.Interval.String(), "--handshake-rate", "100000", "--max-connections-per-address", "16000")
	})
}

func (c *fanoutCommand) launchFloor(ctx context.Context, bytes int) (*server, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return onProcessor(measuredProcessor, func() (*server, error) {
		return launchListener(ctx, own, "floor", "--bytes", strconv.Itoa(bytes), "--interval", c.Interval.String())
	})
}

func (c *fanoutCommand) measureAlone(ctx context.Context) error {
	const anyLength = 500
	for _, program := range []struct {
		launch func() (*server, error)
		into   *time.Duration
	}{
		{func() (*server, error) { return c.launchServer(ctx) }, &c.alone.server},
		{func() (*server, error) { return c.launchFloor(ctx, anyLength) }, &c.alone.floor},
	} {
		started, err := program.launch()
		if err != nil {
			return err
		}
		spent, err := c.watchUsage(ctx, started.pid)
		started.stop()
		if err != nil {
			return err
		}
		*program.into = spent.processor
	}
	return nil
}

// measure runs the server with its viewers, then the floor with as many.
func (c *fanoutCommand) measure(ctx context.Context, fanout fanoutCase, into *fanoutFigures) error {
	started, err := c.launchServer(ctx)
	if err != nil {
		return err
	}
	defer started.stop()
	if err := sleep(ctx, time.Second); err != nil {
		return err
	}
	before, err := usageOf(started.pid)
	if err != nil {
		return err
	}
	served, seen, err := c.serve(ctx, started.process, started.address, fanout)
	if err != nil {
		return err
	}
	started.stop()
	into.whole = append(into.whole, milliseconds(served.processor)/c.Window.Seconds())
	into.processor = append(into.processor, perDelivery(served.processor-c.alone.server, seen))
	into.bytes = append(into.bytes, float64(seen.Bytes)/float64(fanout.viewers)/c.Window.Seconds())
	into.memory = append(into.memory, (float64(served.resident)-float64(before.resident))/1e3/float64(fanout.viewers))
	into.median, into.p99 = append(into.median, seen.MedianMs), append(into.p99, seen.P99Ms)
	into.missing += fanout.viewers*int(c.Window/c.Interval) - seen.Deliveries
	into.gone += seen.Gone
	return c.measureFloor(ctx, fanout, seen.Bytes/max(seen.Deliveries, 1), into)
}

func (c *fanoutCommand) measureFloor(ctx context.Context, fanout fanoutCase, bytes int, into *fanoutFigures) error {
	started, err := c.launchFloor(ctx, bytes)
	if err != nil {
		return err
	}
	defer started.stop()
	served, seen, err := c.serve(ctx, started.process, started.address, fanoutCase{formRaw, fanout.viewers})
	if err != nil {
		return err
	}
	into.floor = append(into.floor, perDelivery(served.processor-c.alone.floor, seen))
	into.floorMedian = append(into.floorMedian, seen.MedianMs)
	return nil
}

func perDelivery(spent time.Duration, seen loadResult) float64 {
	return float64(spent.Microseconds()) / float64(max(seen.Deliveries, 1))
}

// serve connects the viewers to what was started and measures a window.
func (c *fanoutCommand) serve(ctx context.Context, started *process, address string, fanout fanoutCase) (usage, loadResult, error) {
	own, err := os.Executable()
	if err != nil {
		return usage{}, loadResult{}, err
	}
	viewers, err := onProcessor(loadProcessor, func() (*process, error) {
		return launch(ctx, own, "load", "--address", address, "--viewers", strconv.Itoa(fanout.viewers), "--form", string(fanout.form))
	})
	if err != nil {
		return usage{}, loadResult{}, err
	}
	defer viewers.stop()
	if _, err := viewers.line(); err != nil { // ready
		return usage{}, loadResult{}, err
	}
	if err := sleep(ctx, 2*time.Second); err != nil { // the work of connecting is over, garbage is collected
		return usage{}, loadResult{}, err
	}
	if err := betweenTicks(ctx); err != nil {
		return usage{}, loadResult{}, err
	}
	if _, err := io.WriteString(viewers.input, "begin\n"); err != nil {
		return usage{}, loadResult{}, err
	}
	spent, err := c.watchUsage(ctx, started.pid)
	if err != nil {
		return usage{}, loadResult{}, err
	}
	if _, err := io.WriteString(viewers.input, "end\n"); err != nil {
		return usage{}, loadResult{}, err
	}
	line, err := viewers.line()
	if err != nil {
		return usage{}, loadResult{}, err
	}
	var seen loadResult
	err = json.Unmarshal([]byte(line), &seen)
	return spent, seen, err
}

// betweenTicks waits for the middle of the pause between two ticks, which come at full seconds.
func betweenTicks(ctx context.Context) error {
	const middle = 700 * time.Millisecond
	now := time.Now()
	next := now.Truncate(time.Second).Add(middle)
	if next.Before(now) {
		next = next.Add(time.Second)
	}
	return sleep(ctx, next.Sub(now))
}

// watchUsage is the processor time spent in a window and the memory at its end.
func (c *fanoutCommand) watchUsage(ctx context.Context, pid int) (usage, error) {
	before, err := usageOf(pid)
	if err != nil {
		return usage{}, err
	}
	if err := sleep(ctx, c.Window); err != nil {
		return usage{}, err
	}
	after, err := usageOf(pid)
	after.processor -= before.processor
	return after, err
}

func (c *fanoutCommand) print(cases []fanoutCase, results []fanoutFigures) {
	printed := table{
		title: fmt.Sprintf("Fan-out: one host, a tick each %v, about 60 series", c.Interval),
		head: []string{
			"viewers", "CPU us/tick", "floor us", "ratio", "CPU ms/s", "B/viewer/s", "KB/viewer",
			"p50 ms", "p99 ms", "floor p50", "missing",
		},
	}
	for i, fanout := range cases {
		result := results[i]
		processor, floor := median(result.processor), median(result.floor)
		printed.add(fmt.Sprintf("%d %s", fanout.viewers, fanout.form),
			fmt.Sprintf("%.1f", processor), fmt.Sprintf("%.1f", floor), fmt.Sprintf("%.2f", processor/floor),
			fmt.Sprintf("%.1f", median(result.whole)), fmt.Sprintf("%.0f", median(result.bytes)),
			memoryCell(median(result.memory), fanout.viewers),
			fmt.Sprintf("%.1f", median(result.median)), fmt.Sprintf("%.1f", median(result.p99)),
			fmt.Sprintf("%.1f", median(result.floorMedian)), fmt.Sprint(result.missing))
		if result.gone > 0 {
			printed.note("%d %s viewers: the server closed %d connections", fanout.viewers, fanout.form, result.gone)
		}
	}
	printed.note("CPU us/tick: processor time of the server for each tick that a viewer got, less what it uses without viewers.")
	printed.note("Floor: one loop of write(2) of as many bytes, no handshake, no scheduler between, measured in the same way.")
	printed.note("The server, or the floor, has one processor to itself and the load another, if there are two.")
	printed.note("On loopback the writer pays for the receiver's side of TCP too. Windows: %d of %v. Load: %s",
		c.Rounds, c.Window, machineLoad())
	printed.note("KB/viewer: growth of the resident memory; buffers of the kernel are not in it. p50, p99: tick's timestamp to arrival.")
	printed.print()
}

// memoryCell hides the noise of few viewers.
func memoryCell(kilobytes float64, viewers int) string {
	if viewers < 100 || math.IsNaN(kilobytes) {
		return "-"
	}
	return fmt.Sprintf("%.1f", kilobytes)
}
