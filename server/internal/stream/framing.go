package stream

import (
	"encoding/binary"
	"time"

	"github.com/coder/websocket"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// framing puts messages into the bytes of a transport. It has no state, and the bytes may be shared by all viewers.
type framing interface {
	// Begin appends what stands before a message, or room for it.
	Begin(dst []byte) []byte
	// Seal completes the message that began at start and ends with dst.
	Seal(dst []byte, start int, id messageID) []byte
	// Gap tells a plain viewer what it will never see, if the transport has words for that.
	Gap(dst []byte, gap wire.Gap) []byte
	// Ping asks for a sign of life, or gives one.
	Ping(dst []byte, now metric.TimestampMs, served messageID) []byte
	// Goodbye is the last that a viewer gets, where the transport has no close of its own.
	Goodbye(dst []byte, cause *closing) []byte
}

// messageID is what a viewer of an event stream may come back with. The zero value is none.
type messageID struct {
	serial uint64 // of the tick
	part   int    // how many messages of the tick are here with this one; 0: all
	// conflation is the interval of the rows that serial counts, if the viewer did not ask for it.
	conflation time.Duration
}

// The bits and opcodes of RFC 6455 that a server writes. Its frames are whole and have no mask.
const (
	finalText   = 0x80 | 0x1
	finalBinary = 0x80 | 0x2
	finalPing   = 0x80 | 0x9
	finalPong   = 0x80 | 0xA
	finalClose  = 0x80 | 0x8
)

// The three forms of a frame's head, by the length of the payload.
const (
	shortHead, mediumHead, longHead = 2, 4, 10
	shortPayload, mediumPayload     = 125, 0xFFFF
	mediumMark, longMark            = 126, 127
)

// webSocketFraming writes frames of RFC 6455.
type webSocketFraming struct{ first byte }

func webSocketFramingOf(of format) webSocketFraming {
	if of == formatCBOR {
		return webSocketFraming{finalBinary}
	}
	return webSocketFraming{finalText}
}

// Begin implements [framing]: it leaves room for the head that most messages have.
func (f webSocketFraming) Begin(dst []byte) []byte { return append(dst, f.first, 0, 0, 0) }

// Seal implements [framing]: the payload is moved if its head is not of the usual length.
func (f webSocketFraming) Seal(dst []byte, start int, _ messageID) []byte {
	body := start + mediumHead
	switch length := len(dst) - body; {
	case length <= shortPayload:
		copy(dst[start+shortHead:], dst[body:])
		dst[start+1] = byte(length)
		return dst[:start+shortHead+length]
	case length <= mediumPayload:
		dst[start+1] = mediumMark
		binary.BigEndian.PutUint16(dst[start+2:], uint16(length))
		return dst
	default:
		dst = append(dst, make([]byte, longHead-mediumHead)...)
		copy(dst[start+longHead:], dst[body:])
		dst[start+1] = longMark
		binary.BigEndian.PutUint64(dst[start+2:], uint64(length))
		return dst
	}
}

// Gap implements [framing]: the plain stream of a WebSocket has no words beside its events.
func (webSocketFraming) Gap(dst []byte, _ wire.Gap) []byte { return dst }

// Ping implements [framing].
func (webSocketFraming) Ping(dst []byte, _ metric.TimestampMs, _ messageID) []byte {
	return append(dst, finalPing, 0)
}

// Goodbye implements [framing]: a WebSocket is closed by its library.
func (webSocketFraming) Goodbye(dst []byte, _ *closing) []byte { return dst }

// closing ends a viewer in words.
type closing struct {
	code   websocket.StatusCode
	reason string
}

func (c *closing) Error() string { return c.reason }

// closeFrame is the last frame of a WebSocket.
func closeFrame(c *closing) []byte {
	const codeBytes = 2
	frame := []byte{finalClose, byte(codeBytes + len(c.reason))} // our own words are short
	frame = binary.BigEndian.AppendUint16(frame, uint16(c.code))
	return append(frame, c.reason...)
}

// Close codes of our own. 4000 to 4499 mean "come back", 4500 to 4999 mean "do not".
const closeBadRequest websocket.StatusCode = 4500

var errShutdown = &closing{websocket.StatusServiceRestart, "the server is stopping, come back soon"}
