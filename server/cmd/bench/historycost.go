package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"vitals/internal/bench"
)

// recordingCost is what two servers use that run side by side, in the same windows, so that both meet the same machine.
type recordingCost struct {
	off, on, more []float64 // milliseconds of processor time a second
	series        int
}

// measureRecording runs a server that records beside one that does not. Nobody watches either.
func measureRecording(ctx context.Context, binary string, window time.Duration, rounds int) (recordingCost, error) {
	var cost recordingCost
	off, err := launchServer(ctx, binary, "--history", "off")
	if err != nil {
		return cost, err
	}
	defer off.Stop()
	on, err := launchServer(ctx, binary)
	if err != nil {
		return cost, err
	}
	defer on.Stop()
	const settle = 8 * time.Second // the first garbage collections are over
	if err := bench.Sleep(ctx, settle); err != nil {
		return cost, err
	}
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "history: recording: window %d of %d\n", round+1, rounds)
		if err := cost.measure(ctx, window, off, on); err != nil {
			return cost, err
		}
	}
	cost.series, err = seriesOf(ctx, on)
	return cost, err
}

func (c *recordingCost) measure(ctx context.Context, window time.Duration, off, on *server) error {
	before, err := processorTimes(off, on)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := bench.Sleep(ctx, window); err != nil {
		return err
	}
	after, err := processorTimes(off, on)
	if err != nil {
		return err
	}
	elapsed := time.Since(began).Seconds()
	each := [2]float64{}
	for i := range each {
		each[i] = bench.Milliseconds(after[i]-before[i]) / elapsed
	}
	c.off, c.on, c.more = append(c.off, each[0]), append(c.on, each[1]), append(c.more, each[1]-each[0])
	return nil
}

func processorTimes(off, on *server) (times [2]time.Duration, err error) {
	for i, server := range []*server{off, on} {
		if err := server.HasEnded(); err != nil {
			return times, err
		}
		usage, err := bench.UsageOf(server.PID)
		if err != nil {
			return times, err
		}
		times[i] = usage.Processor
	}
	return times, nil
}
