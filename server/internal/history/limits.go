package history

import (
	"fmt"
	"time"
)

// What one question may cost. A question beyond is answered by a [*LimitError].
const (
	MaxSeries      = 500
	MaxPoints      = 11_000 // buckets or raw samples of a series
	MaxSamples     = 50_000_000
	MaxTime        = 5 * time.Second
	MaxAnswerBytes = 64 << 20 // that the answer holds in memory, and what is needed to make it
)

// The limits by the names that a [LimitError] has.
const (
	LimitSeries  = "series"
	LimitPoints  = "points"
	LimitSamples = "samples"
	LimitTime    = "time"
	LimitMemory  = "memory"
)

// bounds are the limits of one reader; tests have small ones.
type bounds struct {
	series, points int
	samples        int64
	time           time.Duration
	memory         int64
}

func usualBounds() bounds {
	return bounds{series: MaxSeries, points: MaxPoints, samples: MaxSamples, time: MaxTime, memory: MaxAnswerBytes}
}

func (b bounds) checkSeries(count int) error {
	if count <= b.series {
		return nil
	}
	return &LimitError{
		Limit: LimitSeries, Allowed: int64(b.series), Asked: int64(count),
		Message: fmt.Sprintf("%d series match, at most %d are answered at once; ask for fewer", count, b.series),
	}
}

func (b bounds) checkPoints(count int64) error {
	if count <= int64(b.points) {
		return nil
	}
	return &LimitError{
		Limit: LimitPoints, Allowed: int64(b.points), Asked: count,
		Message: fmt.Sprintf("a series would have %d points, at most %d are answered; take a longer step, fewer points or a shorter range",
			count, b.points),
	}
}

// tooManyRaw is for raw samples, of which nobody knows how many there are before they are read.
func (b bounds) tooManyRaw(metric string) error {
	return &LimitError{
		Limit: LimitPoints, Allowed: int64(b.points),
		Message: fmt.Sprintf("%.100s has more than %d samples in this range; ask for a step, for a shorter range, or for an export",
			metric, b.points),
	}
}

func (b bounds) tooManySamples() error {
	return &LimitError{
		Limit: LimitSamples, Allowed: b.samples,
		Message: fmt.Sprintf("more than %d samples would have to be read; ask for a shorter range or fewer series", b.samples),
	}
}

func (b bounds) tooLong() error {
	return &LimitError{
		Limit: LimitTime, Allowed: b.time.Milliseconds(),
		Message: fmt.Sprintf("it takes longer than %s; ask for a shorter range or fewer series", b.time),
	}
}

func (b bounds) tooMuchMemory() error {
	return &LimitError{
		Limit: LimitMemory, Allowed: b.memory,
		Message: fmt.Sprintf("the answer would take more than %d MiB of memory; ask for fewer series, fewer points or a shorter range",
			b.memory>>20),
	}
}
