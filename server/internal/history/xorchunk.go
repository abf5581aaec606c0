package history

import (
	"encoding/binary"
	"math"
	"slices"

	"vitals/internal/metric"
)

// The library gives the samples of a chunk one by one, each by two calls through an interface; to read a day of a series is
// little else. Chunks of floats in its encoding XOR are read here instead, a whole chunk at once. The source of truth is the
// library's chunkenc/xor.go, whose iterator gives the same; it reads every other chunk. The encoding, in bits from the
// highest on, without gaps:
//
//	count    16 bits
//	1st      time as varint, value as 64 bits
//	2nd      time since the 1st as uvarint, then a value as below
//	others   the change of that distance in time: 0 for none, or 10, 110 or 1110 and the change in 14, 17 or 20 bits,
//	         or 1111 and the change in 64 bits; then a value
//	value    0 for the same as before; 10 and those bits that differ within the window; 11, a new window and such bits.
//	         A window is 5 bits of how many leading bits it leaves out, and 6 bits of its size, 0 for 64

// xorSamples are the samples of the chunk that was read last.
type xorSamples struct {
	times  []metric.TimestampMs
	values []float64
	text   []byte // the chunk after its count, and padding
}

// xorPadding is more than the longest sample, so that the end need not be watched within one.
var xorPadding [32]byte

// read takes the samples of a chunk. It fails if the chunk is not as the library writes it.
func (x *xorSamples) read(chunk []byte) bool {
	const header = 2
	if len(chunk) < header {
		return false
	}
	count := int(binary.BigEndian.Uint16(chunk))
	x.times, x.values = slices.Grow(x.times[:0], count)[:count], slices.Grow(x.values[:0], count)[:count]
	x.text = append(append(x.text[:0], chunk[header:]...), xorPadding[:]...)
	return count == 0 || x.fill(uint(len(chunk)-header)*8)
}

// fill decodes as many samples as there is room for, of a text of so many bits.
func (x *xorSamples) fill(end uint) bool {
	text, times := x.text, x.times
	values := x.values[:len(times)]
	start, length := binary.Varint(text)
	if length <= 0 {
		return false
	}
	time, value, at := start, binary.BigEndian.Uint64(text[length:]), uint(length+8)*8
	times[0], values[0] = metric.TimestampMs(time), math.Float64frombits(value)
	var distance int64
	var size, trailing uint = 64, 0 // of the window
	for i := 1; i < len(times); i++ {
		if at > end {
			return false
		}
		next := bitsFrom(text, at)
		switch {
		case i == 1:
			if distance, at = firstDistance(text, at); at == 0 {
				return false
			}
			next = bitsFrom(text, at)
		case next>>63 == 0:
			at++
			next <<= 1
		default:
			change, end := distanceChange(text, at)
			distance, at = distance+change, end
			next = bitsFrom(text, at)
		}
		time += distance
		switch {
		case next>>63 == 0:
			at++
		case next>>62 == 0b10 && size <= 61: // the usual case: all its bits are in next
			value ^= next << 2 >> ((64 - size) & 63) << (trailing & 63)
			at += 2 + size
		default:
			at += 2
			if next>>62 == 0b11 {
				size = (uint(next>>51)-1)&63 + 1
				leading := uint(next>>57) & 31
				if leading+size > 64 {
					return false
				}
				trailing = 64 - leading - size
				at += 5 + 6
			}
			value ^= bitsFrom(text, at) >> ((64 - size) & 63) << (trailing & 63)
			at += size
		}
		times[i], values[i] = metric.TimestampMs(time), math.Float64frombits(value)
	}
	return at <= end
}

// bitsFrom are the 64 bits from one on.
func bitsFrom(text []byte, at uint) uint64 {
	nine := text[at/8:][:9]
	return binary.BigEndian.Uint64(nine)<<(at%8) | uint64(nine[8])>>(8-at%8)
}

// firstDistance reads the distance of the second sample, and where it ends: at 0 if it is none.
func firstDistance(text []byte, at uint) (distance int64, end uint) {
	unsigned, length := binary.Uvarint(text[at/8:])
	if length <= 0 {
		return 0, 0
	}
	return int64(unsigned), at + uint(length)*8
}

// distanceChange reads a change that is not none, and where it ends.
func distanceChange(text []byte, at uint) (change int64, end uint) {
	next := bitsFrom(text, at)
	prefix, size := uint(2), uint(14)
	switch {
	case next>>60 == 0b1111:
		return int64(bitsFrom(text, at+4)), at + 4 + 64
	case next>>60 == 0b1110:
		prefix, size = 4, 20
	case next>>61 == 0b110:
		prefix, size = 3, 17
	}
	change = int64(next << prefix >> (64 - size))
	if change > 1<<(size-1) {
		change -= 1 << size
	}
	return change, at + prefix + size
}
