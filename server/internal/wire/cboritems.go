package wire

import (
	"math"

	"vitals/internal/metric"
)

// What follows is for an answer that is no frame and yet follows the rules of frames in CBOR. Heads say how many items come.

// AppendMap appends the head of a map.
func (CBOR) AppendMap(dst []byte, pairs int) []byte {
	return appendHead(dst, majorMap, uint64(pairs)) //nolint:gosec // a number of pairs is not negative
}

// AppendArray appends the head of an array.
func (CBOR) AppendArray(dst []byte, items int) []byte {
	return appendHead(dst, majorArray, uint64(items)) //nolint:gosec // a number of items is not negative
}

// AppendText appends a text, such as the key of a pair.
func (CBOR) AppendText(dst []byte, text string) []byte { return appendText(dst, text) }

// AppendUint appends a whole number.
func (CBOR) AppendUint(dst []byte, value uint64) []byte { return appendHead(dst, majorUint, value) }

// AppendNumber appends a number that stands alone.
func (CBOR) AppendNumber(dst []byte, value float64) []byte {
	return appendFloat64(dst, positiveZero(value))
}

// AppendColumn appends a column: of float32 if that carries every value, else of float64; NaN for no value.
func (CBOR) AppendColumn(dst []byte, column Column) []byte { return appendNumbers(dst, column) }

// AppendTimes appends a column of unix seconds.
func (CBOR) AppendTimes(dst []byte, times []metric.TimestampMs) []byte {
	return appendTimes(dst, times)
}

// AppendJSON appends JSON that this program wrote, with the same keys in the same order.
func (CBOR) AppendJSON(dst, text []byte) []byte { return appendTranscoded(dst, text) }

// RoundToCarried gives the number next to the value that a float32 in a column stands for, which has 7 digits or more. A value
// that is too large or too small for that stays as it is.
func RoundToCarried(value float64) float64 {
	const most = 1e-6 // beside the value; 7 digits are nearer
	rounded := decimal(float32(value))
	if !(math.Abs(rounded-value) <= most*math.Abs(value)) {
		return value
	}
	return rounded
}
