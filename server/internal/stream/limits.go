package stream

import (
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Limits are what one connection may send. Zero values take the defaults that the field comments name.
type Limits struct {
	MessagesPerSecond int // 20
	MessageBurst      int // 40
	BytesPerSecond    int // 32 KiB, of everything that comes in on the connection, control frames too
	ByteBurst         int // 64 KiB
	PingsPerSecond    int // 5
	PingBurst         int // 20
}

func (l Limits) withDefaults() Limits {
	for _, setting := range []struct {
		field    *int
		standard int
	}{
		{&l.MessagesPerSecond, 20},
		{&l.MessageBurst, 40},
		{&l.BytesPerSecond, 32 << 10},
		{&l.ByteBurst, 64 << 10},
		{&l.PingsPerSecond, 5},
		{&l.PingBurst, 20},
	} {
		if *setting.field <= 0 {
			*setting.field = setting.standard
		}
	}
	return l
}

// allowance is what is left of the limits of one connection.
type allowance struct {
	messages, bytes, pings *rate.Limiter
}

func newAllowance(limits Limits) allowance {
	return allowance{
		messages: rate.NewLimiter(rate.Limit(limits.MessagesPerSecond), limits.MessageBurst),
		bytes:    rate.NewLimiter(rate.Limit(limits.BytesPerSecond), limits.ByteBurst),
		pings:    rate.NewLimiter(rate.Limit(limits.PingsPerSecond), limits.PingBurst),
	}
}

// Why a client that sends too much is closed, with 1008: it should not come back as it is.
var (
	errManyMessages = flood("too many messages a second; hello.limits says how many are allowed")
	errManyBytes    = flood("too many bytes a second; hello.limits says how many are allowed")
	errManyPings    = flood("too many pings a second")
)

func flood(reason string) *closing { return &closing{websocket.StatusPolicyViolation, reason} }

// spend takes so many off; false when there are not so many left.
func spend(limiter *rate.Limiter, count int) bool { return limiter.AllowN(time.Now(), count) }
