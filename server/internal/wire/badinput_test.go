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

// A member may stand twice in an object of a test, unlike in a map.
type (
	member struct {
		key   string
		value any
	}
	object []member
)

func (o object) with(key string, value any) object {
	changed := append(object(nil), o...)
	for i := range changed {
		if changed[i].key == key {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, member{key, value})
}

func (o object) renamed(from, to string) object {
	changed := append(object(nil), o...)
	for i := range changed {
		if changed[i].key == from {
			changed[i].key = to
		}
	}
	return changed
}

func (o object) MarshalJSON() ([]byte, error) {
	members := make([]string, 0, len(o))
	for _, m := range o {
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		members = append(members, fmt.Sprintf("%s:%s", mustJSON(m.key), value))
	}
	return []byte("{" + strings.Join(members, ",") + "}"), nil
}

func (o object) MarshalCBOR() ([]byte, error) {
	data := []byte{0xb9, byte(len(o) >> 8), byte(len(o))}
	for _, m := range o {
		for _, part := range []any{m.key, m.value} {
			item, err := cbor.Marshal(part)
			if err != nil {
				return nil, err
			}
			data = append(data, item...)
		}
	}
	return data, nil
}

func mustJSON(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// tooLarge is a number that JSON can write and no float64 can hold.
type tooLarge struct{}

func (tooLarge) MarshalJSON() ([]byte, error) { return []byte("1e999"), nil }
func (tooLarge) MarshalCBOR() ([]byte, error) { return cbor.Marshal(math.Inf(1)) }

type badInput struct {
	name  string
	frame any
	code  string
	field string
}

// place is somewhere in a good frame: what stands there, and how the frame looks with something else in its place.
type place struct {
	path string
	kind string
	put  func(any) object
}

func position() object { return object{{"epoch", "e"}, {"seq", 1}} }

func event() object {
	return object{{"metric", "room.temp"}, {"value", 21.3}, {"timestamp", 1690000000.5}, {"host", "attic"}, {"unit", "celsius"}, {"help", "warm"}}
}

func goodFrames() []object {
	return []object{
		{
			{"type", "subscribe"},
			{"hosts", []any{"web-1"}},
			{"metrics", []any{"cpu"}},
			{"interval", 5},
			{"envelope", true},
			{"backfill", 60},
			{"since", object{{"web-1", position()}}},
		},
		{{"type", "unsubscribe"}, {"hosts", []any{"web-1"}}},
		{{"type", "publish"}, {"id", 1}, {"events", []any{event()}}},
		{{"type", "ping"}, {"id", 1}},
	}
}

var kinds = map[string]string{
	"hosts": "texts", "metrics": "texts", "interval": "number", "envelope": "flag", "backfill": "number", "since": "object", "events": "list",
	"id": "whole", "epoch": "text", "seq": "whole", "metric": "text", "value": "number", "timestamp": "instant", "host": "text", "unit": "text",
	"help": "text", "web-1": "object",
}

// places lists all members of an object and of the objects within it.
func places(path string, o object, put func(object) object) []place {
	var found []place
	for _, m := range o {
		if m.key == "type" {
			continue
		}
		here := m.key
		if path != "" {
			here = path + "." + m.key
		}
		replace := func(value any) object { return put(o.with(m.key, value)) }
		found = append(found, place{path: here, kind: kinds[m.key], put: replace})
		switch value := m.value.(type) {
		case object:
			found = append(found, places(here, value, func(inner object) object { return replace(inner) })...)
		case []any:
			if inner, isObject := value[0].(object); isObject {
				found = append(found, places(here+"[0]", inner, func(inner object) object { return replace([]any{inner}) })...)
			}
		}
	}
	return found
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
		_, err = wire.JSON{}.DecodeClient(text)
		checkFault(t, input, fmt.Sprintf("%.200s", text), err)
		_, err = wire.CBOR{}.DecodeClient(binary)
		checkFault(t, input, fmt.Sprintf("%.200x", binary), err)
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
