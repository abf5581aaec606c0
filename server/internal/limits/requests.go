package limits

import (
	"io"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Requests bounds how many requests an address sends and how much their bodies weigh. The error of the function that it
// makes is a [*Refusal] or the one of serve.
func (l *Limits) Requests(serve func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		bytes, err := l.begin(r)
		if err != nil {
			return err
		}
		if r.Body == nil || r.Body == http.NoBody {
			return serve(w, r)
		}
		counted := *r
		counted.Body = &countedBody{ReadCloser: r.Body, bytes: bytes}
		return serve(w, &counted)
	}
}

// begin counts a request, and refuses it while its address is in debt.
func (l *Limits) begin(r *http.Request) (*rate.Limiter, error) {
	client := l.Client(r)
	l.mu.Lock()
	visitor := l.addresses.visit(customer(client))
	if visitor.requests == nil {
		visitor.requests = newBucket(l.options.RequestsPerSecond, burstSeconds)
		visitor.bytes = newBucket(l.options.BodyBytesPerSecond, bodyBurstSeconds)
	}
	requests, bytes := visitor.requests, visitor.bytes
	l.mu.Unlock()
	if !requests.Allow() {
		return nil, l.refuseRate(RequestRate, requests, client)
	}
	if bytes.Tokens() < 0 {
		return nil, l.refuseRate(BodyRate, bytes, client)
	}
	return bytes, nil
}

// refuseRate refuses until the bucket holds a token again.
func (l *Limits) refuseRate(cause Cause, bucket *rate.Limiter, client netip.Addr) *Refusal {
	l.ledger.note(cause, client)
	refused := refusal(cause)
	seconds := (1 - bucket.Tokens()) / float64(bucket.Limit())
	refused.RetryAfter = later(time.Duration(seconds * float64(time.Second)))
	return refused
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
