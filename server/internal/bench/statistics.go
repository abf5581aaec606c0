package bench

import (
	"math"
	"slices"
	"time"
)

// Median of no values is NaN.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Quantile is the value below which the share of the values lies, the nearest one above.
func Quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	if share == 0.5 && len(sorted)%2 == 0 {
		return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// Milliseconds is a duration as a number.
func Milliseconds(duration time.Duration) float64 {
	return float64(duration) / float64(time.Millisecond)
}

const megabyte = 1e6
