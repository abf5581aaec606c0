package history

import (
	"math"
	"slices"

	"vitals/internal/metric"
)

// summarizer gathers the samples of one series at a time for a [Summary]. It holds all of them: the 95th percentile needs
// them.
type summarizer struct {
	from, to metric.TimestampMs
	values   []float64
	last     float64
	lastTime metric.TimestampMs
}

func (s *summarizer) begin() { s.values, s.lastTime = s.values[:0], math.MinInt64 }

// add takes samples; those outside the range do not count.
func (s *summarizer) add(times []metric.TimestampMs, values []float64) {
	if cap(s.values)-len(s.values) < len(times) {
		s.values = slices.Grow(s.values, max(len(times), len(s.values))) // at least doubled: append copies long ones more often
	}
	for i, at := range times {
		if at < s.from || at >= s.to {
			continue
		}
		s.values = append(s.values, values[i])
		if at > s.lastTime {
			s.last, s.lastTime = values[i], at
		}
	}
}

// end is the summary. Without samples there is only the count.
func (s *summarizer) end() *Summary {
	count := len(s.values)
	if count == 0 {
		return &Summary{Min: math.NaN(), Mean: math.NaN(), P95: math.NaN(), Max: math.NaN(), Last: math.NaN()}
	}
	all := emptyBucket()
	all.add(s.values)
	return &Summary{
		Count: count, Min: all.least, Mean: meanOf(all.sum, all.scaled, count, all.least, all.most), P95: percentile95(s.values),
		Max: all.most, Last: s.last, LastTime: s.lastTime,
	}
}

// percentile95 is the least value that 95 of 100 are not above, by the nearest rank. It reorders the values.
func percentile95(values []float64) float64 {
	rank := (len(values)*95 + 99) / 100
	return selectNth(values, rank-1)
}

// selectNth is the value that would stand at an index if the values were sorted, by Hoare's quickselect. None may be NaN. It
// reorders the values.
func selectNth(values []float64, n int) float64 {
	low, high := 0, len(values)-1
	for low < high {
		pivot := pivotNear(values[low:high+1], n-low)
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return values[n]
		}
	}
	return values[n]
}

// pivotNear is one of the values. Of many it lies near the one that would stand at an index: then nearly all others are on one
// side of it, which a processor foresees, and few are left to look through.
func pivotNear(values []float64, n int) float64 {
	const sampled = 256
	if len(values) < 4*sampled {
		return middle(values[0], values[len(values)/2], values[len(values)-1])
	}
	var sample [sampled]float64
	for i := range sample {
		sample[i] = values[i*len(values)/sampled]
	}
	slices.Sort(sample[:])
	return sample[n*sampled/len(values)]
}

func middle(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
