package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"vitals/internal/bench"
)

// recordingCost is what pairs of servers use that run side by side, in the same windows, so that both meet the same machine.
type recordingCost struct {
	off, on, more []float64 // milliseconds of processor time a second
	series        int
}

// measureRecording runs servers that record beside such that do not, pair after pair: two processes of one program differ too,
// by where their memory lies. Nobody watches any.
func measureRecording(ctx context.Context, binary string, window time.Duration, pairs, rounds int) (recordingCost, error) {
	var cost recordingCost
	for pair := range pairs {
		fmt.Fprintf(os.Stderr, "history: recording: pair %d of %d\n", pair+1, pairs)
		if err := cost.measurePair(ctx, binary, window, rounds); err != nil {
			return cost, err
		}
	}
	return cost, nil
}

func (c *recordingCost) measurePair(ctx context.Context, binary string, window time.Duration, rounds int) error {
	off, err := launchServer(ctx, binary, "--history", "off")
	if err != nil {
		return err
	}
	defer off.Stop()
	on, err := launchServer(ctx, binary)
	if err != nil {
		return err
	}
	defer on.Stop()
	const settle = 30 * time.Second // what a server needs once is over: first collections, memory that is touched for the first time
	if err := bench.Sleep(ctx, settle); err != nil {
		return err
	}
	for range rounds {
		if err := c.measure(ctx, window, off, on); err != nil {
			return err
		}
	}
	c.series, err = seriesOf(ctx, on)
	return err
}

func (c *recordingCost) measure(ctx context.Context, window time.Duration, off, on *server) error {
	if err := bench.Sleep(ctx, untilBetweenTicks(time.Now())); err != nil {
		return err
	}
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

// untilBetweenTicks is how long it is until the middle of a second. Servers work when a second begins: a window with an edge
// there would have one tick more of the one server than of the other.
func untilBetweenTicks(now time.Time) time.Duration {
	return now.Add(time.Second / 2).Truncate(time.Second).Add(time.Second / 2).Sub(now)
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
