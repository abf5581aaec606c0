package stream

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// The codes of requests that are no handshake.
const (
	CodeUpgradeRequired = "upgrade_required"
	CodeMethod          = "method_not_allowed"
)

const webSocketVersion = "13"

// checkHandshake refuses what is no handshake of RFC 6455, in words of ours: the library would answer in plain text. It sets
// the headers that belong to such an answer.
func checkHandshake(answer http.Header, r *http.Request) error {
	upgrades := hasWord(r.Header, "Connection", "upgrade") && hasWord(r.Header, "Upgrade", "websocket")
	switch {
	case !upgrades || !r.ProtoAtLeast(1, 1):
		answer.Set("Connection", "Upgrade")
		answer.Set("Upgrade", "websocket")
		return badHandshake(CodeUpgradeRequired, "Upgrade", "this is a WebSocket; open it with a WebSocket client, such as websocat")
	case r.Method != http.MethodGet:
		answer.Set("Allow", http.MethodGet)
		return badHandshake(CodeMethod, "method", "a WebSocket is opened by GET")
	case r.Header.Get("Sec-WebSocket-Version") != webSocketVersion:
		answer.Set("Sec-WebSocket-Version", webSocketVersion)
		return badHandshake(wire.CodeBadRequest, "Sec-WebSocket-Version", "must be "+webSocketVersion)
	case !hasHandshakeKey(r.Header):
		return badHandshake(wire.CodeBadRequest, "Sec-WebSocket-Key", "must stand once and be 16 bytes in base64")
	}
	return nil
}

func badHandshake(code, field, message string) error {
	return &wire.FieldError{Code: code, Field: field, Message: message}
}

func hasHandshakeKey(header http.Header) bool {
	keys := header.Values("Sec-WebSocket-Key")
	if len(keys) != 1 {
		return false
	}
	const keyBytes = 16
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0]))
	return err == nil && len(key) == keyBytes
}

// hasWord reports whether a header that is a list of words holds one, in any case.
func hasWord(header http.Header, name, wanted string) bool {
	for _, line := range header.Values(name) {
		for word := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(word), wanted) {
				return true
			}
		}
	}
	return false
}

func offeredSubprotocols(header http.Header) []string {
	var offered []string
	for _, line := range header.Values("Sec-WebSocket-Protocol") {
		for word := range strings.SplitSeq(line, ",") {
			offered = append(offered, strings.TrimSpace(word))
		}
	}
	return offered
}

func parseGlobs(values []string) ([]metric.Glob, error) {
	var globs []metric.Glob
	for _, value := range values {
		for _, text := range metric.SplitGlobs(value) {
			glob, err := metric.ParseGlob(text)
			if err != nil {
				return nil, &wire.FieldError{Code: wire.CodeBadRequest, Field: "metrics", Message: err.Error()}
			}
			globs = append(globs, glob)
		}
	}
	if len(globs) > wire.MaxGlobs {
		message := fmt.Sprintf("has %d globs, at most %d are allowed", len(globs), wire.MaxGlobs)
		return nil, &wire.FieldError{Code: wire.CodeTooMany, Field: "metrics", Message: message}
	}
	return globs, nil
}

func parseSwitch(name string, values []string) (bool, error) {
	switch values[len(values)-1] {
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	}
	return false, &wire.FieldError{Code: wire.CodeBadRequest, Field: name, Message: "must be 1 or 0"}
}
