package hub

import (
	"errors"
	"sync/atomic"
)

// Why an event is not taken.
var (
	ErrBadHost       = errors.New("bad host name")
	ErrBadName       = errors.New("bad series name")
	ErrNotFinite     = errors.New("the value is not finite")
	ErrTooManySeries = errors.New("the host has too many series")
	ErrTooManyTotal  = errors.New("there are too many series in all")
	ErrTooManyHosts  = errors.New("there are too many hosts")
)

// Rejection says why one event of an update was left out.
type Rejection struct {
	Index int   // of the event in the update
	Err   error // one of the errors above, or one that wraps it and says what is wrong with the name
}

// Rejections counts the events that were left out, by cause.
type Rejections struct {
	BadHost, BadName, NotFinite, TooManySeries, TooManyTotal, TooManyHosts uint64
}

// rejectionCounters count what Rejections tells.
type rejectionCounters struct {
	badHost, badName, notFinite, tooManySeries, tooManyTotal, tooManyHosts atomic.Uint64
}

func (c *rejectionCounters) count(rejected []Rejection) {
	for _, rejection := range rejected {
		c.of(rejection.Err).Add(1)
	}
}

func (c *rejectionCounters) of(err error) *atomic.Uint64 {
	switch {
	case errors.Is(err, ErrNotFinite):
		return &c.notFinite
	case errors.Is(err, ErrTooManySeries):
		return &c.tooManySeries
	case errors.Is(err, ErrTooManyTotal):
		return &c.tooManyTotal
	case errors.Is(err, ErrTooManyHosts):
		return &c.tooManyHosts
	case errors.Is(err, ErrBadHost):
		return &c.badHost
	default:
		return &c.badName
	}
}

func (c *rejectionCounters) load() Rejections {
	return Rejections{
		BadHost: c.badHost.Load(), BadName: c.badName.Load(), NotFinite: c.notFinite.Load(),
		TooManySeries: c.tooManySeries.Load(), TooManyTotal: c.tooManyTotal.Load(), TooManyHosts: c.tooManyHosts.Load(),
	}
}

// rejectAll refuses every event of an update for one reason.
func rejectAll(events int, err error) []Rejection {
	rejected := make([]Rejection, events)
	for i := range rejected {
		rejected[i] = Rejection{Index: i, Err: err}
	}
	return rejected
}
