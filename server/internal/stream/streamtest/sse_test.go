package streamtest

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// The examples of the standard, and its corners.
func TestEventParserIsTheStandards(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		events []Event
	}{
		"three messages":        {"data: YHOO\ndata: +2\ndata: 10\n\n", []Event{{"message", "YHOO\n+2\n10", ""}}},
		"ids":                   {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event", []Event{{"message", "first event", "1"}, {"message", "second event", ""}}},
		"empty data":            {"data\n\ndata\ndata\n\ndata:", []Event{{"message", "", ""}, {"message", "\n", ""}}},
		"one space is taken":    {"data:test\n\ndata: test\n\ndata:  test\n\n", []Event{{"message", "test", ""}, {"message", "test", ""}, {"message", " test", ""}}},
		"names":                 {"event: add\ndata: 1\n\ndata: 2\n\n", []Event{{"add", "1", ""}, {"message", "2", ""}}},
		"a name without data":   {"event: add\n\ndata: 2\n\n", []Event{{"message", "2", ""}}},
		"line ends":             {"data: 1\r\rdata: 2\r\n\r\ndata: 3\n\n", []Event{{"message", "1", ""}, {"message", "2", ""}, {"message", "3", ""}}},
		"a byte order mark":     {"\ufeffdata: 1\n\n", []Event{{"message", "1", ""}}},
		"only one of them":      {"\ufeff\ufeffdata: 1\n\ndata: 2\n\n", []Event{{"message", "2", ""}}},
		"an id with a zero":     {"id: a\ndata: 1\n\nid: b\x00\ndata: 2\n\n", []Event{{"message", "1", "a"}, {"message", "2", "a"}}},
		"an id stays":           {"id: a\n\ndata: 1\n\n", []Event{{"message", "1", "a"}}},
		"unknown fields":        {"data: 1\nfoo: bar\nDATA: 2\n\n", []Event{{"message", "1", ""}}},
		"nothing but the start": {"data: 1\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			parser := NewEventParser(strings.NewReader(c.stream))
			var events []Event
			for {
				event, err := parser.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				events = append(events, event)
			}
			if !slices.Equal(events, c.events) {
				t.Errorf("%q is %q, expected %q", c.stream, events, c.events)
			}
		})
	}
}

func TestRetryIsDigits(t *testing.T) {
	parser := NewEventParser(strings.NewReader("retry: 1500\n\nretry: 2x\n\nretry: -1\n\nretry:\n\n"))
	_, err := parser.Next()
	if !errors.Is(err, io.EOF) || parser.RetryMs != 1500 {
		t.Errorf("retry is %d ms (%v)", parser.RetryMs, err)
	}
}
