package wire_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/fxamacker/cbor/v2"
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
