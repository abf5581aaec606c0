package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// readEvent reads an event from JSON. Names are compared exactly; a field that events do not have, one that stands twice
// and one of the wrong type are refused.
func readEvent(text []byte) (event, *fault) {
	if !utf8.Valid(text) {
		return event{}, &fault{codeMalformed, "", "not valid UTF-8"}
	}
	reading := eventReading{decoder: json.NewDecoder(bytes.NewReader(text))}
	reading.decoder.UseNumber()
	if token, err := reading.decoder.Token(); err != nil || token != json.Delim('{') {
		return event{}, &fault{codeMalformed, "", errNotAnObject.Error()}
	}
	for reading.decoder.More() {
		if bad := reading.member(); bad != nil {
			return event{}, bad
		}
	}
	if _, err := reading.decoder.Token(); err != nil {
		return event{}, notJSON(err)
	}
	switch {
	case !reading.has("metric"):
		return event{}, &fault{codeBadMetric, "metric", "is missing"}
	case !reading.has("value"):
		return event{}, &fault{codeBadValue, "value", "is missing"}
	}
	return reading.event, nil
}

func notJSON(err error) *fault { return &fault{codeMalformed, "", "not JSON: " + clip(err.Error())} }

type eventReading struct {
	decoder *json.Decoder
	event   event
	seen    [6]bool
}

var eventFields = [...]string{"metric", "value", "timestamp", "host", "unit", "help"}

// see notes that a field stands here; false if the event has no such field.
func (r *eventReading) see(key string) (again, known bool) {
	for i, name := range eventFields {
		if name == key {
			again, r.seen[i] = r.seen[i], true
			return again, true
		}
	}
	return false, false
}

func (r *eventReading) has(key string) bool {
	for i, name := range eventFields {
		if name == key {
			return r.seen[i]
		}
	}
	return false
}

// member reads one key and its value.
func (r *eventReading) member() *fault {
	token, err := r.decoder.Token()
	if err != nil {
		return notJSON(err)
	}
	key, _ := token.(string) // the decoder lets only strings stand here
	again, known := r.see(key)
	switch {
	case !known:
		return &fault{codeMalformed, clip(key), "no such field; an event has metric, value, timestamp, host, unit, help"}
	case again:
		return &fault{codeMalformed, key, "stands twice"}
	}
	if token, err = r.decoder.Token(); err != nil {
		return notJSON(err)
	}
	switch key {
	case "value":
		return r.value(token)
	case "timestamp":
		return r.timestamp(token)
	case "metric":
		return text(token, &r.event.metric, codeBadMetric, key)
	case "host":
		return text(token, &r.event.host, codeBadHost, key)
	case "unit":
		return text(token, &r.event.unit, codeBadUnit, key)
	}
	return text(token, &r.event.help, codeBadHelp, key)
}

func (r *eventReading) value(token json.Token) *fault {
	number, isNumber := token.(json.Number)
	if !isNumber {
		return &fault{codeBadValue, "value", fmt.Sprintf("is %s, must be a number", kindOf(token))}
	}
	value, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return &fault{codeBadValue, "value", clip(string(number)) + " is larger than a number can be"}
	}
	r.event.value = value
	return nil
}

func (r *eventReading) timestamp(token json.Token) *fault {
	r.event.hasTime = true
	var bad *fault
	switch token := token.(type) {
	case json.Number:
		seconds, err := strconv.ParseFloat(string(token), 64)
		if err != nil {
			return badTime(codeBadTimestamp, clip(string(token))+" is no time; a timestamp is in unix seconds, or RFC 3339")
		}
		r.event.timestamp, bad = fromSeconds(seconds)
	case string:
		r.event.timestamp, bad = fromText(token)
	default:
		bad = badTime(codeBadTimestamp, fmt.Sprintf("is %s, must be unix seconds or RFC 3339", kindOf(token)))
	}
	return bad
}

func text(token json.Token, into *string, code, field string) *fault {
	text, isText := token.(string)
	if !isText {
		return &fault{code, field, fmt.Sprintf("is %s, must be a string", kindOf(token))}
	}
	*into = text
	return nil
}

// kindOf says what a value is, for people.
func kindOf(token json.Token) string {
	switch token.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case json.Delim:
		return "an object or an array"
	}
	return "something else"
}
