package ingest

import (
	"fmt"
	"math"
	"time"

	"vitals/internal/metric"
)

const (
	leastPast = time.Hour        // events may always be so old
	future    = 10 * time.Minute // how far ahead a clock may be
)

// Unix seconds between these are a time that somebody can mean, from 1973 to 5138. What lies outside is most likely a time
// in another unit: each unit shifts them by exactly one such span.
const (
	leastSeconds = 1e8
	mostSeconds  = 1e11
)

// units are the units of timestamps by their number of decimals: a second is 1e0 of them, a nanosecond 1e-9.
var units = map[int]string{0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds"}

// otherUnit guesses in which unit a timestamp was written that makes no sense in the one it was read as. The decimals are
// those of the unit that was expected: 0 for seconds. It is empty when there is nothing to guess.
func otherUnit(seconds float64, decimals int) string {
	if math.IsInf(seconds, 1) {
		return units[9]
	}
	for _, shift := range []int{3, 6, 9, -3, -6, -9} {
		if scaled := seconds / math.Pow10(shift); scaled >= leastSeconds && scaled < mostSeconds {
			return units[decimals+shift]
		}
	}
	return ""
}

// fromSeconds rounds unix seconds to the millisecond.
func fromSeconds(seconds float64) metric.TimestampMs {
	return metric.TimestampMs(math.Round(seconds * 1000))
}

// fromUnits reads a whole number of units with so many decimals to the second, as the line protocol has them.
func fromUnits(count int64, decimals int) metric.TimestampMs {
	switch decimals {
	case 0:
		const most = math.MaxInt64 / 1000
		if count > most {
			return math.MaxInt64
		}
		return metric.TimestampMs(max(-most, count) * 1000)
	case 3:
		return metric.TimestampMs(count)
	}
	perMs := int64(math.Pow10(decimals - 3))
	whole, rest := count/perMs, count%perMs
	if rest < 0 {
		whole, rest = whole-1, rest+perMs
	}
	if rest >= perMs/2 {
		whole++
	}
	return metric.TimestampMs(whole)
}

// window is the span of time that events may lie in.
type window struct {
	past     time.Duration
	decimals int // of the unit that timestamps are written in
}

// check holds a time to the window around now.
func (w window) check(timestamp metric.TimestampMs, now time.Time) *fault {
	oldest, newest := metric.TimestampOf(now.Add(-w.past)), metric.TimestampOf(now.Add(future))
	if timestamp >= oldest && timestamp <= newest {
		return nil
	}
	code, side := codeTooOld, fmt.Sprintf("is before %s, the oldest time taken", oldest.Time().UTC().Format(time.RFC3339))
	if timestamp > newest {
		code, side = codeTooNew, fmt.Sprintf("is after %s, the newest time taken", newest.Time().UTC().Format(time.RFC3339))
	}
	seconds := timestamp.Seconds()
	if timestamp == math.MaxInt64 {
		seconds = math.Inf(1) // this is where decoders put what is even more
	}
	if unit := otherUnit(seconds, w.decimals); unit != "" {
		return badTime(code, fmt.Sprintf("looks like %s; %s are expected here", unit, units[w.decimals]))
	}
	return badTime(code, side+" (this server's clock says "+now.UTC().Format(time.RFC3339)+")")
}
