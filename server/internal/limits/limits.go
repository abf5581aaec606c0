package limits

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"
)

// Options sets limits up. Zero values take the defaults that the field comments name.
type Options struct {
	Connections           int     // streams in all; 16000
	ConnectionsPerAddress int     // streams of one address, and of one bearer token; 4000
	HandshakesPerSecond   float64 // streams that one address may open, after a burst of ten times as many; 200
	RequestsPerSecond     float64 // requests that one address may send, after a burst of ten times as many; 200
	BodiesPerAddress      int     // bodies of one address that may be read at the same time; 64
	BodyBytesPerSecond    float64 // what the bodies of one address may weigh, after a burst of four times as much; 4 MiB
	Sockets               int     // connections that are no streams, or not yet; 4096
	TrustedProxies        Proxies // none
	Logger                zerolog.Logger
}

const (
	defaultConnections = 16_000
	defaultPerAddress  = 4_000
	defaultHandshakes  = 200
	defaultRequests    = 200
	defaultBodies      = 64
	defaultBodyBytes   = 4 << 20
	burstSeconds       = 10 // of requests and handshakes: the viewers of one address come back together
	bodyBurstSeconds   = 4
)

// token is the digest of a bearer token; the token itself is not kept.
type token [sha256.Size]byte

// Limits decides who is served.
type Limits struct {
	options  Options
	refusals refusalLog
	sockets  *socketList

	mu          sync.Mutex
	connections int
	addresses   *table
	tokens      map[token]int // connections of each token that has any
}

// New makes limits.
func New(options Options) *Limits {
	setDefault(&options.Connections, defaultConnections)
	setDefault(&options.ConnectionsPerAddress, defaultPerAddress)
	setDefault(&options.HandshakesPerSecond, defaultHandshakes)
	setDefault(&options.RequestsPerSecond, defaultRequests)
	setDefault(&options.BodiesPerAddress, defaultBodies)
	setDefault(&options.BodyBytesPerSecond, defaultBodyBytes)
	setDefault(&options.Sockets, defaultSockets)
	l := &Limits{
		options: options, refusals: refusalLog{logger: options.Logger},
		addresses: newTable(maxVisitors), tokens: make(map[token]int),
	}
	l.sockets = newSocketList(options.Sockets, func(client netip.Addr) { l.refusals.note(IdleSockets, client) })
	return l
}

func setDefault[N int | float64](field *N, standard N) {
	if *field <= 0 {
		*field = standard
	}
}

// Client is the address that a request comes from, as [Proxies.Client] finds it.
func (l *Limits) Client(r *http.Request) netip.Addr { return l.options.TrustedProxies.Client(r) }

// ViaProxy reports whether the peer is a trusted proxy.
func (l *Limits) ViaProxy(r *http.Request) bool {
	return l.options.TrustedProxies.trust(parseAddress(r.RemoteAddr))
}

// AsClient is the request as if its client had sent it without a proxy: for those who log addresses and know no proxies.
func (l *Limits) AsClient(r *http.Request) *http.Request {
	if !l.ViaProxy(r) {
		return r
	}
	direct := *r
	direct.RemoteAddr = netip.AddrPortFrom(l.Client(r), 0).String()
	return &direct
}

// Refused counts the refusals of a cause.
func (l *Limits) Refused(cause Cause) uint64 { return l.refusals.counts[cause].Load() }

// Admit lets a viewer in; leave gives its place back. The error is a [*Refusal].
func (l *Limits) Admit(r *http.Request) (leave func(), err error) {
	client := l.Client(r)
	bearer, hasBearer := bearerOf(r)
	l.mu.Lock()
	visitor := l.addresses.visit(customer(client))
	refused, isRefused := l.judge(visitor, bearer, hasBearer)
	if !isRefused {
		l.enter(visitor, bearer, hasBearer)
	}
	l.mu.Unlock()
	if isRefused {
		l.refusals.note(refused, client)
		return nil, refusal(refused)
	}
	l.sockets.admitted(r)
	return sync.OnceFunc(func() { l.leave(visitor, bearer, hasBearer) }), nil
}

// judge finds the limit that a new connection would break. A handshake counts whether or not it ends well.
func (l *Limits) judge(v *visitor, bearer token, hasBearer bool) (Cause, bool) {
	if v.handshakes == nil {
		v.handshakes = newBucket(l.options.HandshakesPerSecond, burstSeconds)
	}
	switch {
	case !v.handshakes.Allow():
		return Handshakes, true
	case l.connections >= l.options.Connections:
		return Connections, true
	case v.connections >= l.options.ConnectionsPerAddress:
		return AddressPlaces, true
	case hasBearer && l.tokens[bearer] >= l.options.ConnectionsPerAddress:
		return TokenPlaces, true
	}
	return 0, false
}

func (l *Limits) enter(v *visitor, bearer token, hasBearer bool) {
	l.connections++
	v.connections++
	l.addresses.hold(v)
	if hasBearer {
		l.tokens[bearer]++
	}
}

func (l *Limits) leave(v *visitor, bearer token, hasBearer bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connections--
	v.connections--
	l.addresses.letGo(v)
	if !hasBearer {
		return
	}
	if l.tokens[bearer]--; l.tokens[bearer] == 0 {
		delete(l.tokens, bearer)
	}
}

// Connections counts the viewers that are in.
func (l *Limits) Connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.connections
}

// newBucket is a rate with a burst of so many seconds of it.
func newBucket(perSecond float64, burst int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond*float64(burst))))
}

// bearerOf is the digest of a request's bearer token. Whether the token is a good one is not asked here.
func bearerOf(r *http.Request) (token, bool) {
	scheme, secret, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return token{}, false
	}
	return sha256.Sum256([]byte(strings.TrimSpace(secret))), true
}
