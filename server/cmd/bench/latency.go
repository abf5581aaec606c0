package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"vitals/internal/bench"
	"vitals/internal/metric"
)

// latencyCommand watches a server of this machine by one session.
type latencyCommand struct {
	Binary   string        `required:"" help:"The program to measure."`
	Interval time.Duration `default:"100ms" help:"Time between two samples."`
	Window   time.Duration `default:"20s" help:"How long to measure."`
}

// Run measures and prints.
func (c *latencyCommand) Run(ctx context.Context) error {
	started, err := launchServer(ctx, c.Binary, "--interval", c.Interval.String())
	if err != nil {
		return err
	}
	defer started.Stop()
	const settle = 2 * time.Second
	begin := time.Now().Add(settle)
	watching, finish := context.WithDeadline(ctx, begin.Add(c.Window))
	defer finish()
	var delays []float64
	err = watch(watching, started.address, func(taken metric.TimestampMs, at time.Time) {
		if at.After(begin) {
			delays = append(delays, bench.Milliseconds(at.Sub(taken.Time())))
		}
	})
	if err != nil {
		return err
	}
	c.print(delays)
	return nil
}

func (c *latencyCommand) print(delays []float64) {
	printed := bench.Table{
		Title: "Sensor to socket",
		Head:  []string{"one session, all sensors", "samples", "median ms", "p99 ms", "worst ms"},
	}
	printed.Add(fmt.Sprintf("every %v", c.Interval), fmt.Sprint(len(delays)), fmt.Sprintf("%.2f", bench.Median(delays)),
		fmt.Sprintf("%.2f", bench.Quantile(delays, 0.99)), fmt.Sprintf("%.2f", bench.Quantile(delays, 1)))
	printed.Note("From the tick's timestamp, taken before the sensors are read, to the message in the viewer's hands.")
	printed.Note("Timestamps have whole milliseconds, so the true figures are up to 1 ms less, 0.5 ms in the mean.")
	printed.Print(os.Stdout)
}
