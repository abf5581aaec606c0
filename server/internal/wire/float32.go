package wire

import "math"

// A column of CBOR carries most values as a float32: it is the number of at most 7 significant decimal digits next to the
// float32 that is meant, which is what sensors round to. From 10 million on the float32 itself is meant, which carries
// counts of bytes in whole pages. decimal is that rule; the app has the same, step by step, so that both compute the same.

// From here on a float32 stands for itself.
const wholeFrom = 1e7

// scales has, for each exponent of a float32, the power of ten that brings 2^exponent to 7 digits before the point; 0 where
// it would be larger than 10^22, the last one that a float64 holds exactly.
var scales = makeScales()

func makeScales() (scales [256]float64) {
	const bias, digits = 127, 7
	for exponent := range scales {
		before := int(math.Floor(float64(exponent-bias)*math.Log10(2))) + 1 // digits before the point
		if power := digits - before; power >= 0 && power <= 22 {
			scales[exponent] = math.Pow10(power)
		}
	}
	return scales
}

// decimal is the number that a float32 in a column stands for.
func decimal(short float32) float64 {
	value := float64(short)
	size := math.Abs(value)
	scale := scales[math.Float32bits(short)>>23&0xff]
	if scale == 0 || !(size < wholeFrom) {
		return value
	}
	scaled := float64(size * scale) // no fused multiplication: it would round otherwise than the app does
	if scaled >= wholeFrom {        // one digit more before the point than 2^exponent has
		scale /= 10
		scaled = float64(size * scale)
	}
	return math.Copysign(math.Floor(scaled+0.5)/scale, value)
}

// shorten gives the float32 that stands for the value, if there is one. There is none for what is not finite.
func shorten(value float64) (short float32, carried bool) {
	short = float32(value)
	return short, decimal(short) == value && !math.IsInf(value, 0)
}
