package ingest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// cut gives the texts of a body's events, faults by their name, and how the body ended if not well.
func cut(body io.Reader) (found []string) {
	names := map[error]string{errNotAnObject: "no object", errEventTooLong: "too long", errUnclosed: "unclosed"}
	for events := newSplitter(body); ; {
		text, err := events.next()
		switch {
		case errors.Is(err, io.EOF):
			return found
		case err != nil && !isEventFault(err):
			return append(found, "end: "+err.Error())
		case err != nil:
			for fault, name := range names {
				if errors.Is(err, fault) {
					found = append(found, name)
				}
			}
		default:
			found = append(found, string(text))
		}
	}
}

func TestEventsAreCutOutOfABody(t *testing.T) {
	long := strings.Repeat("x", maxEventBytes)
	tests := map[string]struct {
		body string
		want []string
	}{
		"nothing":                        {"", nil},
		"white space":                    {" \r\n\t", nil},
		"one":                            {`{"a":1}`, []string{`{"a":1}`}},
		"one over several lines":         {"{\n  \"a\": 1,\n  \"b\": \"}\"\n}\n", []string{"{\n  \"a\": 1,\n  \"b\": \"}\"\n}"}},
		"lines":                          {"{\"a\":1}\n{\"b\":2}\r\n", []string{`{"a":1}`, `{"b":2}`}},
		"no lines":                       {`{"a":1}{"b":2} {"c":3}`, []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		"an array":                       {` [ {"a":1} , {"b":2} ] `, []string{`{"a":1}`, `{"b":2}`}},
		"an empty array":                 {" [ ] ", nil},
		"braces and quotes in texts":     {`{"a":"}{\"}\\"}{"b":"]["}`, []string{`{"a":"}{\"}\\"}`, `{"b":"]["}`}},
		"nested":                         {`{"a":{"b":[1,{}]}}`, []string{`{"a":{"b":[1,{}]}}`}},
		"a line that was broken off":     {"{\"a\":\n{\"b\":2}\n", []string{"unclosed", `{"b":2}`}},
		"broken off within a text":       {"{\"a\":\"x\n{\"b\":2}\n", []string{"unclosed", `{"b":2}`}},
		"the last is broken off":         {`{"a":1}` + "\n" + `{"b":`, []string{`{"a":1}`, "unclosed"}},
		"the last is broken in a text":   {`{"a":"`, []string{"unclosed"}},
		"words":                          {"room.temp 21\n{\"a\":1}\n5", []string{"no object", `{"a":1}`, "no object"}},
		"elements that are no events":    {`[1,"x,]",[{},[]],{"a":1},null]`, []string{"no object", "no object", "no object", `{"a":1}`, "no object"}},
		"a text for an event":            {`["{"]`, []string{"no object"}},
		"one that is too long":           {`{"a":"` + long + `"}` + "\n" + `{"b":2}`, []string{"too long", `{"b":2}`}},
		"of exactly the most bytes":      {`{"a":"` + long[:maxEventBytes-8] + `"}`, []string{`{"a":"` + long[:maxEventBytes-8] + `"}`}},
		"of one byte more":               {`{"a":"` + long[:maxEventBytes-7] + `"}`, []string{"too long"}},
		"an array that is not closed":    {`[{"a":1}`, []string{`{"a":1}`, "end: " + errArrayOpen.Error()}},
		"an array that only began":       {`[`, []string{"end: " + errArrayOpen.Error()}},
		"an array that ends in a comma":  {`[{"a":1},]`, []string{`{"a":1}`, "end: " + errArrayComma.Error()}},
		"an array that begins with one":  {`[,{"a":1}]`, []string{"end: " + errArrayComma.Error()}},
		"two commas":                     {`[{"a":1},,{"b":2}]`, []string{`{"a":1}`, "end: " + errArrayComma.Error()}},
		"no comma":                       {`[{"a":1}{"b":2}]`, []string{`{"a":1}`, "end: " + errArrayComma.Error()}},
		"something behind the array":     {`[{"a":1}] {"b":2}`, []string{`{"a":1}`, "end: " + errArrayRest.Error()}},
		"something behind an empty one":  {`[]]`, []string{"end: " + errArrayRest.Error()}},
		"an array of a broken event":     {`[{"a":1},{"b"`, []string{`{"a":1}`, "unclosed", "end: " + errArrayOpen.Error()}},
		"an array behind an event":       {`{"a":1}[`, []string{`{"a":1}`, "no object"}},
		"an array of a broken no-event":  {`[12`, []string{"no object", "end: " + errArrayOpen.Error()}},
		"an array of an unclosed string": {`["12`, []string{"unclosed", "end: " + errArrayOpen.Error()}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := cut(strings.NewReader(test.body)); !slices.Equal(got, test.want) {
				t.Errorf("%.200q, want %.200q", got, test.want)
			}
			if got := cut(iotest.OneByteReader(strings.NewReader(test.body))); !slices.Equal(got, test.want) {
				t.Errorf("byte by byte: %.200q, want %.200q", got, test.want)
			}
		})
	}
}

func TestABodyThatFailsEndsTheCut(t *testing.T) {
	broken := fmt.Errorf("cable pulled")
	for _, body := range []string{"", `{"a":1}`, `{"a":`, `{"a":"`, `[{"a":1},`, `[`, `[1`, `["1`, "words"} {
		found := cut(io.MultiReader(strings.NewReader(body), iotest.ErrReader(broken)))
		if len(found) == 0 || found[len(found)-1] != "end: cable pulled" {
			t.Errorf("behind %q: %q", body, found)
		}
	}
}
