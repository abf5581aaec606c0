package history

import (
	"math"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"

	"vitals/internal/metric"
)

// Values that a sensor measured have a known number of decimals. A decimal fraction fills all bits of a float, which
// compresses badly, so such a value is stored as the nearest multiple of a power of two that is fine enough to tell its
// neighbours apart: rounded to its decimals again it is exactly the value that was measured.

const (
	exact       = -1 // a series whose values are stored as they are
	mostDecimal = 9
)

// storedDecimals says to how many decimals the values of a series were rounded before they came: those of sensors to the
// digits of their family, of which none means integers, which need nothing. What is pushed is stored exactly.
func storedDecimals(series metric.Series, family metric.Family) int {
	if series.Custom || family.Name == "" || family.Decimals < 1 || family.Decimals > mostDecimal {
		return exact
	}
	return family.Decimals
}

// Rounding turns values into what is stored and back. The zero value stores them as they are.
type Rounding struct {
	decimal float64 // 10 to the power of the decimals; 0: values are stored as they are
	binary  float64 // the least power of two that is greater
}

func newRounding(decimals int) Rounding {
	if decimals < 1 || decimals > mostDecimal {
		return Rounding{}
	}
	decimal := math.Pow10(decimals)
	return Rounding{decimal: decimal, binary: math.Exp2(math.Floor(math.Log2(decimal)) + 1)}
}

// RoundingOf is how the values of a stored series were rounded.
func RoundingOf(stored labels.Labels) Rounding {
	text := stored.Get(DecimalsLabel)
	if text == "" {
		return Rounding{}
	}
	decimals, err := strconv.Atoi(text)
	if err != nil {
		return Rounding{}
	}
	return newRounding(decimals)
}

// Beyond it the product itself would be rounded by more than the powers of two leave: a thousandth lies close to 1/1024.
const largestScaled = 1 << 44

// Stored is what is kept of a value.
func (r Rounding) Stored(value float64) float64 {
	scaled := value * r.binary
	if r.decimal == 0 || math.Abs(scaled) >= largestScaled {
		return value
	}
	return math.Round(scaled) / r.binary
}

// Value is what was measured, of what is kept of it.
func (r Rounding) Value(stored float64) float64 { return r.part(stored, 1) }

// part is the value divided by a number, rounded once.
func (r Rounding) part(stored, divisor float64) float64 {
	scaled := stored * r.decimal
	if r.decimal == 0 || math.Abs(scaled) >= largestScaled {
		return stored / divisor
	}
	return math.Round(scaled) / (r.decimal * divisor)
}
