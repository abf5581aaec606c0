package web

import (
	"encoding/json"
	"strings"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// exportFormat is a form of exports.
type exportFormat struct {
	name, mediaType string
	open            func(host string) pieceEncoder
}

func formatNamed(name string) (format exportFormat, known bool) {
	switch name {
	case "csv":
		return exportFormat{name, "text/csv; charset=utf-8; header=present", newCSV}, true
	case "ndjson":
		return exportFormat{name, "application/x-ndjson; charset=utf-8", newNDJSON}, true
	}
	return exportFormat{}, false
}

// pieceEncoder makes text of the samples of one host: begin once, then series before the samples of each.
type pieceEncoder interface {
	begin(dst []byte) []byte
	series(metric.Series)
	sample(dst []byte, at metric.TimestampMs, value float64) []byte
}

// csvEncoder writes a line a sample, as RFC 4180 has it. What a line has of its series is put together once.
type csvEncoder struct {
	host         string
	before, rear string
}

func newCSV(host string) pieceEncoder { return &csvEncoder{host: csvText(host)} }

func (*csvEncoder) begin(dst []byte) []byte {
	return append(dst, "timestamp,unix,host,metric,value,unit\r\n"...)
}

func (e *csvEncoder) series(series metric.Series) {
	e.before = "," + e.host + "," + csvText(series.Metric) + ","
	e.rear = "," + csvText(string(series.Unit)) + "\r\n"
}

func (e *csvEncoder) sample(dst []byte, at metric.TimestampMs, value float64) []byte {
	dst = appendRFC3339(dst, at)
	dst = append(dst, ',')
	dst = at.AppendSeconds(dst)
	dst = append(dst, e.before...)
	dst = wire.AppendNumber(dst, value)
	return append(dst, e.rear...)
}

// csvText is a text as a cell. One that a spreadsheet would take for a formula gets an apostrophe before it, which keeps it
// a text: names of hosts and units come from anybody.
func csvText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		text = "'" + text
	}
	if strings.ContainsAny(text, "\",\r\n") {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

// appendRFC3339 appends the instant in UTC, always with milliseconds, so that all lines are alike.
func appendRFC3339(dst []byte, at metric.TimestampMs) []byte {
	return at.Time().UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z07:00")
}

// ndjsonEncoder writes the triple and its host, a line a sample: what /api/v1/events takes.
type ndjsonEncoder struct {
	host   string
	before string
}

func newNDJSON(host string) pieceEncoder {
	text, _ := json.Marshal(host) // a string always has a form
	return &ndjsonEncoder{host: string(text)}
}

func (*ndjsonEncoder) begin(dst []byte) []byte { return dst }

func (e *ndjsonEncoder) series(series metric.Series) {
	name, _ := json.Marshal(series.Metric)
	e.before = `{"host":` + e.host + `,"metric":` + string(name) + `,"value":`
}

func (e *ndjsonEncoder) sample(dst []byte, at metric.TimestampMs, value float64) []byte {
	dst = append(dst, e.before...)
	dst = wire.AppendNumber(dst, value)
	dst = append(dst, `,"timestamp":`...)
	dst = at.AppendSeconds(dst)
	return append(dst, "}\n"...)
}
