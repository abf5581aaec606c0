package limits

import (
	"io"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Requests bounds how many requests an address sends, how much their bodies weigh, and how many of those are read at the
// same time: what is slow to come holds a place. The error of the function that it makes is a [*Refusal] or the one of serve.
func (l *Limits) Requests(serve func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		hasBody := r.Body != nil && r.Body != http.NoBody
		visitor, err := l.begin(l.Client(r), hasBody)
		if err != nil {
			return err
		}
		if !hasBody {
			return serve(w, r)
		}
		defer l.endBody(visitor)
		counted := *r
		counted.Body = &countedBody{ReadCloser: r.Body, bytes: visitor.bytes}
		return serve(w, &counted)
	}
}

// begin counts a request, and refuses it while its address is in debt. One with a body holds a place until endBody.
func (l *Limits) begin(client netip.Addr, hasBody bool) (*visitor, error) {
	l.mu.Lock()
	visitor := l.addresses.visit(customer(client))
	if visitor.requests == nil {
		visitor.requests = newBucket(l.options.RequestsPerSecond, burstSeconds)
		visitor.bytes = newBucket(l.options.BodyBytesPerSecond, bodyBurstSeconds)
	}
	cause, isRefused := l.judgeRequest(visitor, hasBody)
	if !isRefused && hasBody {
		visitor.bodies++
		l.addresses.hold(visitor)
	}
	l.mu.Unlock()
	if isRefused {
		l.refusals.note(cause, client)
		return nil, refusedRequest(cause, visitor)
	}
	return visitor, nil
}

// judgeRequest finds the limit that a request would break.
func (l *Limits) judgeRequest(v *visitor, hasBody bool) (Cause, bool) {
	switch {
	case !v.requests.Allow():
		return RequestRate, true
	case v.bytes.Tokens() < 0:
		return BodyRate, true
	case hasBody && v.bodies >= l.options.BodiesPerAddress:
		return Bodies, true
	}
	return 0, false
}

// refusedRequest refuses, as for rates until there is a token again.
func refusedRequest(cause Cause, v *visitor) *Refusal {
	refused := refusal(cause)
	switch cause {
	case RequestRate:
		refused.RetryAfter = later(untilToken(v.requests))
	case BodyRate:
		refused.RetryAfter = later(untilToken(v.bytes))
	}
	return refused
}

func untilToken(bucket *rate.Limiter) time.Duration {
	seconds := (1 - bucket.Tokens()) / float64(bucket.Limit())
	return time.Duration(seconds * float64(time.Second))
}

func (l *Limits) endBody(v *visitor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v.bodies--
	l.addresses.letGo(v)
}

// countedBody books what is read of a body. The bucket may go below zero: the debt is paid before the next request.
type countedBody struct {
	io.ReadCloser
	bytes *rate.Limiter
}

// Read implements [io.Reader].
func (b *countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	for rest := n; rest > 0; { // one booking may not exceed the burst
		part := min(rest, b.bytes.Burst())
		b.bytes.ReserveN(time.Now(), part)
		rest -= part
	}
	return n, err
}
