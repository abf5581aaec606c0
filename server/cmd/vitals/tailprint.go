package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// printJSON writes one event a line: the triple, and the host before it where there are several.
func (t *tail) printJSON(_ string, series column, value float64, at metric.TimestampMs) {
	t.buffer = wire.JSON{}.AppendEvent(t.buffer[:0], series.key, value, at)
	_, _ = t.out.Write(append(t.buffer, '\n')) // Flush says what went wrong
}

func (t *tail) eventKey(host, name string) []byte {
	if !t.named {
		host = ""
	}
	return []byte(escapeInvisible(string(wire.JSON{}.EventKey(host, name))))
}

// escapeInvisible writes what a terminal might obey, and encoding/json lets pass, in the escapes of JSON.
func escapeInvisible(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsPrint(r):
			out.WriteRune(r)
		case r > 0xffff:
			const surrogate, half = 0xd800, 10
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, surrogate+r>>half, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// maxMetricWidth keeps the values of usual metrics near their names when one has a very long name.
const maxMetricWidth = 48

// printLine writes a line for people: the time, the host where there are several, the metric, the value and its unit.
func (t *tail) printLine(host string, series column, value float64, at metric.TimestampMs) {
	number, unit := formatValue(value, series.unit)
	line := at.Time().Format(time.TimeOnly)
	if t.named {
		line += "  " + pad(client.Printable(host), t.widths.host)
	}
	line += "  " + pad(series.name, min(t.widths.metric, maxMetricWidth)) + "  " + padLeft(number, numberWidth)
	if unit != "" {
		line += " " + client.Printable(unit)
	}
	_, _ = t.out.WriteString(line + "\n")
}

const numberWidth = 9

func width(text string) int { return utf8.RuneCountInString(text) }

func pad(text string, to int) string { return text + strings.Repeat(" ", max(0, to-width(text))) }

func padLeft(text string, to int) string { return strings.Repeat(" ", max(0, to-width(text))) + text }
