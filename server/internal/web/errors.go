package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"vitals/internal/history"
	"vitals/internal/ingest"
	"vitals/internal/limits"
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
	codeHistoryOff  = "history_off"
	codeLimit       = "limit"
)

// statusOf is the one table from codes to HTTP status.
func statusOf(code string) int {
	switch code {
	case wire.CodeBadRequest, wire.CodeTooMany, codeProtocol:
		return http.StatusBadRequest
	case wire.CodeUnknownHost, codeNotFound, codeHistoryOff:
		return http.StatusNotFound
	case codeUpgrade:
		return http.StatusUpgradeRequired
	case codeMethod:
		return http.StatusMethodNotAllowed
	case codeForbidden:
		return http.StatusForbidden
	case ingest.CodeStorageFull:
		return http.StatusInsufficientStorage
	case codeUnavailable, ingest.CodeHistoryUnavailable, limits.CodeTooManyConnections:
		return http.StatusServiceUnavailable
	case limits.CodeRateLimited, ingest.CodeTooManySeries:
		return http.StatusTooManyRequests
	case ingest.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case ingest.CodeMedia:
		return http.StatusUnsupportedMediaType
	case ingest.CodeUnprocessable, codeLimit:
		return http.StatusUnprocessableEntity
	case ingest.CodeTimeout:
		return http.StatusRequestTimeout
	}
	return http.StatusInternalServerError
}

// failure is an error as it is told, whatever the form that the client reads.
type failure struct {
	apiError
	wait   time.Duration  // before the client comes again; 0 says nothing
	answer *ingest.Answer // what became of a push until then; nil if nothing did
}

// explain finds out what to tell. What is not meant for clients becomes "internal", its cause stays in the log.
func (s *Server) explain(r *http.Request, err error) failure {
	var known *apiError
	var field *wire.FieldError
	var refused *limits.Refusal
	var push *ingest.Refusal
	var limit *history.LimitError
	switch {
	case errors.As(err, &known):
		return failure{apiError: *known}
	case errors.As(err, &field):
		return failure{apiError: apiError{Code: field.Code, Message: field.Message, Field: field.Field}}
	case errors.As(err, &refused):
		return failure{apiError: apiError{Code: refused.Code, Message: refused.Message}, wait: refused.RetryAfter}
	case errors.As(err, &push):
		told := apiError{Code: push.Code, Message: push.Message, Field: push.Field}
		return failure{apiError: told, wait: time.Duration(push.RetryAfterS) * time.Second, answer: push.Answer}
	case errors.As(err, &limit):
		message := fmt.Sprintf("beyond the limit of %s: %s", limit.Limit, limit.Message)
		return failure{apiError: apiError{Code: codeLimit, Message: message, Field: limitedParameter(limit.Limit)}}
	case errors.Is(err, context.Canceled): // by the client, who is gone, or by the end of the program
		return failure{apiError: apiError{Code: codeUnavailable, Message: "the request was given up"}, wait: time.Second}
	case errors.Is(err, history.ErrClosed), errors.Is(err, history.ErrUnavailable):
		told := apiError{Code: codeUnavailable, Message: "history cannot be read just now, come back soon"}
		return failure{apiError: told, wait: time.Second}
	case errors.Is(err, stream.ErrStopping):
		return failure{apiError: apiError{Code: codeUnavailable, Message: "the server is stopping, come back soon"}, wait: time.Second}
	}
	s.logger.Error().Err(err).Str("path", r.URL.Path).Msg("request failed")
	return failure{apiError: apiError{Code: codeInternal, Message: "the server could not do this; its log says why"}}
}

// errorAnswer is the form of errors, with the counts of a push beside it if there are any.
type errorAnswer struct {
	Error *apiError `json:"error"`
	*ingest.Answer
}

// writeError answers with an error.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	failed := s.explain(r, err)
	retryAfter(w, failed.wait)
	writeJSON(w, statusOf(failed.Code), errorAnswer{Error: &failed.apiError, Answer: failed.answer})
}

// retryAfter tells when to come back, if that is known, in the whole seconds that the header has.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	if wait <= 0 {
		return
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// writeJSON answers with a value that encoding/json cannot refuse.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", mediaJSON)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // an error here means the client is gone
}
