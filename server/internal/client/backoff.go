package client

import (
	"math/rand/v2"
	"time"
)

const (
	firstCeiling = time.Second
	lastCeiling  = 30 * time.Second
	leastWait    = 250 * time.Millisecond
	goodAfter    = 10 * time.Second
	maxRetry     = 5 * time.Minute // of what a Retry-After may ask for
)

// backoff says how long to wait before the next attempt: a random part ("full jitter") of 1, 2, 4, ... 30 s, so that the
// clients of a server that restarts do not come back all at once.
type backoff struct {
	random   func() float64 // from 0 up to, not including, 1; math/rand if nil
	failures int            // in a row
}

// next counts a failure of a connection that was up for so long, 0 if it never was, and gives the wait.
func (b *backoff) next(up, retryAfter time.Duration) time.Duration {
	if up >= goodAfter {
		b.failures = 0
	}
	ceiling := lastCeiling
	if b.failures < 5 {
		ceiling = firstCeiling << b.failures
	}
	b.failures++
	random := rand.Float64
	if b.random != nil {
		random = b.random
	}
	wait := time.Duration(random() * float64(ceiling))
	return max(leastWait, wait, min(retryAfter, maxRetry))
}
