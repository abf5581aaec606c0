package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

// DecodeClient reads a client frame of JSON.
func (JSON) DecodeClient(data []byte) (Frame, error) {
	tree, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	return readClient(tree)
}

// DecodeServer reads a server frame of JSON.
func (JSON) DecodeServer(data []byte) (Frame, error) {
	tree, err := parseTrustedJSON(data)
	if err != nil {
		return nil, err
	}
	frameType, err := typeOf(tree)
	if err != nil {
		return nil, err
	}
	return readServer(frameType, tree, data)
}

// readServer makes a server frame of a tree; data is the same frame as JSON, if the caller has it.
func readServer(frameType Type, tree any, data []byte) (Frame, error) {
	switch frameType {
	case TypeUpdate:
		return readUpdate(tree)
	case TypeSnapshot:
		return readSnapshot(tree)
	}
	if data == nil {
		text, err := json.Marshal(tree)
		if err != nil {
			return nil, badField("", "holds what no frame has: "+clip(err.Error()))
		}
		data = text
	}
	return decodeServer(frameType, data)
}

func decodeServer(frameType Type, data []byte) (Frame, error) {
	switch frameType {
	case TypeHello:
		return decodeInto(data, Hello.check)
	case TypeHost:
		return decodeInto(data, HostState.check)
	case TypeCatalog:
		return decodeInto(data, Catalog.check)
	case TypeGap:
		return decodeInto(data, Gap.check)
	case TypePublished:
		return decodeInto(data, Published.check)
	case TypeError:
		return decodeInto(data, Error.check)
	case TypePong:
		return decodeInto(data, Pong.check)
	}
	return nil, nil
}

func decodeInto[F Frame](data []byte, check func(F) error) (Frame, error) {
	var frame F
	if err := json.Unmarshal(data, &frame); err != nil {
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

// clip keeps what is echoed of foreign input short.
func clip(text string) string {
	const limit = 64
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
