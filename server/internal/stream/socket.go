package stream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"golang.org/x/sys/unix"

	"vitals/internal/wire"
)

const (
	sendTimeout      = 10 * time.Second // a peer that takes no byte for so long is cut
	messageTimeout   = 10 * time.Second // a message must be complete so long after it began
	goodbyeTimeout   = 5 * time.Second  // for the close handshake
	vanishedTimeout  = 20 * time.Second // a peer whose machine acknowledges nothing for so long is gone
	socketWriteBytes = 64 << 10         // the kernel's buffer, so that it does not hide a slow peer for long
	socketReadBytes  = 512              // viewers say little; longer messages are read past the buffer
)

// Close codes of our own. 4000 to 4499 mean "come back", 4500 to 4999 mean "do not".
const (
	closeBadRequest websocket.StatusCode = 4500
)

// socket is a WebSocket connection with a deadline on everything. The deadlines are set on the network connection below
// the library: its own way, a context per operation, costs a timer each and cannot bound its close handshake.
type socket struct {
	conn      *websocket.Conn
	deadlines *deadlines
}

// closing ends a viewer with a close frame.
type closing struct {
	code   websocket.StatusCode
	reason string
}

func (c *closing) Error() string { return c.reason }

var errShutdown = &closing{websocket.StatusServiceRestart, "the server is stopping, come back soon"}

// accept answers the handshake. The origin has been checked by the caller.
func accept(w http.ResponseWriter, r *http.Request) (*socket, error) {
	deadlines := &deadlines{}
	keeper := &connectionKeeper{ResponseWriter: w, deadlines: deadlines}
	conn, err := websocket.Accept(keeper, r, &websocket.AcceptOptions{
		Subprotocols:       []string{wire.SubprotocolJSON},
		InsecureSkipVerify: true, // the web room compares origins with its own settings
		CompressionMode:    websocket.CompressionDisabled,
		// These live as long as the viewer. They must not hold the keeper, and with it all that the request left behind.
		OnPingReceived: func(context.Context, []byte) bool { deadlines.controlEnded(); return true },
		OnPongReceived: func(context.Context, []byte) { deadlines.controlEnded() },
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(wire.MaxClientFrameBytes)
	if tcp, isTCP := deadlines.network.(*net.TCPConn); isTCP {
		tune(tcp)
	}
	return &socket{conn: conn, deadlines: deadlines}, nil
}

// tune asks the kernel not to hide a slow or vanished peer for long. These are wishes; the stream works without.
func tune(tcp *net.TCPConn) {
	_ = tcp.SetWriteBuffer(socketWriteBytes)
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(descriptor uintptr) {
		_ = unix.SetsockoptInt(int(descriptor), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(vanishedTimeout.Milliseconds()))
	})
}

// connectionKeeper remembers the network connection that the library takes over.
type connectionKeeper struct {
	http.ResponseWriter
	deadlines *deadlines
}

// Hijack implements [http.Hijacker].
func (k *connectionKeeper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	network, buffers, err := http.NewResponseController(k.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	k.deadlines.network = network
	watched := &watchedConn{Conn: network, deadlines: k.deadlines}
	if buffers.Reader.Buffered() == 0 { // else the client has sent something already, which is in the large buffer
		buffers.Reader = bufio.NewReaderSize(watched, socketReadBytes)
	}
	return watched, buffers, nil
}

// Send implements [sink].
func (s *socket) Send(message []byte) error {
	if err := s.deadlines.sendBegins(sendTimeout); err != nil {
		return err
	}
	if err := s.conn.Write(context.Background(), websocket.MessageText, message); err != nil {
		return err
	}
	return s.deadlines.sendEnded()
}

// Heartbeat implements [sink].
func (s *socket) Heartbeat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return s.conn.Ping(ctx)
}

// read waits for a message, however long, and takes it, within messageTimeout. Everything that is not text in UTF-8 of
// a bounded size is an error with its close code.
func (s *socket) read() ([]byte, error) {
	kind, reader, err := s.conn.Reader(context.Background())
	if err != nil {
		return nil, err
	}
	if kind != websocket.MessageText {
		return nil, &closing{websocket.StatusUnsupportedData, "this protocol is text"}
	}
	if err := s.deadlines.messageBegan(); err != nil {
		return nil, err
	}
	message, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(message) {
		return nil, &closing{websocket.StatusInvalidFramePayloadData, "not valid UTF-8"}
	}
	s.deadlines.messageEnded()
	return message, nil
}

// leave bounds what is being sent, and the goodbye after it, by goodbyeTimeout.
func (s *socket) leave() { s.deadlines.leave(goodbyeTimeout) }

// close says goodbye as the cause wants it and frees the connection within goodbyeTimeout.
func (s *socket) close(cause error) {
	var wanted *closing
	switch {
	case errors.As(cause, &wanted):
	case isGone(cause):
		_ = s.conn.CloseNow()
		return
	default: // the library has said what the peer did wrong, or it was a frame that it only refuses
		wanted = &closing{websocket.StatusProtocolError, "protocol error"}
	}
	s.leave()
	_ = s.conn.Close(wanted.code, wanted.reason)
}

// isGone reports whether there is nobody left to say goodbye to.
func isGone(cause error) bool {
	var network net.Error
	return websocket.CloseStatus(cause) != -1 || errors.As(cause, &network) || errors.Is(cause, io.EOF) ||
		errors.Is(cause, io.ErrUnexpectedEOF) || errors.Is(cause, net.ErrClosed) || errors.Is(cause, context.DeadlineExceeded)
}
