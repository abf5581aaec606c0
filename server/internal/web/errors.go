package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"vitals/internal/stream"
	"vitals/internal/wire"
)

// apiError is an error as a client of the API sees it.
type apiError struct {
	Code    string `json:"code"`            // for programs
	Message string `json:"message"`         // for people: what is wrong and what to do
	Field   string `json:"field,omitempty"` // the part of the request at fault
}

func (e *apiError) Error() string { return e.Message }

// The codes beside those of the stream.
const (
	codeNotFound    = "not_found"
	codeMethod      = stream.CodeMethod
	codeUpgrade     = stream.CodeUpgradeRequired
	codeForbidden   = "forbidden"
	codeUnavailable = "unavailable"
	codeInternal    = "internal"
	codeProtocol    = "unsupported_protocol"
)

// statusOf is the one table from codes to HTTP status.
func statusOf(code string) int {
	switch code {
	case wire.CodeBadRequest, wire.CodeTooMany, codeProtocol:
		return http.StatusBadRequest
	case wire.CodeUnknownHost, codeNotFound:
		return http.StatusNotFound
	case codeUpgrade:
		return http.StatusUpgradeRequired
	case codeMethod:
		return http.StatusMethodNotAllowed
	case codeForbidden:
		return http.StatusForbidden
	case codeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// writeError answers with an error. What is not meant for clients becomes "internal", its cause stays in the log.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	answer := &apiError{Code: codeInternal, Message: "the server could not do this; its log says why"}
	var field *wire.FieldError
	switch {
	case errors.As(err, &answer):
	case errors.As(err, &field):
		answer = &apiError{Code: field.Code, Message: field.Message, Field: field.Field}
	case errors.Is(err, stream.ErrStopping):
		answer = &apiError{Code: codeUnavailable, Message: "the server is stopping, come back soon"}
		w.Header().Set("Retry-After", "1")
	default:
		s.logger.Error().Err(err).Str("path", r.URL.Path).Msg("request failed")
	}
	writeJSON(w, statusOf(answer.Code), map[string]*apiError{"error": answer})
}

// writeJSON answers with a value that encoding/json cannot refuse.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // an error here means the client is gone
}
