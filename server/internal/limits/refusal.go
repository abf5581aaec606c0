package limits

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// The codes of refusals, for programs.
const (
	CodeTooManyConnections = "too_many_connections" // the places are taken; somebody has to leave first
	CodeRateLimited        = "rate_limited"         // too fast
)

// Refusal says why a request is not served and when it may come again.
type Refusal struct {
	Code       string
	Message    string // for people: what is exhausted and which setting is in charge
	RetryAfter time.Duration
}

func (r *Refusal) Error() string { return r.Message }

// Cause is what a refusal was for.
type Cause int

// The causes of refusals.
const (
	Handshakes       Cause = iota // an address opens streams too fast
	Connections                   // all places are taken
	AddressPlaces                 // an address has all the places that it may have
	TokenPlaces                   // a bearer token has
	RequestRate                   // an address sends requests too fast
	BodyRate                      // an address sends too many bytes
	Bodies                        // an address has too many bodies read at the same time
	IdleSockets                   // a socket was cut to make room, see [Limits.ConnState]
	causeCount       = int(IdleSockets) + 1
	logEvery         = time.Second
	leastRetryAfter  = time.Second
	retryAfterSpread = 4 * time.Second
)

// names stand in the log.
func (c Cause) String() string {
	return [causeCount]string{
		"handshakes of an address", "connections in all", "connections of an address", "connections of a token",
		"requests of an address", "bytes of an address", "bodies of an address", "idle sockets",
	}[c]
}

// refusalLog counts refusals and writes them down, seldom.
type refusalLog struct {
	logger zerolog.Logger
	counts [causeCount]atomic.Uint64

	mu     sync.Mutex
	logged [causeCount]time.Time
}

// note counts one. A flood would fill the log, so a line stands for all of its cause since the last one.
func (l *refusalLog) note(cause Cause, client fmt.Stringer) {
	total := l.counts[cause].Add(1)
	if !l.isDue(cause, time.Now()) {
		return
	}
	l.logger.Warn().Stringer("limit", cause).Stringer("client", client).Uint64("refused", total).Msg("limit reached")
}

func (l *refusalLog) isDue(cause Cause, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := l.logged[cause]; !last.IsZero() && now.Sub(last) < logEvery {
		return false
	}
	l.logged[cause] = now
	return true
}

// refusal is what the client is told.
func refusal(cause Cause) *Refusal {
	made := &Refusal{Code: CodeTooManyConnections, RetryAfter: later(0)}
	switch cause {
	case Connections:
		made.Message = "all streams that this server may have are taken (--max-connections)"
	case AddressPlaces:
		made.Message = "your address has all the streams that it may have (--max-connections-per-address)"
	case TokenPlaces:
		made.Message = "your token has all the streams that it may have (--max-connections-per-address)"
	case Handshakes:
		made.Code = CodeRateLimited
		made.Message = "your address opens streams too fast (--handshake-rate); wait as Retry-After says"
	case Bodies:
		made.Code = CodeRateLimited
		made.Message = "your address is sending as many bodies at the same time as it may; end one first"
	default:
		made.Code = CodeRateLimited
		made.Message = "your address sends too much too fast; put more events into one request, or wait as Retry-After says"
	}
	return made
}

// later is when to come back: at least the wait that is known, and never the same for two clients.
func later(wait time.Duration) time.Duration {
	return max(wait, leastRetryAfter) + rand.N(retryAfterSpread+1)
}
