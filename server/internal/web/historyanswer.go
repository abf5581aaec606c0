package web

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"sync"

	"vitals/internal/history"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// writeResult answers with a result, in the form that the client prefers. What goes wrong from here on is that it is gone.
func writeResult(w http.ResponseWriter, r *http.Request, result *history.Result) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	body := newAnswerBody(w, r)
	defer body.close()
	kept, _ := pieces.Get().(*[]byte)
	defer pieces.Put(kept)
	if prefersCBOR(r.Header) {
		w.Header().Set("Content-Type", mediaCBOR)
		writer := cborWriter{body: body, items: *kept}
		writer.result(result)
		*kept = writer.items
	} else {
		w.Header().Set("Content-Type", mediaJSON)
		writer := resultWriter{body: body, text: *kept}
		writer.result(result)
		*kept = writer.text
	}
	return nil
}

// resultWriter writes a result in JSON, piece by piece: as text an answer is larger than in memory.
type resultWriter struct {
	body *answerBody
	text []byte
}

const pieceBytes = 16 << 10

// pieces are kept for the next answer, empty.
var pieces = sync.Pool{New: func() any { return new([]byte) }}

func (w *resultWriter) result(result *history.Result) {
	w.add(`{"host":`)
	w.text = appendValue(w.text, result.Host)
	w.add(`,"from":`)
	w.text = result.From.AppendSeconds(w.text)
	w.add(`,"to":`)
	w.text = result.To.AppendSeconds(w.text)
	if result.Step > 0 {
		w.add(`,"step":`)
		w.text = metric.AppendThousandths(w.text, result.Step.Milliseconds())
	}
	w.add(`,"timelines":[`)
	for i, timeline := range result.Timelines {
		w.comma(i)
		w.timeline(timeline)
	}
	w.add(`],"series":[`)
	for i := range result.Series {
		w.comma(i)
		w.series(&result.Series[i])
	}
	w.add("]}\n")
	w.flush()
}

func (w *resultWriter) series(series *history.SeriesResult) {
	w.add(`{"series":`)
	w.text = appendValue(w.text, series.Series)
	w.add(`,"timeline":`)
	w.text = strconv.AppendInt(w.text, int64(series.Timeline), 10)
	if series.Values != nil {
		w.column("values", series.Values)
	} else {
		w.column("min", series.Min)
		w.means(series)
		w.column("max", series.Max)
	}
	if series.Summary != nil {
		w.name("summary")
		w.text = appendSummary(w.text, series.Summary)
	}
	w.add("}")
}

func (w *resultWriter) timeline(timeline []metric.TimestampMs) {
	w.add("[")
	for i, at := range timeline {
		w.comma(i)
		w.text = at.AppendSeconds(w.text)
	}
	w.add("]")
}

func (w *resultWriter) column(name string, values []float64) {
	w.name(name)
	w.add("[")
	for i, value := range values {
		w.comma(i)
		w.text = wire.AppendNumber(w.text, value)
	}
	w.add("]")
}

// means writes what was computed and not measured: with the nine digits that anybody can use of it.
func (w *resultWriter) means(series *history.SeriesResult) {
	w.name("mean")
	w.add("[")
	for i, mean := range series.Mean {
		w.comma(i)
		w.text = appendMean(w.text, mean, series.Min[i], series.Max[i])
	}
	w.add("]")
}

// appendMean writes the mean of values between min and max.
func appendMean(dst []byte, mean, least, most float64) []byte {
	const digits = 9
	if least == most || math.IsNaN(mean) {
		return wire.AppendNumber(dst, least)
	}
	return strconv.AppendFloat(dst, mean, 'g', digits, 64)
}

// appendSummary writes the figures of all samples.
func appendSummary(dst []byte, summary *history.Summary) []byte {
	dst = strconv.AppendInt(append(dst, `{"count":`...), int64(summary.Count), 10)
	if summary.Count > 0 {
		dst = wire.AppendNumber(append(dst, `,"min":`...), summary.Min)
		dst = appendMean(append(dst, `,"mean":`...), summary.Mean, summary.Min, summary.Max)
		dst = wire.AppendNumber(append(dst, `,"p95":`...), summary.P95)
		dst = wire.AppendNumber(append(dst, `,"max":`...), summary.Max)
		dst = wire.AppendNumber(append(dst, `,"last":`...), summary.Last)
		dst = summary.LastTime.AppendSeconds(append(dst, `,"lastTime":`...))
	}
	return append(dst, '}')
}

func (w *resultWriter) name(name string) {
	w.add(`,"`)
	w.add(name)
	w.add(`":`)
}

// comma goes before all entries of a list but the first. Between two entries a full piece is sent.
func (w *resultWriter) comma(index int) {
	if len(w.text) >= pieceBytes {
		w.flush()
	}
	if index > 0 {
		w.add(",")
	}
}

// appendValue writes what encoding/json cannot refuse.
func appendValue(dst []byte, value any) []byte {
	text, _ := json.Marshal(value)
	return append(dst, text...)
}

func (w *resultWriter) add(text string) { w.text = append(w.text, text...) }

func (w *resultWriter) flush() {
	_, _ = w.body.Write(w.text)
	w.text = w.text[:0]
}
