package wire

import "math"

// A column of CBOR carries most values as a float32: it is the number of at most 7 significant decimal digits next to the
// float32 that is meant, which is what sensors round to. From 10 million on the float32 itself is meant, which carries
// counts of bytes in whole pages. decimal is that rule; the app has the same, step by step, so that both compute the same.

// From here on a float32 stands for itself.
const wholeFrom = 1e7

// powersOfTen are exact: 10^22 is the last that a float64 holds.
var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

const (
	exponentBias = 127
	// The float32s of exponents below this one, less than 2^-52, would need a power of ten that is not exact.
	leastExponent = exponentBias - 52
)

// decimal is the number that a float32 in a column stands for.
func decimal(short float32) float64 {
	value := float64(short)
	size := math.Abs(value)
	exponent := int(math.Float32bits(short)>>23) & 0xff
	if !(size < wholeFrom) || exponent < leastExponent {
		return value
	}
	const digits = 7
	// The number of digits before the point of 2^exponent, by log10(2); the size itself may have one more.
	scale := powersOfTen[digits-1-int(math.Floor(float64(exponent-exponentBias)*0.3010299956639812))]
	if size*scale >= wholeFrom {
		scale /= 10
	}
	scaled := float64(size * scale) // no fused multiplication: it would round otherwise than the app does
	return math.Copysign(math.Floor(scaled+0.5)/scale, value)
}

// shorten gives the float32 that stands for the value, if there is one. There is none for what is not finite.
func shorten(value float64) (short float32, carried bool) {
	short = float32(value)
	return short, decimal(short) == value && !math.IsInf(value, 0)
}
