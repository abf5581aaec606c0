package salvage

import (
	"fmt"
	"runtime/debug"
)

// Guarded runs what reads from a mapped file: a bad sector is an error then, and so is what breaks the library's decoding.
func Guarded(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if broken := recover(); broken != nil {
			cause, is := broken.(error)
			if !is {
				cause = fmt.Errorf("%v", broken)
			}
			err = &BrokenError{cause}
		}
	}()
	return read()
}

// BrokenError is a panic of the library.
type BrokenError struct{ cause error }

// Error implements error.
func (e *BrokenError) Error() string { return e.cause.Error() }

// Unwrap gives what it panicked with.
func (e *BrokenError) Unwrap() error { return e.cause }
