package collect

import (
	"context"
	"time"

	"vitals/internal/metric"
)

// Run samples the source at wall-clock multiples of the interval (each full second for 1 s) until ctx ends, and hands
// every update to sink on the same goroutine. It returns the cause that ended ctx.
//
// The next tick is planned when the last one is over, on the monotonic clock: a tick that was missed (because the process
// was stopped, the machine suspended, or a sensor slow) is left out and never made up for, so there is no burst. A wall
// clock that is set moves the following ticks, and no more.
func Run(ctx context.Context, interval time.Duration, source Source, sink func(metric.Update)) error {
	timer := time.NewTimer(untilNext(time.Now(), 0, interval))
	defer timer.Stop()
	for tick := uint64(0); ; tick++ {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
		}
		now := time.Now()
		for _, update := range source.Sample(ctx, now, tick) {
			sink(update)
		}
		timer.Reset(untilNext(time.Now(), multipleOf(now, interval), interval))
	}
}

// multipleOf numbers the multiple of the interval that a tick at now stands for. A timer may fire a little before its
// multiple by the wall clock, since that clock is steered: an eighth of an interval early still counts.
func multipleOf(now time.Time, interval time.Duration) int64 {
	return now.Add(interval/8).UnixNano() / int64(interval)
}

// untilNext is the time from now to the next multiple of the interval, passing over the one that was ticked last.
func untilNext(now time.Time, last int64, interval time.Duration) time.Duration {
	next := now.UnixNano()/int64(interval) + 1
	if next == last {
		next++
	}
	return time.Duration(next*int64(interval) - now.UnixNano())
}
