package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// reader takes values out of a tree that came from outside, whatever the codec: map[string]any, []any, string, bool, nil and
// numbers (json.Number, uint64, int64, float64). Null is the same as absent. It keeps the first fault and goes on with
// zero values, so that the code that reads a frame looks like the frame.
type reader struct{ fault *FieldError }

func (r *reader) fail(path, message string) { r.keep(badField(path, message)) }

func (r *reader) keep(fault *FieldError) {
	if r.fault == nil {
		r.fault = fault
	}
}

// err is the first fault, if there was one.
func (r *reader) err() error {
	if r.fault == nil {
		return nil
	}
	return r.fault
}

// object refuses members that are not allowed. Names are compared exactly, unlike in encoding/json.
func (r *reader) object(path string, value any, allowed ...string) map[string]any {
	members, isObject := value.(map[string]any)
	if !isObject {
		r.fail(path, "is "+kindOf(value)+", must be an object")
		return nil
	}
	for key := range sorted(members) {
		if !slices.Contains(allowed, key) {
			r.fail(join(path, clip(key)), "no such field; allowed are "+strings.Join(allowed, ", "))
		}
	}
	return members
}

func (r *reader) array(path string, value any, most int) []any {
	if value == nil {
		return nil
	}
	items, isArray := value.([]any)
	if !isArray {
		r.fail(path, "is "+kindOf(value)+", must be an array")
		return nil
	}
	if len(items) > most {
		r.keep(tooMany(path, len(items), most))
		return nil
	}
	return items
}

func (r *reader) text(path string, value any) string {
	text, isText := value.(string)
	if !isText && value != nil {
		r.fail(path, "is "+kindOf(value)+", must be a string")
	}
	return text
}

func (r *reader) texts(path string, value any, most int) []string {
	items := r.array(path, value, most)
	if items == nil {
		return nil
	}
	texts := make([]string, 0, len(items))
	for i, item := range items {
		if item == nil {
			r.fail(at(path, i), "is null, must be a string")
		}
		texts = append(texts, r.text(at(path, i), item))
	}
	return texts
}

func (r *reader) flag(path string, value any) bool {
	flag, isFlag := value.(bool)
	if !isFlag && value != nil {
		r.fail(path, "is "+kindOf(value)+", must be true or false")
	}
	return flag
}

// number may be infinite: 1e999 is good JSON.
func (r *reader) number(path string, value any) float64 {
	number, isNumber := numberOf(value)
	if !isNumber && value != nil {
		r.fail(path, "is "+kindOf(value)+", must be a number")
	}
	return number
}

func numberOf(value any) (float64, bool) {
	switch value := value.(type) {
	case json.Number:
		number, err := strconv.ParseFloat(value.String(), 64)
		return number, err == nil || errors.Is(err, strconv.ErrRange)
	case uint64:
		return float64(value), true
	case int64:
		return float64(value), true
	case float64:
		return value, true
	}
	return 0, false
}

func (r *reader) whole(path string, value any) uint64 {
	whole, isWhole := wholeOf(value)
	if !isWhole && value != nil {
		r.fail(path, "must be a whole number from 0 to 2^53-1")
	}
	return whole
}

func wholeOf(value any) (uint64, bool) {
	switch value := value.(type) {
	case json.Number:
		whole, err := strconv.ParseUint(value.String(), 10, 64)
		return whole, err == nil && whole <= maxSafeInteger
	case uint64:
		return value, value <= maxSafeInteger
	}
	return 0, false
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return "a string"
	case bool:
		return "true or false"
	case json.Number, uint64, int64, float64:
		return "a number"
	}
	return "of a type that no frame has"
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(path string, index int) string { return fmt.Sprintf("%s[%d]", path, index) }

// sorted goes over members in the order of their names, so that the same frame always gives the same fault.
func sorted(members map[string]any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if !yield(key, members[key]) {
				return
			}
		}
	}
}

// typeOf finds what says which frame a tree is.
func typeOf(tree any) (Type, error) {
	members, isObject := tree.(map[string]any)
	if !isObject {
		return "", badField("", "is "+kindOf(tree)+"; a frame is an object")
	}
	frameType, isText := members["type"].(string)
	if !isText || frameType == "" {
		return "", badField("type", "is missing, empty or not a string")
	}
	return Type(frameType), nil
}
