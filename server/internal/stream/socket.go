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

	"vitals/internal/wire"
)

const (
	vanishedTimeout    = 15 * time.Second // a peer whose machine acknowledges nothing for so long is gone
	socketWriteBytes   = 64 << 10         // the kernel's buffer, so that it does not hide a slow peer for long
	socketUnsentBytes  = 16 << 10         // of that what is not on its way yet: it would grow old there
	socketReadBytes    = 512              // viewers say little; longer messages are read past the buffer
	controlFrameBytes  = 256              // more than a whole control frame, so that the library writes each in one piece
	maxBytesInGoodbye  = 4 << 20          // what a peer that does not stop may send after the goodbye
	unknownCloseStatus = websocket.StatusCode(-1)
)

// socket is a WebSocket of the library with a guard below it. The library does the handshake, reads, answers what is wrong
// with the peer's frames and closes. Data frames and pongs are written past it: it knows no frame that is made once for
// all. Its own writes are close frames only, and go through the guard, so that they never stand inside a message.
type socket struct {
	net.Conn // what the library reads
	viewer   *viewer
	library  *websocket.Conn
	reader   *bufio.Reader // the library's
	binary   bool          // messages are binary, else text
	left     allowance

	inMessage bool // the head of its first frame is complete; only the reading goroutine looks at it
}

var (
	errSilenced = errors.New("write close frame: one was written before")
	errBroken   = errors.New("write close frame: the message before it could not be written")
)

// accept answers the handshake. The origin has been checked by the caller.
func (s *Streams) accept(w http.ResponseWriter, r *http.Request, request viewerRequest) (*socket, error) {
	codec := codecOf(request.format)
	guard := &socket{binary: codec.Binary(), left: newAllowance(s.limits)}
	library, err := websocket.Accept(&connectionKeeper{ResponseWriter: w, socket: guard}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{codec.Subprotocol()},
		InsecureSkipVerify: true, // the web room compares origins with its own settings
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     guard.pinged,
		OnPongReceived:     func(context.Context, []byte) { guard.controlEnded() },
	})
	if err != nil {
		return nil, err
	}
	library.SetReadLimit(wire.MaxClientFrameBytes)
	guard.library = library
	if tcp, isTCP := guard.Conn.(*net.TCPConn); isTCP {
		tune(tcp)
	}
	guard.viewer = s.newViewer(lineOf(guard.Conn), request, s.peer(r))
	return guard, nil
}

// connectionKeeper puts the guard between the network connection and the library that takes it over.
type connectionKeeper struct {
	http.ResponseWriter
	socket *socket
}

// Hijack implements [http.Hijacker].
func (k *connectionKeeper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	network, buffers, err := http.NewResponseController(k.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	k.socket.Conn = network
	if buffers.Reader.Buffered() == 0 { // else the client has sent something already, which is in the large buffer
		buffers.Reader = bufio.NewReaderSize(network, socketReadBytes)
	}
	buffers.Writer = bufio.NewWriterSize(k.socket, controlFrameBytes)
	k.socket.reader = buffers.Reader
	return k.socket, buffers, nil
}

// Read implements [net.Conn] for the library: it starts the clock of a message with its first byte, before the library
// knows that there is one, and counts everything that comes, whatever it is.
func (s *socket) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if n <= 0 || err != nil {
		return n, err
	}
	if s.viewer.ending.Load() != nil {
		return 0, net.ErrClosed
	}
	now := s.viewer.streams.beat.Load()
	s.viewer.pulse.heard(now)
	s.startClock(now)
	if !spend(s.left.bytes, n) {
		s.viewer.streams.counts.cut(cutFlood)
		return 0, errManyBytes
	}
	return n, nil
}

// Write implements [net.Conn] for the library, which writes whole close frames and nothing else.
func (s *socket) Write(p []byte) (int, error) { return s.viewer.lastWords(p) }

// startClock begins to count the time of a message, unless it is counted already.
func (s *socket) startClock(now uint32) { s.viewer.pulse.messageSince.CompareAndSwap(0, now) }

// startBuffered begins to count it if something of the next message has come already.
func (s *socket) startBuffered() {
	if s.reader.Buffered() > 0 {
		s.startClock(s.viewer.streams.beat.Load())
	}
}

func (s *socket) stopClock() { s.viewer.pulse.messageSince.Store(0) }

// controlEnded stops the clock if it ran for a control frame alone.
func (s *socket) controlEnded() {
	if !s.inMessage {
		s.stopClock()
		s.startBuffered()
	}
}

// pinged has a ping answered between two messages. That may have to wait for the peer to take what it has been sent; until
// then nothing more is read from it.
func (s *socket) pinged(_ context.Context, payload []byte) bool {
	s.controlEnded()
	v := s.viewer
	if v.ending.Load() != nil {
		return false
	}
	if !spend(s.left.pings, 1) {
		v.streams.counts.cut(cutFlood)
		v.end(errManyPings)
		return false
	}
	v.mu.Lock()
	v.pong = append(make([]byte, 0, len(payload)), payload...)
	v.mu.Unlock()
	v.wake()
	return false // the library is not to write
}

// read waits for a message, however long, and takes it. Everything that is not a message of the right kind, of a bounded
// size and well formed is an error with its close code.
func (s *socket) read() ([]byte, error) {
	s.startBuffered() // the clock did not run while the message before was obeyed
	kind, reader, err := s.library.Reader(context.Background())
	if err != nil {
		return nil, err
	}
	if s.inMessage = true; (kind == websocket.MessageBinary) != s.binary {
		return nil, s.wrongKind()
	}
	message, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	if !s.binary && !utf8.Valid(message) {
		return nil, &closing{websocket.StatusInvalidFramePayloadData, "not valid UTF-8"}
	}
	s.inMessage = false
	s.stopClock()
	if !spend(s.left.messages, 1) {
		s.viewer.streams.counts.cut(cutFlood)
		return nil, errManyMessages
	}
	return message, nil
}

func (s *socket) wrongKind() error {
	reason := "this stream takes text"
	if s.binary {
		reason = "this stream takes binary messages"
	}
	return &closing{websocket.StatusUnsupportedData, reason}
}

// close says goodbye as the cause wants it and frees the connection, all within goodbyeTimeout of the end.
func (s *socket) close(end *ending) {
	defer func() { _ = s.library.CloseNow() }() // it fails only if it is closed already
	var wanted *closing
	switch {
	case errors.As(end.cause, &wanted):
	case isGone(end.cause):
		return
	default: // the library has said what the peer did wrong, or it was a frame that it only refuses
		wanted = &closing{websocket.StatusProtocolError, "protocol error"}
	}
	if _, err := s.viewer.lastWords(closeFrame(wanted)); !errors.Is(err, errBroken) {
		s.drain(end.by)
	}
}

// drain reads on until the peer has closed, too: a connection that is closed with something unread is reset, and the peer
// may lose the goodbye. The library's own close would take the rest of a message for a new one, and trust its length.
func (s *socket) drain(until time.Time) {
	_ = s.SetReadDeadline(until) // these fail only on a connection that is closed
	if halves, has := s.Conn.(interface{ CloseWrite() error }); has {
		_ = halves.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(s.Conn, maxBytesInGoodbye))
}

// isGone reports whether there is nobody left to say goodbye to, or nobody worth it.
func isGone(cause error) bool {
	var network net.Error
	return websocket.CloseStatus(cause) != unknownCloseStatus || errors.As(cause, &network) || errors.Is(cause, io.EOF) ||
		errors.Is(cause, io.ErrUnexpectedEOF) || errors.Is(cause, net.ErrClosed) ||
		errors.Is(cause, errStalled) || errors.Is(cause, errHalf) || errors.Is(cause, errVanished)
}
