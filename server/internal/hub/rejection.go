package hub

import "errors"

// Why an event cannot be taken.
var (
	ErrBadHost       = errors.New("bad host name")
	ErrBadName       = errors.New("bad metric name")
	ErrNotFinite     = errors.New("value is not finite")
	ErrTooManySeries = errors.New("too many series of this host")
	ErrTooManyTotal  = errors.New("too many series in all")
	ErrTooManyHosts  = errors.New("too many hosts")
)

// Rejection says why one event of an update was left out.
type Rejection struct {
	Index int   // of the event in the update
	Err   error // one of the errors above; those of names wrap what is wrong with the name
}
