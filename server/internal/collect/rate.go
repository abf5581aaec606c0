package collect

import "time"

// perSecond is the growth of a counter a second. It is not known (false) when the counter went back, by a wrap or a
// reset, and when no time has passed.
func perSecond(before, after uint64, elapsed time.Duration) (float64, bool) {
	if after < before || elapsed <= 0 {
		return 0, false
	}
	return float64(after-before) / elapsed.Seconds(), true
}
