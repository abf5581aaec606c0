package metric

import (
	"math"
	"strconv"
	"time"
)

// TimestampMs is a point in time as milliseconds since the unix epoch, UTC.
type TimestampMs int64

// TimestampOf converts a time to milliseconds since the unix epoch; the rest of the millisecond is cut off.
func TimestampOf(t time.Time) TimestampMs { return TimestampMs(t.UnixMilli()) }

// Time is the same instant as a time.Time in the local zone.
func (t TimestampMs) Time() time.Time { return time.UnixMilli(int64(t)) }

// Seconds is the instant in unix seconds with the milliseconds as decimals: the form of every wire.
func (t TimestampMs) Seconds() float64 { return float64(t) / 1000 }

// AppendSeconds appends the instant in unix seconds, as short as it is exact: 1690000000.123, 1690000000.5, 1690000000.
func (t TimestampMs) AppendSeconds(dst []byte) []byte { return AppendThousandths(dst, int64(t)) }

// AppendThousandths appends a number that is given in thousandths, as short as it is exact: 1500 becomes 1.5.
func AppendThousandths(dst []byte, thousandths int64) []byte {
	size := uint64(thousandths)
	if thousandths < 0 {
		dst = append(dst, '-')
		size = -size
	}
	dst = strconv.AppendUint(dst, size/1000, 10)
	decimals := size % 1000
	if decimals == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+decimals/100), byte('0'+decimals/10%10), byte('0'+decimals%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// MarshalJSON writes unix seconds.
func (t TimestampMs) MarshalJSON() ([]byte, error) { return t.AppendSeconds(nil), nil }

// UnmarshalJSON reads unix seconds, rounded to the millisecond.
func (t *TimestampMs) UnmarshalJSON(data []byte) error {
	seconds, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return err
	}
	*t = TimestampMs(math.Round(seconds * 1000))
	return nil
}

// Event is one value of one series at one instant.
type Event struct {
	Metric    string      `json:"metric"`    // the name of the series within its host, see [ParseName]
	Value     float64     `json:"value"`     // finite, in the unit of its series
	Timestamp TimestampMs `json:"timestamp"` // unix seconds on the wire
}

// Update is one tick of one host: all its events carry the update's own timestamp.
type Update struct {
	Host      string
	Timestamp TimestampMs
	Events    []Event
	Series    []Series // what is known of series that may be new; those of known families need none
}

// Position says where an update stands in the stream of its host: Seq counts the host's updates from 1 without a gap
// for as long as the Epoch lasts. A hub that starts again starts a new epoch, and positions of two epochs do not compare.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}
