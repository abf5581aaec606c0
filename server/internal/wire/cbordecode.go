package wire

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/fxamacker/cbor/v2"
)

// Bounds of a server frame, far above what a server sends.
const (
	maxServerElements = 1 << 20 // of an array
	maxServerPairs    = 1 << 16 // of a map
)

// The library finds out whether a message is well formed before it makes anything of it, so that what is made is bounded
// by what has come, whatever lengths are announced. Both modes are constant.
var (
	clientMode = mustMode(cbor.DecOptions{
		MaxArrayElements: MaxClientFrameBytes,
		MaxMapPairs:      MaxClientFrameBytes,
		TagsMd:           cbor.TagsForbidden,
	})
	serverMode = mustMode(cbor.DecOptions{
		MaxArrayElements: maxServerElements,
		MaxMapPairs:      maxServerPairs,
	})
)

func mustMode(options cbor.DecOptions) cbor.DecMode {
	options.DupMapKey = cbor.DupMapKeyEnforcedAPF
	options.IndefLength = cbor.IndefLengthForbidden
	options.MaxNestedLevels = maxDepth
	options.DefaultMapType = reflect.TypeFor[map[string]any]()
	options.BignumTag = cbor.BignumTagForbidden
	mode, err := options.DecMode()
	if err != nil {
		panic("wire: options of the CBOR decoder: " + err.Error())
	}
	return mode
}

// DecodeClient reads a client frame of CBOR: definite lengths only, no tags.
func (CBOR) DecodeClient(data []byte) (Frame, error) {
	tree, err := parseCBOR(clientMode, data)
	if err != nil {
		return nil, err
	}
	return readClient(tree)
}

// DecodeServer reads a server frame of CBOR.
func (CBOR) DecodeServer(data []byte) (Frame, error) {
	tree, err := parseCBOR(serverMode, data)
	if err != nil {
		return nil, err
	}
	frameType, err := typeOf(tree)
	if err != nil {
		return nil, err
	}
	return readServer(frameType, tree, nil)
}

func parseCBOR(mode cbor.DecMode, data []byte) (any, error) {
	var tree any
	if err := mode.Unmarshal(data, &tree); err != nil {
		return nil, explainCBOR(err)
	}
	return tree, nil
}

func explainCBOR(err error) *FieldError {
	if twice, isTwice := errors.AsType[*cbor.DupMapKeyError](err); isTwice {
		return badField(clip(fmt.Sprint(twice.Key)), "stands twice")
	}
	if _, more := errors.AsType[*cbor.ExtraneousDataError](err); more {
		return badField("", "one frame a message; something follows the first")
	}
	return badField("", "not CBOR: "+clip(err.Error()))
}
