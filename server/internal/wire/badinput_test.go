package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"vitals/internal/wire"
)

type badInput struct {
	name  string
	frame any
	code  string
	field string
}

// fault is that of the frame, or, where one event of many is at fault, that of the event: the frame must be good then.
func (b badInput) fault(frame wire.Frame, err error) error {
	if strings.HasPrefix(b.field, "events[") && err == nil {
		return eventFault(frame)
	}
	if strings.HasPrefix(b.field, "events[") {
		return fmt.Errorf("the whole frame is refused: %v", err) //nolint:errorlint // it must not be taken for the event's
	}
	return err
}

// wrongTypes are values of another type, with what is added to the path of the field at fault.
func wrongTypes(kind string) map[string]any {
	wrong := map[string]any{}
	for name, value := range map[string]any{
		"text": "x", "number": 1, "fraction": 1.5, "flag": true, "list": []any{}, "object": object{}, "too large": tooLarge{},
	} {
		fits := map[string]string{
			"text": "text", "texts": "list", "number": "number fraction", "instant": "number fraction too large", "flag": "flag",
			"object": "object", "list": "list", "whole": "number",
		}[kind]
		if !strings.Contains(fits, name) {
			wrong[name] = value
		}
	}
	return wrong
}

func wrongTypesEverywhere(frame object) []badInput {
	var bad []badInput
	for _, spot := range places("", frame, func(o object) object { return o }) {
		for name, value := range wrongTypes(spot.kind) {
			if strings.HasSuffix(spot.path, "].value") && name == "too large" {
				continue // for ingestion to say
			}
			bad = append(bad, badInput{spot.path + " is " + name, spot.put(value), wire.CodeBadRequest, spot.path})
		}
		if spot.kind == "texts" {
			for name, value := range wrongTypes("text") {
				bad = append(bad, badInput{spot.path + " holds " + name, spot.put([]any{"a", value}), wire.CodeBadRequest, spot.path + "[1]"})
			}
		}
		if spot.kind == "whole" {
			for _, value := range []any{-1, 1 << 53, uint64(math.MaxUint64), math.MinInt64, -0.5} {
				bad = append(bad, badInput{fmt.Sprint(spot.path, " is ", value), spot.put(value), wire.CodeBadRequest, spot.path})
			}
		}
		deep := any("x")
		for range 20 {
			deep = []any{deep}
		}
		bad = append(bad, badInput{spot.path + " is deep", spot.put(deep), wire.CodeBadRequest, ""})
	}
	return bad
}

// wrongNames renames, doubles and adds members of every object.
func wrongNames(path string, frame object, put func(object) object) []badInput {
	var bad []badInput
	dot := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	add := func(name string, changed object, field string) {
		bad = append(bad, badInput{path + ": " + name, put(changed), wire.CodeBadRequest, field})
	}
	for _, m := range frame {
		if path == "since" {
			break // its names are hosts
		}
		for _, name := range []string{strings.ToUpper(m.key), strings.ToUpper(m.key[:1]) + m.key[1:], m.key + " ", " " + m.key, m.key + "s", "\u200b" + m.key, m.key + "\x00"} {
			if m.key == "type" {
				add("type in other letters", frame.renamed(m.key, name), "type")
			} else {
				add(m.key+" in other letters", frame.renamed(m.key, name), dot(name))
			}
			add(m.key+" in other letters too", append(slices.Clip(frame), member{name, m.value}), dot(name))
		}
	}
	for _, m := range frame {
		add(m.key+" twice", append(slices.Clip(frame), m), m.key)
		switch value := m.value.(type) {
		case object:
			bad = append(bad, wrongNames(dot(m.key), value, func(o object) object { return put(frame.with(m.key, o)) })...)
		case []any:
			if inner, isObject := value[0].(object); isObject {
				bad = append(bad, wrongNames(dot(m.key)+"[0]", inner, func(o object) object { return put(frame.with(m.key, []any{o})) })...)
			}
		}
	}
	if path != "since" {
		for _, extra := range []string{"extra", "__proto__", "constructor", "", "wide", "seqs", "Type", "hosts[0]", "$ref", "ｈosts", "\u202e", "'; --", "a.b"} {
			add("extra "+extra, frame.with(extra, 1), dot(extra))
		}
		long := strings.Repeat("x", 300)
		add("extra long", frame.with(long, 1), dot(long[:64]+"..."))
	}
	return bad
}

func repeat(value any, times int) []any {
	items := make([]any, times)
	for i := range items {
		items[i] = value
	}
	return items
}

func wrongLimits() []badInput {
	subscribe, publish, position, event := goodFrames()[0], goodFrames()[2], position(), event()
	var manyHosts object
	for i := range wire.MaxHosts + 1 {
		manyHosts = append(manyHosts, member{fmt.Sprint("h", i), position})
	}
	bad := []badInput{
		{"too many hosts", subscribe.with("hosts", repeat("a", wire.MaxHosts+1)), wire.CodeTooMany, "hosts"},
		{"too many hosts to leave", goodFrames()[1].with("hosts", repeat("a", wire.MaxHosts+1)), wire.CodeTooMany, "hosts"},
		{"too many globs", subscribe.with("metrics", repeat("a", wire.MaxGlobs+1)), wire.CodeTooMany, "metrics"},
		{"too many positions", subscribe.with("since", manyHosts), wire.CodeTooMany, "since"},
		{"too many events", publish.with("events", repeat(object{{"metric", "a"}, {"value", 1}}, wire.MaxEvents+1)), wire.CodeTooMany, "events"},
		{"no events", publish.with("events", []any{}), wire.CodeBadRequest, "events"},
		{"events null", publish.with("events", nil), wire.CodeBadRequest, "events"},
		{"event null", publish.with("events", []any{event, nil}), wire.CodeBadRequest, "events[1]"},
		{"no type", object{{"id", 1}}, wire.CodeBadRequest, "type"},
	}
	for field, values := range map[string][]any{
		"hosts[0]":   {[]any{""}, []any{strings.Repeat("h", 254)}, []any{nil}},
		"metrics[1]": {[]any{"a", ""}, []any{"a", strings.Repeat("g", 201)}, []any{"a", nil}},
		"interval":   {-1, -0.1, 0.09, 3600.5, 1e9, tooLarge{}},
		"backfill":   {-1, -0.001, 366*24*3600 + 1, 1e300, tooLarge{}},
	} {
		key, _, _ := strings.Cut(field, "[")
		for _, value := range values {
			bad = append(bad, badInput{fmt.Sprintf("%s is %.20v", field, value), subscribe.with(key, value), wire.CodeBadRequest, field})
		}
	}
	for field, values := range map[string][]any{"epoch": {"", strings.Repeat("e", 65), nil}, "seq": {-1, 0.5}} {
		for _, value := range values {
			frame := subscribe.with("since", object{{"web-1", position.with(field, value)}})
			bad = append(bad, badInput{fmt.Sprintf("%s is %.20v", field, value), frame, wire.CodeBadRequest, "since.web-1." + field})
		}
	}
	for field, values := range map[string][]any{"metric": {nil}, "value": {nil}, "timestamp": {"", "now", "1690000000", "2023-07-22", "2023-13-01T00:00:00Z"}} {
		for _, value := range values {
			frame := publish.with("events", []any{event, event.with(field, value)})
			bad = append(bad, badInput{fmt.Sprintf("%s is %v", field, value), frame, wire.CodeBadRequest, "events[1]." + field})
		}
	}
	for _, name := range []any{"", "hello", "update", "SUBSCRIBE", "subscribe ", "ping\x00", 1, true, nil, []any{}, object{}} {
		bad = append(bad, badInput{fmt.Sprintf("type is %v", name), object{{"type", name}, {"id", 1}}, wire.CodeBadRequest, "type"})
	}
	for _, frame := range []any{nil, true, 1, 1.5, "ping", []any{}, []any{goodFrames()[3]}, object{}} {
		field := ""
		if _, isObject := frame.(object); isObject {
			field = "type"
		}
		bad = append(bad, badInput{fmt.Sprintf("frame is %v", frame), frame, wire.CodeBadRequest, field})
	}
	return bad
}

// TestBadInputs makes frames that are wrong in one place, each place in each way, in both codecs: the error must have the
// exact code and name the exact field.
func TestBadInputs(t *testing.T) {
	bad := wrongLimits()
	for _, frame := range goodFrames() {
		bad = append(bad, wrongTypesEverywhere(frame)...)
		bad = append(bad, wrongNames("", frame, func(o object) object { return o })...)
	}
	const fewest = 500
	if len(bad) < fewest {
		t.Fatalf("only %d inputs", len(bad))
	}
	t.Logf("%d inputs in two codecs", len(bad))
	for _, input := range bad {
		text, err := json.Marshal(input.frame)
		if err != nil {
			t.Fatal(err)
		}
		binary, err := cbor.Marshal(input.frame)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := wire.JSON{}.DecodeClient(text)
		checkFault(t, input, fmt.Sprintf("%.200s", text), input.fault(frame, err))
		frame, err = wire.CBOR{}.DecodeClient(binary)
		checkFault(t, input, fmt.Sprintf("%.200x", binary), input.fault(frame, err))
	}
}

func checkFault(t *testing.T, input badInput, message string, err error) {
	t.Helper()
	var fault *wire.FieldError
	if !errors.As(err, &fault) {
		t.Errorf("%s: %s gives %v", input.name, message, err)
		return
	}
	if fault.Code != input.code || fault.Field != input.field {
		t.Errorf("%s: %s gives %s at %q, want %s at %q", input.name, message, fault.Code, fault.Field, input.code, input.field)
	}
}

// TestGoodFramesAreGood keeps the test above from refusing everything.
func TestGoodFramesAreGood(t *testing.T) {
	for _, frame := range goodFrames() {
		binary, err := cbor.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (wire.JSON{}).DecodeClient(mustJSON(frame)); err != nil {
			t.Errorf("%s: %v", mustJSON(frame), err)
		}
		if _, err := (wire.CBOR{}).DecodeClient(binary); err != nil {
			t.Errorf("%x: %v", binary, err)
		}
	}
}

// TestEveryPrefixIsRefused cuts good messages anywhere.
func TestEveryPrefixIsRefused(t *testing.T) {
	for _, codec := range []wire.Codec{wire.JSON{}, wire.CBOR{}} {
		for _, frame := range clientFrames() {
			message := codec.Append(nil, frame)
			for end := range message {
				_, err := codec.DecodeClient(message[:end])
				checkFault(t, badInput{"cut off", frame, wire.CodeBadRequest, ""}, fmt.Sprintf("%q", message[:end]), err)
			}
		}
		for _, frame := range serverFrames() {
			message := codec.Append(nil, frame)
			for end := range message {
				if got, err := codec.DecodeServer(message[:end]); err == nil {
					t.Errorf("%q gives %+v", message[:end], got)
				}
			}
		}
	}
}
