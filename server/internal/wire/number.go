package wire

import (
	"math"
	"strconv"
)

// appendFloat writes the shortest number that reads back the same; what is not finite has no number and becomes null.
func appendFloat(dst []byte, value float64) []byte {
	size := math.Abs(value)
	if thousandths := math.Round(value * 1000); size < 1e12 && thousandths/1000 == value {
		return appendThousandths(dst, int64(thousandths)) // nearly all values, and less than half the work
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

// appendThousandths writes a number with at most three decimals. Of up to 15 digits no shorter one reads back the same.
func appendThousandths(dst []byte, thousandths int64) []byte {
	if thousandths < 0 {
		dst = append(dst, '-')
		thousandths = -thousandths
	}
	dst = strconv.AppendInt(dst, thousandths/1000, 10)
	decimals := thousandths % 1000
	if decimals == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+decimals/100), byte('0'+decimals/10%10), byte('0'+decimals%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
