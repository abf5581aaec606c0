package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// appendTranscoded appends JSON of our own making as CBOR, key by key in the same order: what is sent rarely cannot differ
// between the codecs.
func appendTranscoded(dst, text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return appendItem(dst, decoder)
}

func appendItem(dst []byte, decoder *json.Decoder) []byte {
	token, err := decoder.Token()
	if err != nil {
		panic("wire: transcode frame: " + err.Error())
	}
	switch token := token.(type) {
	case json.Delim:
		return appendContainer(dst, decoder, token)
	case string:
		return appendText(dst, token)
	case json.Number:
		return appendNumber(dst, token.String())
	case bool:
		if token {
			return append(dst, headTrue)
		}
		return append(dst, headFalse)
	}
	return append(dst, headNull)
}

// appendContainer appends an object or an array. Its items are counted before the head can be written.
func appendContainer(dst []byte, decoder *json.Decoder, open json.Delim) []byte {
	var items []byte
	count := uint64(0)
	for decoder.More() {
		items = appendItem(items, decoder)
		if open == '{' {
			items = appendItem(items, decoder)
		}
		count++
	}
	if _, err := decoder.Token(); err != nil {
		panic("wire: transcode frame: " + err.Error())
	}
	major := byte(majorArray)
	if open == '{' {
		major = majorMap
	}
	return append(appendHead(dst, major, count), items...)
}

// appendNumber appends a whole number as an integer and all else as a float64.
func appendNumber(dst []byte, text string) []byte {
	if whole, err := strconv.ParseUint(text, 10, 64); err == nil {
		return appendHead(dst, majorUint, whole)
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil && strings.HasPrefix(text, "-") && whole < 0 {
		return appendHead(dst, majorNegint, uint64(-1-whole)) //nolint:gosec // -1-whole is not negative
	}
	value, _ := strconv.ParseFloat(text, 64) // too large is infinite
	return appendFloat64(dst, value)
}
