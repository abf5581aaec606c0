package wire

import "fmt"

// The codes of errors that a client can cause.
const (
	CodeBadRequest  = "bad_request"
	CodeUnknownHost = "unknown_host"
	CodeTooMany     = "too_many"
)

// FieldError says what is wrong with a frame or a request, and where.
type FieldError struct {
	Code    string
	Field   string // the field at fault, such as metrics[2]; empty when the whole is at fault
	Message string // for people: what is wrong and what is allowed
}

// Error puts the field before the message.
func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Frame is the error as a client sees it.
func (e *FieldError) Frame() Error { return Error{Code: e.Code, Message: e.Message, Field: e.Field} }

func badField(field, message string) *FieldError {
	return &FieldError{Code: CodeBadRequest, Field: field, Message: message}
}

func tooMany(field string, have, allowed int) *FieldError {
	return &FieldError{Code: CodeTooMany, Field: field, Message: fmt.Sprintf("has %d entries, at most %d are allowed", have, allowed)}
}
