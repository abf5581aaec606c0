package collect

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vitals/internal/metric"
)

// fakeSource has one host and takes as long as it is told.
type fakeSource struct {
	takes func(tick uint64) time.Duration
}

func (f fakeSource) Hosts() []metric.Host      { return []metric.Host{{Name: "fake"}} }
func (f fakeSource) Families() []metric.Family { return nil }

func (f fakeSource) Sample(_ context.Context, now time.Time, tick uint64) []metric.Update {
	if f.takes != nil {
		time.Sleep(f.takes(tick))
	}
	return []metric.Update{{Host: "fake", Timestamp: metric.TimestampOf(now)}}
}

// ticksOf runs the clock for so long and returns when it ticked, in milliseconds after the start.
func ticksOf(t *testing.T, interval, runFor time.Duration, source Source) []int64 {
	t.Helper()
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), runFor)
	defer cancel()
	var ticks []int64
	err := Run(ctx, interval, source, func(update metric.Update) {
		ticks = append(ticks, update.Timestamp.Time().Sub(start).Milliseconds())
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run returned %v, want the cause that ended its context", err)
	}
	return ticks
}

func TestRunTicksAtMultiplesOfTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(300 * time.Millisecond) // start between two multiples
		got := ticksOf(t, time.Second, 4*time.Second, fakeSource{})
		want := []int64{700, 1700, 2700, 3700}
		if !slices.Equal(got, want) {
			t.Errorf("ticks at %v ms, want %v", got, want)
		}
	})
}

func TestRunLeavesMissedTicksOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The third tick lasts 61.4 s, as when the process is stopped for a minute.
		source := fakeSource{takes: func(tick uint64) time.Duration {
			if tick == 2 {
				return 61400 * time.Millisecond
			}
			return 0
		}}
		got := ticksOf(t, time.Second, 67500*time.Millisecond, source)
		want := []int64{1000, 2000, 3000, 65000, 66000, 67000}
		if !slices.Equal(got, want) {
			t.Errorf("ticks at %v ms, want %v: no burst after the stop", got, want)
		}
	})
}

func TestRunKeepsCadenceWithSlowTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := fakeSource{takes: func(uint64) time.Duration { return 80 * time.Millisecond }}
		got := ticksOf(t, 100*time.Millisecond, 450*time.Millisecond, source)
		want := []int64{100, 200, 300, 400}
		if !slices.Equal(got, want) {
			t.Errorf("ticks at %v ms, want %v", got, want)
		}
	})
}

func TestUntilNextTakesNoMultipleTwice(t *testing.T) {
	at := func(ms int64) time.Time { return time.UnixMilli(1_700_000_000_000 + ms) }
	for _, test := range []struct {
		name          string
		ticked, after int64 // milliseconds
		want          time.Duration
	}{
		{"on time", 0, 1, 999 * time.Millisecond},
		{"the timer fired 2 ms early", -2, -1, 1001 * time.Millisecond},
		{"the tick took long", 0, 900, 100 * time.Millisecond},
		{"the timer fired late", 600, 601, 399 * time.Millisecond},
		{"the clock was set back an hour", 0, -3_599_500, 500 * time.Millisecond},
		{"the clock was set forward an hour", 0, 3_600_250, 750 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			last := multipleOf(at(test.ticked), time.Second)
			if got := untilNext(at(test.after), last, time.Second); got != test.want {
				t.Errorf("next tick in %v, want %v", got, test.want)
			}
		})
	}
}
