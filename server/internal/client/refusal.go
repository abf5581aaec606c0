package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// ErrHello says that a server's first words were none of a session of Vitals that this client understands.
var ErrHello = errors.New("no hello")

// ErrProtocol says that the server speaks a version of the protocol that this program does not.
var ErrProtocol = errors.New("another version of the protocol")

// Refusal is an answer to the handshake that opens no WebSocket.
type Refusal struct {
	Status     int           // of HTTP, 101 included when the handshake itself was wrong
	Header     http.Header   // of the answer
	Code       string        // of Vitals' own errors, such as forbidden; empty if the answer is not Vitals'
	Field      string        // the part of the request at fault, if Vitals says so
	Message    string        // for people; foreign text, not made fit for a terminal
	RetryAfter time.Duration // how long the server asks to wait, 0 if it does not
}

func (r *Refusal) Error() string {
	if r.Message != "" {
		return fmt.Sprintf("the server answered %d: %s", r.Status, r.Message)
	}
	return fmt.Sprintf("the server answered %d %s", r.Status, http.StatusText(r.Status))
}

const maxRefusalBytes = 1024

// ReadRefusal makes a refusal of an answer; at most 1 KiB of the body is looked at.
func ReadRefusal(response *http.Response) *Refusal {
	refusal := &Refusal{Status: response.StatusCode, Header: response.Header, RetryAfter: retryAfter(response.Header)}
	if response.Body == nil {
		return refusal
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxRefusalBytes)) // what there is of it
	var answer struct {
		Error struct{ Code, Message, Field string }
	}
	if json.Unmarshal(body, &answer) == nil && answer.Error.Code != "" {
		refusal.Code, refusal.Field, refusal.Message = answer.Error.Code, answer.Error.Field, answer.Error.Message
	}
	return refusal
}

// retryAfter reads seconds or a date; what is neither asks for nothing.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// ComesBack reports whether a client that failed so may try again: not after a violation of the protocol (1002, 1003, 1007
// to 1010), not after 4500 to 4999, in which the server says so, and not after an answer that would be the same again.
func ComesBack(err error) bool {
	if errors.Is(err, ErrProtocol) {
		return false
	}
	if refusal, is := errors.AsType[*Refusal](err); is {
		return comesBackAfterStatus(refusal.Status)
	}
	switch code := websocket.CloseStatus(err); code {
	case websocket.StatusProtocolError, websocket.StatusUnsupportedData, websocket.StatusInvalidFramePayloadData,
		websocket.StatusPolicyViolation, websocket.StatusMessageTooBig, websocket.StatusMandatoryExtension:
		return false
	default:
		const firstFinal, lastFinal = 4500, 4999
		return code < firstFinal || code > lastFinal
	}
}

func comesBackAfterStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= http.StatusInternalServerError
}
