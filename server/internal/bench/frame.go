package bench

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
)

// row is what the head of a message tells. A message that is neither a row nor a gap is the zero row.
type row struct {
	isRow, isGap bool
	first, last  uint64  // positions; 0 for streams without them
	dropped      uint64  // of a gap
	seconds      float64 // the timestamp of a row, unix seconds
}

// readText finds out what a message in JSON is, without decoding it: thousands of viewers get the same bytes each second.
func readText(message []byte) row {
	switch {
	case bytes.HasPrefix(message, []byte(`{"type":"update"`)):
		found := row{isRow: true, last: textNumber(message, `"seq":`), seconds: textSeconds(message)}
		if found.first = textNumber(message, `"from":`); found.first == 0 {
			found.first = found.last
		}
		return found
	case bytes.HasPrefix(message, []byte(`{"type":"gap"`)):
		return row{isGap: true, last: textNumber(message, `"to":`), dropped: textNumber(message, `"dropped":`)}
	case bytes.HasPrefix(message, []byte(`{"metric"`)), bytes.HasPrefix(message, []byte(`[`)):
		return row{isRow: true, seconds: textSeconds(message)}
	}
	return row{}
}

func textNumber(message []byte, key string) uint64 {
	number, _ := strconv.ParseUint(textValue(message, key), 10, 64) // 0 for what is not there
	return number
}

func textSeconds(message []byte) float64 {
	seconds, _ := strconv.ParseFloat(textValue(message, `"timestamp":`), 64)
	return seconds
}

// textValue is the text between a key and the next delimiter.
func textValue(message []byte, key string) string {
	_, rest, found := bytes.Cut(message, []byte(key))
	end := bytes.IndexAny(rest, ",}]")
	if !found || end < 0 {
		return ""
	}
	return string(rest[:end])
}

// readBinary does the same for a message in CBOR. Keys and types are text strings behind their lengths.
func readBinary(message []byte) row {
	const headBytes = 32 // the type stands within
	head := message[:min(len(message), headBytes)]
	switch {
	case bytes.Contains(head, []byte("\x66update")):
		found := row{isRow: true, last: binaryNumber(message, "\x63seq"), seconds: binarySeconds(message)}
		if found.first = binaryNumber(message, "\x64from"); found.first == 0 {
			found.first = found.last
		}
		return found
	case bytes.Contains(head, []byte("\x63gap")):
		return row{isGap: true, last: binaryNumber(message, "\x62to"), dropped: binaryNumber(message, "\x67dropped")}
	case bytes.Contains(head, []byte("\x66metric")):
		return row{isRow: true, seconds: binarySeconds(message)}
	}
	return row{}
}

// binaryNumber reads the unsigned integer behind a key.
func binaryNumber(message []byte, key string) uint64 {
	_, rest, found := bytes.Cut(message, []byte(key))
	if !found || len(rest) == 0 {
		return 0
	}
	const direct, oneByte, twoBytes, fourBytes, eightBytes = 24, 0x18, 0x19, 0x1a, 0x1b
	switch first := rest[0]; {
	case first < direct:
		return uint64(first)
	case first == oneByte && len(rest) > 1:
		return uint64(rest[1])
	case first == twoBytes && len(rest) > 2:
		return uint64(binary.BigEndian.Uint16(rest[1:]))
	case first == fourBytes && len(rest) > 4:
		return uint64(binary.BigEndian.Uint32(rest[1:]))
	case first == eightBytes && len(rest) > 8:
		return binary.BigEndian.Uint64(rest[1:])
	}
	return 0
}

// binarySeconds reads the float64, or the integer, behind the key of the timestamp.
func binarySeconds(message []byte) float64 {
	const key, float64Head = "\x69timestamp", 0xfb
	_, rest, found := bytes.Cut(message, []byte(key))
	if found && len(rest) > 8 && rest[0] == float64Head {
		return math.Float64frombits(binary.BigEndian.Uint64(rest[1:]))
	}
	return float64(binaryNumber(message, key))
}

// The opcodes of RFC 6455 that matter here.
const (
	opcodeText   = 0x1
	opcodeBinary = 0x2
	opcodePing   = 0x9
	opcodePong   = 0xa
)

// cutMessage takes the first WebSocket message off; servers send them whole and without a mask.
func cutMessage(data []byte) (opcode byte, message, rest []byte, complete bool) {
	if len(data) < 2 {
		return 0, nil, data, false
	}
	header, length := 2, uint64(data[1]&0x7f)
	switch {
	case length == 126 && len(data) >= 4:
		header, length = 4, uint64(binary.BigEndian.Uint16(data[2:]))
	case length == 127 && len(data) >= 10:
		header, length = 10, binary.BigEndian.Uint64(data[2:])
	case length >= 126:
		return 0, nil, data, false
	}
	if uint64(len(data)-header) < length {
		return 0, nil, data, false
	}
	end := header + int(length)
	return data[0] & 0x0f, data[header:end], data[end:], true
}

// cutEvent takes the first Server-Sent Event off and gives its name and its data.
func cutEvent(data []byte) (name, content, rest []byte, complete bool) {
	event, rest, complete := bytes.Cut(data, []byte("\n\n"))
	if !complete {
		return nil, nil, data, false
	}
	for line := range bytes.Lines(event) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if value, is := bytes.CutPrefix(line, []byte("data: ")); is {
			content = value
		}
		if value, is := bytes.CutPrefix(line, []byte("event: ")); is {
			name = value
		}
	}
	return name, content, rest, true
}
