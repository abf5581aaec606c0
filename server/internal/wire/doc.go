// Package wire holds the frames of the session protocol and the codecs that turn them into bytes and back.
//
// The types below are the one description of the protocol: protocol/schema.json and the TypeScript types of the app are
// generated from them (make gen), and the vectors in protocol/vectors are read by the tests of both languages.
//
// A [Codec] is a pure function: it keeps no state, may be used by many goroutines, and never retains the bytes it is given.
// [JSON] and [CBOR] carry the very same frames and numbers. Encoding cannot fail on a frame that the program built; a value
// that is not finite is written as null. The encoders of updates and plain events make no garbage when the buffer is large
// enough.
//
// Decoding trusts nothing: the caller has limited the size, and every error is a [*FieldError] that names the field at fault.
// Client frames are read strictly, and by the same code whatever the codec; server frames may have fields that are not known.
package wire
