package wire

import (
	"encoding/binary"
	"math"

	"vitals/internal/metric"
)

// The major types of CBOR (RFC 8949), in the place of the first byte where they stand.
const (
	majorUint    = 0 << 5
	majorNegint  = 1 << 5
	majorBytes   = 2 << 5
	majorText    = 3 << 5
	majorArray   = 4 << 5
	majorMap     = 5 << 5
	majorTag     = 6 << 5
	headFloat64  = 7<<5 | 27
	headFalse    = 7<<5 | 20
	headTrue     = 7<<5 | 21
	headNull     = 7<<5 | 22
	quietNaN32   = 0x7fc00000
	quietNaN64   = 0x7ff8000000000000
	float32Bytes = 4
	float64Bytes = 8
)

// The tags of typed arrays (RFC 8746), all little-endian.
const (
	tagUint16s  = 69
	tagFloat32s = 85
	tagFloat64s = 86
)

// appendHead appends the shortest head of an item.
func appendHead(dst []byte, major byte, argument uint64) []byte {
	switch {
	case argument < 24:
		return append(dst, major|byte(argument))
	case argument <= math.MaxUint8:
		return append(dst, major|24, byte(argument))
	case argument <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(argument))
	case argument <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(argument))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), argument)
}

func appendText[T ~string](dst []byte, text T) []byte {
	return append(appendHead(dst, majorText, uint64(len(text))), text...)
}

func appendFloat64(dst []byte, value float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, headFloat64), math.Float64bits(value))
}

func appendSeconds(dst []byte, timestamp metric.TimestampMs) []byte {
	return appendFloat64(dst, timestamp.Seconds())
}

func appendUints[N uint32 | uint64](dst []byte, wholes []N) []byte {
	dst = appendHead(dst, majorArray, uint64(len(wholes)))
	for _, whole := range wholes {
		dst = appendHead(dst, majorUint, uint64(whole))
	}
	return dst
}

// appendTypedArray appends the head of a typed array; its elements follow.
func appendTypedArray(dst []byte, tag uint64, bytes int) []byte {
	return appendHead(appendHead(dst, majorTag, tag), majorBytes, uint64(bytes))
}

// appendNumbers appends a column: of float32 if that carries every value, else of float64.
func appendNumbers(dst []byte, column Column) []byte {
	start := len(dst)
	dst = appendTypedArray(dst, tagFloat32s, float32Bytes*len(column))
	for _, value := range column {
		if absent(value) {
			dst = binary.LittleEndian.AppendUint32(dst, quietNaN32)
			continue
		}
		short, carried := shorten(value)
		if !carried {
			return appendFloat64s(dst[:start], column)
		}
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(positiveZero(short)))
	}
	return dst
}

func appendFloat64s(dst []byte, column Column) []byte {
	dst = appendTypedArray(dst, tagFloat64s, float64Bytes*len(column))
	for _, value := range column {
		if absent(value) {
			dst = binary.LittleEndian.AppendUint64(dst, quietNaN64)
			continue
		}
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(positiveZero(value)))
	}
	return dst
}

func appendTimes(dst []byte, times []metric.TimestampMs) []byte {
	dst = appendTypedArray(dst, tagFloat64s, float64Bytes*len(times))
	for _, at := range times {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(at.Seconds()))
	}
	return dst
}

// absent is what JSON writes as null.
func absent(value float64) bool { return math.IsNaN(value) || math.IsInf(value, 0) }

// positiveZero takes the sign from a zero, as the JSON stream does.
func positiveZero[F float32 | float64](value F) F {
	if value == 0 {
		return 0
	}
	return value
}
