package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what a client may send.
const (
	MaxClientFrameBytes = 16 << 10
	MaxHosts            = 128
	MaxGlobs            = 16
	MaxEvents           = 500 // in one publish
	maxDepth            = 8
	maxHostBytes        = 253
	maxEpochBytes       = 64
	maxBackfillSeconds  = 366 * 24 * 3600
	minIntervalSeconds  = 0.1
	maxIntervalSeconds  = 3600
	maxSafeInteger      = 1<<53 - 1
)

// clientFields lists what each client frame may hold. Names are compared exactly, unlike in encoding/json.
var clientFields = map[Type][]string{
	TypeSubscribe:   {"type", "hosts", "metrics", "interval", "envelope", "backfill", "since"},
	TypeUnsubscribe: {"type", "hosts"},
	TypePublish:     {"type", "id", "events"},
	TypePing:        {"type", "id"},
}

// DecodeClient reads a frame that a client sent. Fields that the frame does not have, keys that stand twice and deep
// nesting are refused. Every error is a [*FieldError].
func (JSON) DecodeClient(data []byte) (Frame, error) {
	frameType, keys, err := inspect(data)
	if err != nil {
		return nil, err
	}
	allowed, known := clientFields[frameType]
	if !known {
		return nil, badField("type", "a client may send subscribe, unsubscribe, publish or ping")
	}
	for _, key := range keys {
		if !slices.Contains(allowed, key) {
			return nil, badField(clip(key), "no such field; allowed are "+strings.Join(allowed, ", "))
		}
	}
	switch frameType {
	case TypeSubscribe:
		return decodeInto(data, true, Subscribe.check)
	case TypeUnsubscribe:
		return decodeInto(data, true, Unsubscribe.check)
	case TypePublish:
		return decodeInto(data, true, Publish.check)
	default:
		return decodeInto(data, true, Ping.check)
	}
}

// DecodeServer reads a frame that a server sent. Unknown fields are ignored, so that an older client understands a newer
// server; an unknown type gives nil without an error. Every error is a [*FieldError].
func (JSON) DecodeServer(data []byte) (Frame, error) {
	frameType, _, err := inspect(data)
	if err != nil {
		return nil, err
	}
	switch frameType {
	case TypeHello:
		return decodeInto(data, false, Hello.check)
	case TypeHost:
		return decodeInto(data, false, HostState.check)
	case TypeCatalog:
		return decodeInto(data, false, Catalog.check)
	case TypeSnapshot:
		return decodeInto(data, false, Snapshot.check)
	case TypeUpdate:
		return decodeInto(data, false, Update.check)
	case TypeGap:
		return decodeInto(data, false, Gap.check)
	case TypePublished:
		return decodeInto(data, false, Published.check)
	case TypeError:
		return decodeInto(data, false, Error.check)
	case TypePong:
		return decodeInto(data, false, Pong.check)
	}
	return nil, nil
}

func decodeInto[F Frame](data []byte, strict bool, check func(F) error) (Frame, error) {
	var frame F
	decoder := json.NewDecoder(bytes.NewReader(data))
	if strict {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(&frame); err != nil {
		return nil, explain(err)
	}
	if err := check(frame); err != nil {
		return nil, err
	}
	return frame, nil
}

// explain turns an error of encoding/json into one that names the field and what belongs there.
func explain(err error) *FieldError {
	if wrongType, isWrongType := errors.AsType[*json.UnmarshalTypeError](err); isWrongType {
		return badField(wrongType.Field, fmt.Sprintf("is a %s, must be %s", wrongType.Value, plainType(wrongType.Type.Kind().String())))
	}
	return badField("", "not a frame: "+clip(err.Error()))
}

func plainType(kind string) string {
	switch kind {
	case "string":
		return "a string"
	case "slice":
		return "an array"
	case "map", "struct":
		return "an object"
	case "bool":
		return "true or false"
	case "uint64", "int":
		return "a whole number that is not negative"
	}
	return "a number"
}

// inspect walks over the tokens once: it finds the type and the keys of the frame, and refuses what encoding/json would
// let pass: keys that stand twice, deep nesting, something behind the frame.
func inspect(data []byte) (Type, []string, error) {
	if !utf8.Valid(data) {
		return "", nil, badField("", "not valid UTF-8")
	}
	walk := walker{decoder: json.NewDecoder(bytes.NewReader(data))}
	if err := walk.value(0); err != nil {
		return "", nil, err
	}
	if _, err := walk.decoder.Token(); !errors.Is(err, io.EOF) {
		return "", nil, badField("", "one frame a message; something follows the first")
	}
	if !walk.isObject {
		return "", nil, badField("", "a frame is a JSON object")
	}
	if walk.frameType == "" {
		return "", nil, badField("type", "is missing, empty or not a string")
	}
	return Type(walk.frameType), walk.keys, nil
}

type walker struct {
	decoder   *json.Decoder
	isObject  bool
	keys      []string // of the frame itself
	frameType string
}

func (w *walker) token() (json.Token, error) {
	token, err := w.decoder.Token()
	if err != nil {
		return nil, badField("", "not JSON: "+clip(err.Error()))
	}
	return token, nil
}

func (w *walker) value(depth int) error {
	if depth > maxDepth {
		return badField("", fmt.Sprintf("nested deeper than %d", maxDepth))
	}
	token, err := w.token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return w.object(depth)
	case json.Delim('['):
		return w.array(depth)
	}
	return nil
}

func (w *walker) array(depth int) error {
	for w.decoder.More() {
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err := w.token()
	return err
}

func (w *walker) object(depth int) error {
	seen := make(map[string]bool)
	for w.decoder.More() {
		token, err := w.token()
		if err != nil {
			return err
		}
		key := token.(string) // the decoder lets only strings stand here
		if seen[key] {
			return badField(clip(key), "stands twice")
		}
		seen[key] = true
		if err := w.member(key, depth); err != nil {
			return err
		}
	}
	_, err := w.token()
	return err
}

func (w *walker) member(key string, depth int) error {
	if depth > 0 {
		return w.value(depth + 1)
	}
	w.isObject = true
	w.keys = append(w.keys, key)
	if key != "type" {
		return w.value(depth + 1)
	}
	token, err := w.token()
	if err != nil {
		return err
	}
	text, isText := token.(string)
	if !isText {
		return badField("type", "must be a string")
	}
	w.frameType = text
	return nil
}

// clip keeps what is echoed of foreign input short.
func clip(text string) string {
	const limit = 64
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
