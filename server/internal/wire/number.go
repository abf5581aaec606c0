package wire

import (
	"math"
	"strconv"

	"vitals/internal/metric"
)

// AppendNumber writes the shortest number that reads back the same; what is not finite has no number and becomes null.
func AppendNumber(dst []byte, value float64) []byte {
	size := math.Abs(value)
	if thousandths := math.Round(value * 1000); size < 1e12 && thousandths/1000 == value {
		// Nearly all values, and less than half the work. Of up to 15 digits no shorter number reads back the same.
		return metric.AppendThousandths(dst, int64(thousandths))
	}
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return append(dst, "null"...)
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.AppendFloat(dst, value, 'e', -1, 64)
	default:
		return strconv.AppendFloat(dst, value, 'f', -1, 64)
	}
}
