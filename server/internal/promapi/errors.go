package promapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// Kind is what went wrong, in the words of Prometheus.
type Kind string

// The kinds of errors, and how they are told over HTTP.
const (
	BadData     Kind = "bad_data"    // 400: a parameter is wrong
	NotFound    Kind = "not_found"   // 404
	NotAllowed  Kind = "not_allowed" // 405: the method
	Execution   Kind = "execution"   // 422: the expression cannot be evaluated, or goes beyond a limit
	Canceled    Kind = "canceled"    // 499: the client went away
	Internal    Kind = "internal"    // 500
	Timeout     Kind = "timeout"     // 503: it took too long
	Unavailable Kind = "unavailable" // 503: history cannot be read now
)

func (k Kind) status() int {
	switch k {
	case BadData:
		return http.StatusBadRequest
	case NotFound:
		return http.StatusNotFound
	case NotAllowed:
		return http.StatusMethodNotAllowed
	case Execution:
		return http.StatusUnprocessableEntity
	case Canceled:
		const closed = 499 // nginx's number, which Prometheus took; nobody is there to see it
		return closed
	case Timeout, Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Error is an error as a client sees it.
type Error struct {
	Kind    Kind
	Message string
	Status  int // 0: that of the kind
}

func (e *Error) Error() string { return e.Message }

// badParameter says which parameter is wrong, if anything is; that time is up is no fault of it.
func badParameter(name string, cause error) error {
	if cause == nil || isEnded(cause) {
		return cause
	}
	return &Error{Kind: BadData, Message: fmt.Sprintf("invalid parameter %q: %v", name, cause)}
}

// isEnded reports whether an error is that time was up, or the client gone.
func isEnded(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// explain turns any error of a question into one that can be told.
func (a *API) explain(err error) *Error {
	var known *Error
	var tooMany promql.ErrTooManySamples
	var late promql.ErrQueryTimeout
	var left promql.ErrQueryCanceled
	var trouble promql.ErrStorage
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &tooMany):
		return &Error{Kind: Execution, Message: fmt.Sprintf(
			"%v: more than %d; ask for fewer series, a shorter range or a larger step", err, a.limits.Samples)}
	case errors.As(err, &late), errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: Timeout, Message: fmt.Sprintf(
			"%v: it may take %v; ask for fewer series, a shorter range or a larger step", err, a.limits.Time)}
	case errors.As(err, &left), errors.Is(err, context.Canceled):
		return &Error{Kind: Canceled, Message: err.Error()}
	case errors.As(err, &trouble):
		return unreadable(err)
	}
	return &Error{Kind: Execution, Message: err.Error()}
}

// unreadable is an error of the storage.
func unreadable(err error) *Error {
	return &Error{Kind: Unavailable, Message: fmt.Sprintf("history cannot be read at the moment: %v", err)}
}

// errorAnswer is the form of errors.
type errorAnswer struct {
	Status    string `json:"status"`
	ErrorType Kind   `json:"errorType"`
	Error     string `json:"error"`
}

// WriteError answers with an error in the form that readers of a Prometheus expect.
func WriteError(w http.ResponseWriter, err *Error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	status := err.Status
	if status == 0 {
		status = err.Kind.status()
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(errorAnswer{Status: "error", ErrorType: err.Kind, Error: err.Message}) // an error: the client is gone
}

// retryAfter is when to come back where history is busy.
const retryAfter = time.Second
