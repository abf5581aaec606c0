package wire

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"

	"vitals/internal/metric"
)

// What follows reads the frames that hold columns. A column is a plain array with null for no value, or a typed array of CBOR.

func readUpdate(tree any) (Frame, error) {
	read := &reader{}
	members := tree.(map[string]any) // typeOf has seen it
	frame := Update{
		Type:      TypeUpdate,
		Host:      read.text("host", members["host"]),
		Seq:       read.whole("seq", members["seq"]),
		From:      read.whole("from", members["from"]),
		Timestamp: read.seconds("timestamp", members["timestamp"]),
		Columns:   read.indices("columns", members["columns"]),
		Values:    read.column("values", members["values"]),
		Min:       read.column("min", members["min"]),
		Max:       read.column("max", members["max"]),
	}
	read.wide(frame.Values, members["wide"])
	if err := read.err(); err != nil {
		return nil, err
	}
	if err := frame.check(); err != nil {
		return nil, err
	}
	return frame, nil
}

func readSnapshot(tree any) (Frame, error) {
	read := &reader{}
	members := tree.(map[string]any) // typeOf has seen it
	frame := Snapshot{
		Type:       TypeSnapshot,
		Host:       read.text("host", members["host"]),
		Seq:        read.whole("seq", members["seq"]),
		From:       read.whole("from", members["from"]),
		Seqs:       read.wholes("seqs", members["seqs"]),
		Timestamps: read.timestamps("timestamps", members["timestamps"]),
		Columns:    read.columns("columns", members["columns"]),
		Min:        read.columns("min", members["min"]),
		Max:        read.columns("max", members["max"]),
	}
	if err := read.err(); err != nil {
		return nil, err
	}
	if err := frame.check(); err != nil {
		return nil, err
	}
	return frame, nil
}

// seconds reads an instant that a clock can show.
func (r *reader) seconds(path string, value any) metric.TimestampMs {
	timestamp, isInstant := instantOf(r.number(path, value))
	if !isInstant {
		r.fail(path, "is no time that a clock can show")
	}
	return timestamp
}

func instantOf(seconds float64) (metric.TimestampMs, bool) {
	if !(math.Abs(seconds) <= maxSafeInteger/1000) {
		return 0, false
	}
	return metric.TimestampMs(math.Round(seconds * 1000)), true
}

func (r *reader) timestamps(path string, value any) []metric.TimestampMs {
	column := r.column(path, value)
	if column == nil {
		return nil
	}
	timestamps := make([]metric.TimestampMs, 0, len(column))
	for i, seconds := range column {
		timestamp, isInstant := instantOf(seconds)
		if !isInstant {
			r.fail(at(path, i), "is no time that a clock can show")
		}
		timestamps = append(timestamps, timestamp)
	}
	return timestamps
}

func (r *reader) wholes(path string, value any) []uint64 {
	items := r.array(path, value, maxServerElements)
	if items == nil {
		return nil
	}
	wholes := make([]uint64, 0, len(items))
	for i, item := range items {
		whole, isWhole := wholeOf(item)
		if !isWhole {
			r.fail(at(path, i), "must be a whole number from 0 to 2^53-1")
		}
		wholes = append(wholes, whole)
	}
	return wholes
}

// indices reads indices of the catalogue, plain or as a typed array of uint16.
func (r *reader) indices(path string, value any) []uint32 {
	if tag, isTag := value.(cbor.Tag); isTag {
		return r.uint16s(path, tag)
	}
	wholes := r.wholes(path, value)
	if wholes == nil {
		return nil
	}
	indices := make([]uint32, 0, len(wholes))
	for i, whole := range wholes {
		if whole > math.MaxUint32 {
			r.fail(at(path, i), "is no index of a series")
		}
		indices = append(indices, uint32(whole)) //nolint:gosec // checked above
	}
	return indices
}

func (r *reader) uint16s(path string, tag cbor.Tag) []uint32 {
	content := r.typedArray(path, tag, tagUint16s, 2)
	indices := make([]uint32, 0, len(content)/2)
	for ; len(content) > 0; content = content[2:] {
		indices = append(indices, uint32(binary.LittleEndian.Uint16(content)))
	}
	return indices
}

func (r *reader) columns(path string, value any) []Column {
	items := r.array(path, value, maxServerElements)
	if items == nil {
		return nil
	}
	columns := make([]Column, 0, len(items))
	for i, item := range items {
		if item == nil {
			r.fail(at(path, i), "is null, must be a column")
		}
		columns = append(columns, r.column(at(path, i), item))
	}
	return columns
}

func (r *reader) column(path string, value any) Column {
	tag, isTag := value.(cbor.Tag)
	switch {
	case !isTag:
		return r.plainColumn(path, value)
	case tag.Number == tagFloat32s:
		return r.float32s(path, tag)
	default:
		return r.float64s(path, tag)
	}
}

func (r *reader) plainColumn(path string, value any) Column {
	items := r.array(path, value, maxServerElements)
	if items == nil {
		return nil
	}
	column := make(Column, 0, len(items))
	for i, item := range items {
		if item == nil {
			column = append(column, math.NaN())
			continue
		}
		number, isNumber := numberOf(item)
		if !isNumber {
			r.fail(at(path, i), "is "+kindOf(item)+", must be a number or null")
		}
		column = append(column, r.cell(path, i, number))
	}
	return column
}

func (r *reader) float32s(path string, tag cbor.Tag) Column {
	content := r.typedArray(path, tag, tagFloat32s, float32Bytes)
	column := make(Column, len(content)/float32Bytes)
	for i := range column {
		column[i] = r.cell(path, i, decimal(math.Float32frombits(binary.LittleEndian.Uint32(content[i*float32Bytes:]))))
	}
	return column
}

func (r *reader) float64s(path string, tag cbor.Tag) Column {
	content := r.typedArray(path, tag, tagFloat64s, float64Bytes)
	column := make(Column, len(content)/float64Bytes)
	for i := range column {
		column[i] = r.cell(path, i, math.Float64frombits(binary.LittleEndian.Uint64(content[i*float64Bytes:])))
	}
	return column
}

func (r *reader) cell(path string, index int, value float64) float64 {
	if math.IsInf(value, 0) {
		r.fail(at(path, index), "must be a finite number, or NaN for none")
	}
	return value
}

// typedArray gives the bytes of a typed array, whole elements only.
func (r *reader) typedArray(path string, tag cbor.Tag, number uint64, elementBytes int) []byte {
	content, isBytes := tag.Content.([]byte)
	if tag.Number != number || !isBytes {
		r.fail(path, fmt.Sprintf("has tag %d, which is no typed array that may stand here", tag.Number))
		return nil
	}
	if len(content)%elementBytes != 0 {
		r.fail(path, fmt.Sprintf("has %d bytes, must have a multiple of %d", len(content), elementBytes))
		return nil
	}
	return content
}

// wide puts the values that a float32 does not carry in their places.
func (r *reader) wide(values Column, value any) {
	if value == nil {
		return
	}
	members, isObject := value.(map[string]any)
	if !isObject {
		r.fail("wide", "is "+kindOf(value)+", must be an object")
		return
	}
	places := r.indices("wide.columns", members["columns"])
	wide := r.column("wide.values", members["values"])
	if len(places) != len(wide) {
		r.fail("wide.values", fmt.Sprintf("has %d values for %d columns", len(wide), len(places)))
		return
	}
	for i, place := range places {
		if int(place) >= len(values) {
			r.fail(at("wide.columns", i), fmt.Sprintf("must be less than %d", len(values)))
			return
		}
		values[place] = wide[i]
	}
}
