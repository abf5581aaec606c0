package promapi

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
)

// encoder writes JSON as Prometheus does: times as seconds, values as strings, for JSON has no NaN. Results have up to
// millions of points, so it appends them to a buffer and sends this whenever it is full. It does nothing more after the
// first failure.
type encoder struct {
	to     io.Writer
	buffer []byte
	isSent bool // some of it
	err    error
}

// queryData is the result of an expression.
type queryData struct {
	Type  string
	Value any // promql's Matrix, Vector, Scalar or String
}

// flush sends what there is.
func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.to.Write(e.buffer)
	}
	e.buffer, e.isSent = e.buffer[:0], true
}

// text writes a piece of JSON as it is.
func (e *encoder) text(piece string) {
	e.buffer = append(e.buffer, piece...)
	if len(e.buffer) >= smallBytes {
		e.flush()
	}
}

// value writes any value that an answer has.
func (e *encoder) value(data any) {
	switch data := data.(type) {
	case queryData:
		e.text(`{"resultType":"` + data.Type + `","result":`)
		e.value(data.Value)
		e.text("}")
	case promql.Matrix:
		writeList(e, data, e.series)
	case promql.Vector:
		writeList(e, data, e.sample)
	case promql.Scalar:
		e.point(data.T, data.V)
	case promql.String:
		e.text("[")
		e.time(data.T)
		e.text(",")
		e.other(data.V)
		e.text("]")
	case []labels.Labels:
		writeList(e, data, func(l labels.Labels) { e.other(l) })
	default:
		e.other(data)
	}
}

// other writes a value that encoding/json knows and cannot refuse.
func (e *encoder) other(data any) {
	piece, err := json.Marshal(data)
	if err != nil {
		piece = []byte("null")
	}
	e.text(string(piece))
}

// strings writes a field with a list of strings if there are any.
func (e *encoder) strings(field string, list []string) {
	if len(list) > 0 {
		e.text(field)
		e.other(list)
	}
}

func (e *encoder) series(s promql.Series) {
	e.text(`{"metric":`)
	e.other(s.Metric)
	e.text(`,"values":`)
	writeList(e, s.Floats, func(p promql.FPoint) { e.point(p.T, p.F) })
	e.text("}")
}

func (e *encoder) sample(s promql.Sample) {
	e.text(`{"metric":`)
	e.other(s.Metric)
	e.text(`,"value":`)
	e.point(s.T, s.F)
	e.text("}")
}

// point writes [seconds,"value"].
func (e *encoder) point(timestampMs int64, value float64) {
	e.text("[")
	e.time(timestampMs)
	e.text(`,"`)
	e.buffer = appendFloat(e.buffer, value)
	e.text(`"]`)
}

// time writes milliseconds as seconds, without the loss of a detour by floating point.
func (e *encoder) time(timestampMs int64) {
	if timestampMs < 0 {
		e.buffer = append(e.buffer, '-')
		timestampMs = -timestampMs
	}
	e.buffer = strconv.AppendInt(e.buffer, timestampMs/1000, 10)
	if fraction := timestampMs % 1000; fraction != 0 {
		e.buffer = append(e.buffer, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
	}
}

// appendFloat writes a value in the shortest way that reads back the same.
func appendFloat(buffer []byte, value float64) []byte {
	format := byte('f')
	if size := math.Abs(value); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(buffer, value, format, -1, 64)
}

// writeList writes a list, an empty one too.
func writeList[T any](e *encoder, list []T, write func(T)) {
	e.text("[")
	for i, element := range list {
		if i > 0 {
			e.text(",")
		}
		write(element)
	}
	e.text("]")
}
