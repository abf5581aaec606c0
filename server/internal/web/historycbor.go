package web

import (
	"vitals/internal/history"
	"vitals/internal/wire"
)

// cborWriter writes a result in CBOR, piece by piece: what [resultWriter] writes, but for the columns of numbers, which are
// typed arrays by the rules of the stream.
type cborWriter struct {
	wire.CBOR
	body  *answerBody
	items []byte // that are not sent yet
	means wire.Column
}

func (w *cborWriter) result(result *history.Result) {
	const pairs = 5 // and the step
	if result.Step > 0 {
		w.items = w.AppendMap(w.items, pairs+1)
	} else {
		w.items = w.AppendMap(w.items, pairs)
	}
	w.key("host")
	w.items = w.AppendText(w.items, result.Host)
	w.number("from", result.From.Seconds())
	w.number("to", result.To.Seconds())
	if result.Step > 0 {
		w.number("step", result.Step.Seconds())
	}
	w.list("timelines", len(result.Timelines))
	for _, timeline := range result.Timelines {
		w.items = w.AppendTimes(w.items, timeline)
		w.sendPiece()
	}
	w.list("series", len(result.Series))
	for i := range result.Series {
		w.series(&result.Series[i])
	}
	w.send()
}

func (w *cborWriter) series(series *history.SeriesResult) {
	pairs := 5
	if series.Values != nil {
		pairs = 3
	}
	if series.Summary != nil {
		pairs++
	}
	w.items = w.AppendMap(w.items, pairs)
	w.key("series")
	w.items = w.AppendJSON(w.items, appendValue(nil, series.Series))
	w.key("timeline")
	w.items = w.AppendUint(w.items, uint64(series.Timeline)) //nolint:gosec // an index is not negative
	if series.Values != nil {
		w.column("values", series.Values)
	} else {
		w.column("min", series.Min)
		w.column("mean", w.carriedMeans(series))
		w.column("max", series.Max)
	}
	if series.Summary != nil {
		w.key("summary")
		w.items = w.AppendJSON(w.items, appendSummary(nil, series.Summary))
	}
}

// carriedMeans has as many digits of the means as fit a float32, which are all that anybody can use of them.
func (w *cborWriter) carriedMeans(series *history.SeriesResult) wire.Column {
	w.means = w.means[:0]
	for i, mean := range series.Mean {
		if least := series.Min[i]; least == series.Max[i] {
			mean = least
		} else {
			mean = wire.RoundToCarried(mean)
		}
		w.means = append(w.means, mean)
	}
	return w.means
}

func (w *cborWriter) column(name string, values wire.Column) {
	w.key(name)
	w.items = w.AppendColumn(w.items, values)
	w.sendPiece()
}

func (w *cborWriter) list(name string, length int) {
	w.key(name)
	w.items = w.AppendArray(w.items, length)
}

func (w *cborWriter) number(name string, value float64) {
	w.key(name)
	w.items = w.AppendNumber(w.items, value)
}

func (w *cborWriter) key(name string) { w.items = w.AppendText(w.items, name) }

// sendPiece sends what is there, once it is enough for a piece.
func (w *cborWriter) sendPiece() {
	if len(w.items) >= pieceBytes {
		w.send()
	}
}

func (w *cborWriter) send() {
	_, _ = w.body.Write(w.items)
	w.items = w.items[:0]
}
