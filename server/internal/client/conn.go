package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"vitals/internal/wire"
)

const (
	helloTimeout    = 10 * time.Second // from the first packet to the hello
	silenceTimeout  = 25 * time.Second // the server says something every 10 s
	sendTimeout     = 10 * time.Second
	maxMessageBytes = 16 << 20
	maxRedirects    = 3
)

// Conn is a connection to a server that has said hello. One goroutine may read and others send at the same time. After an
// error of Read the connection is of no more use; Close it in any case.
type Conn struct {
	hello   wire.Hello
	socket  *websocket.Conn
	codec   wire.Codec
	kind    websocket.MessageType
	silence *time.Timer
	silent  atomic.Bool
	closed  atomic.Bool
	read    atomic.Uint64
}

// How says how a connection is made. The zero value is right for most.
type How struct {
	Codec  wire.Codec  // JSON unless it is set; both carry the same numbers
	Header http.Header // goes with every handshake, only to this server
	// Network opens the connection below, for programs that want to say from where. Proxies of the environment are not
	// asked then.
	Network func(ctx context.Context, network, address string) (net.Conn, error)
}

// errSilent is why a connection was cut that the network has not given up yet.
var errSilent = fmt.Errorf("the server said nothing for %s", silenceTimeout)

// Dial opens a connection and waits for its hello, for 10 s at most. If the server answers but opens no WebSocket, the
// error is a [*Refusal].
func Dial(ctx context.Context, address Address, how How) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	c := &Conn{codec: how.codec(), kind: websocket.MessageText}
	if c.codec.Binary() {
		c.kind = websocket.MessageBinary
	}
	//nolint:bodyclose // the library has closed it, or it is the socket's
	socket, response, err := websocket.Dial(ctx, address.At("ws"), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: how.transport(), CheckRedirect: StayOnHost},
		HTTPHeader:   how.Header,
		Subprotocols: []string{c.codec.Subprotocol()},
		OnPingReceived: func(context.Context, []byte) bool {
			c.heard()
			return true
		},
	})
	if err != nil {
		return nil, dialError(ctx, response, err)
	}
	socket.SetReadLimit(maxMessageBytes)
	c.socket = socket
	if err := c.readHello(ctx); err != nil {
		c.Close()
		return nil, err
	}
	c.silence = time.AfterFunc(silenceTimeout, func() {
		c.silent.Store(true)
		_ = socket.CloseNow()
	})
	return c, nil
}

func (h How) codec() wire.Codec {
	if h.Codec == nil {
		return wire.JSON{}
	}
	return h.Codec
}

// transport keeps nothing, so that nothing outlives a refused handshake.
func (h How) transport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	if h.Network != nil {
		transport.DialContext, transport.Proxy = h.Network, nil
	}
	return transport
}

func dialError(ctx context.Context, response *http.Response, err error) error {
	if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
		return ReadRefusal(response)
	}
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s: %w", helloTimeout, err)
	}
	return err
}

// StayOnHost refuses a redirect that leads to another host, or from https to http. It fits [http.Client].
func StayOnHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if next.URL.Host != first.Host || isSecure(first) && !isSecure(next.URL) {
		return fmt.Errorf("the server redirects to %s://%s, which was not asked for", next.URL.Scheme, next.URL.Host)
	}
	return nil
}

func isSecure(address *url.URL) bool { return address.Scheme == "https" || address.Scheme == "wss" }

func (c *Conn) readHello(ctx context.Context) error {
	if wanted, got := c.codec.Subprotocol(), c.socket.Subprotocol(); got != wanted {
		return fmt.Errorf("%w: the server does not speak %s; it chose %q", ErrHello, wanted, got)
	}
	frame, err := c.readFrame(ctx)
	if err != nil {
		return fmt.Errorf("wait for the hello: %w", err)
	}
	hello, is := frame.(wire.Hello)
	switch {
	case !is:
		return fmt.Errorf("%w: the first frame is a %T", ErrHello, frame)
	case hello.Protocol != wire.Version:
		return fmt.Errorf("%w: the server speaks %d, this program %d", ErrProtocol, hello.Protocol, wire.Version)
	}
	c.hello = hello
	return nil
}

// Hello is what the server said first.
func (c *Conn) Hello() wire.Hello { return c.hello }

// BytesRead counts the bytes of the messages that were read.
func (c *Conn) BytesRead() uint64 { return c.read.Load() }

// Read waits for the next frame. Frames of types that this program does not know are passed over. When ctx ends, the
// connection ends with it.
func (c *Conn) Read(ctx context.Context) (wire.Frame, error) {
	for {
		frame, err := c.readFrame(ctx)
		if c.silent.Load() {
			return nil, errSilent
		}
		if err != nil || frame != nil {
			return frame, err
		}
	}
}

func (c *Conn) readFrame(ctx context.Context) (wire.Frame, error) {
	kind, message, err := c.socket.Read(ctx)
	if err != nil {
		return nil, err
	}
	c.heard()
	c.read.Add(uint64(len(message)))
	if kind != c.kind {
		return nil, fmt.Errorf("the server sent a message of the wrong kind, %s", kind)
	}
	frame, err := c.codec.DecodeServer(message)
	if err != nil {
		return nil, fmt.Errorf("the server sent a frame that cannot be read: %w", err)
	}
	return frame, nil
}

func (c *Conn) heard() {
	if c.silence != nil && !c.closed.Load() {
		c.silence.Reset(silenceTimeout)
	}
}

// Send sends a frame, within 10 s.
func (c *Conn) Send(ctx context.Context, frame wire.Frame) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return c.socket.Write(ctx, c.kind, c.codec.Append(nil, frame))
}

// Close cuts the connection. The server does not mind: it finds out at once.
func (c *Conn) Close() {
	c.closed.Store(true)
	if c.silence != nil {
		c.silence.Stop()
	}
	_ = c.socket.CloseNow()
}
