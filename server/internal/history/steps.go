package history

import (
	"slices"
	"time"

	"vitals/internal/metric"
)

// ladder are the lengths that buckets have by themselves: those that divide a minute, an hour and a day, so that each stands
// on a round time.
var ladder = [...]time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Steps are the lengths that buckets have by themselves, shortest first. Beyond the last one they are multiples of it.
func Steps() []time.Duration { return slices.Clone(ladder[:]) }

// stepFor is the least step by which a range has no more than so many buckets. Points is at least 1; as buckets are aligned,
// even the shortest range may need two, and then gets two.
func stepFor(from, to metric.TimestampMs, points int) time.Duration {
	for _, step := range ladder {
		if gridOver(from, to, step).count <= int64(points) {
			return step
		}
	}
	const day = 24 * time.Hour
	share := int64(points) * day.Milliseconds()
	days := max(1, (int64(to-from)+share-1)/share)
	for longest := int64(to) / day.Milliseconds(); days <= longest; days++ {
		if gridOver(from, to, time.Duration(days)*day).count <= int64(points) {
			break
		}
	}
	return time.Duration(days) * day
}

// grid are buckets in a row: the one at i begins at from + i*step.
type grid struct {
	from  int64 // milliseconds; a multiple of step
	step  int64 // milliseconds
	count int64
}

// gridOver are the buckets that cover a range.
func gridOver(from, to metric.TimestampMs, step time.Duration) grid {
	stepMs := step.Milliseconds()
	first, behind := floorDiv(int64(from), stepMs), floorDiv(int64(to)-1, stepMs)+1
	return grid{from: first * stepMs, step: stepMs, count: behind - first}
}

// to is where the last bucket ends.
func (g grid) to() int64 { return g.from + g.count*g.step }

// timeline are the beginnings of all buckets.
func (g grid) timeline() []metric.TimestampMs {
	timeline := make([]metric.TimestampMs, g.count)
	for i := range timeline {
		timeline[i] = metric.TimestampMs(g.from + int64(i)*g.step)
	}
	return timeline
}

func floorDiv(a, b int64) int64 {
	quotient := a / b
	if a%b < 0 {
		quotient--
	}
	return quotient
}
