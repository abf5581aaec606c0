// Package streamtest is the other end of a stream, for tests: a WebSocket client that shares no code with the server's
// library. It writes the bytes of frames as it is told, bad ones too, and keeps a ledger of the positions that it saw.
//
// A client is used by one goroutine that reads and one that writes. Every read has a deadline, see Patience.
package streamtest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// The opcodes of RFC 6455.
const (
	Continuation = 0x0
	Text         = 0x1
	Binary       = 0x2
	Close        = 0x8
	Ping         = 0x9
	Pong         = 0xA
)

// The bits of a frame's first byte beside the opcode.
const (
	Final = 0x80
	RSV1  = 0x40
	RSV2  = 0x20
	RSV3  = 0x10
)

// Client is a WebSocket connection.
type Client struct {
	Network  net.Conn
	Patience time.Duration // for each read; 30s unless it is set
	reader   *bufio.Reader
}

const (
	dialPatience    = 30 * time.Second
	maxMessageBytes = 8 << 20
)

// Closed is what reading ends with when the server has said goodbye.
type Closed struct {
	Code   int // 1005 when the frame had none
	Reason string
}

func (c *Closed) Error() string { return fmt.Sprintf("closed with %d: %s", c.Code, c.Reason) }

// CodeOf is the close code that reading ended with, or 0 when there was none.
func CodeOf(err error) int {
	if closed, is := errors.AsType[*Closed](err); is {
		return closed.Code
	}
	return 0
}

// Dial opens a WebSocket at a path such as /ws?batch=1. Each header is a line such as "Origin: http://a".
func Dial(address, path string, headers ...string) (*Client, error) {
	network, err := net.DialTimeout("tcp", address, dialPatience)
	if err != nil {
		return nil, err
	}
	client := Over(network)
	if err := client.handshake(address, path, headers); err != nil {
		_ = network.Close()
		return nil, err
	}
	return client, nil
}

// Over makes a client of a connection on which the handshake is over.
func Over(network net.Conn) *Client {
	return &Client{Network: network, Patience: dialPatience, reader: bufio.NewReader(network)}
}

// Handshake is a good one, as the bytes of a request.
func Handshake(host, path string, headers ...string) string {
	lines := []string{
		"GET " + path + " HTTP/1.1", "Host: " + host, "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==",
	}
	return strings.Join(append(lines, headers...), "\r\n") + "\r\n\r\n"
}

func (c *Client) handshake(address, path string, headers []string) error {
	if err := c.Write([]byte(Handshake(address, path, headers...))); err != nil {
		return err
	}
	return c.SkipHandshake()
}

// SkipHandshake reads the server's answer to a Handshake that was written, and checks it.
func (c *Client) SkipHandshake() error {
	_ = c.Network.SetReadDeadline(time.Now().Add(c.Patience))
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("handshake answered %s", answer.Status)
	}
	// What RFC 6455 makes of the key that Handshake sends.
	const wanted = "Bz3qJYTGdOe8gUSpLosEdiLKDrk="
	if got := answer.Header.Get("Sec-WebSocket-Accept"); got != wanted {
		return fmt.Errorf("handshake answered key %q, expected %q", got, wanted)
	}
	return nil
}

// Write writes bytes as they are.
func (c *Client) Write(raw []byte) error {
	_, err := c.Network.Write(raw)
	return err
}

// WriteText writes one whole masked text frame.
func (c *Client) WriteText(text string) error { return c.Write(Frame(Final|Text, []byte(text))) }

// Frame is a masked frame whose length is true.
func Frame(first byte, payload []byte) []byte {
	return append(Head(first, true, uint64(len(payload))), Mask(payload)...)
}

// mask is the key of all frames; a fixed one keeps failures the same.
var mask = [4]byte{0x12, 0x34, 0x56, 0x78}

// Mask is the payload under the key that Head announces.
func Mask(payload []byte) []byte {
	masked := make([]byte, len(payload))
	for i, b := range payload {
		masked[i] = b ^ mask[i%len(mask)]
	}
	return masked
}

// Head is the head of a frame that claims a length, in the shortest form that can tell it.
func Head(first byte, masked bool, length uint64) []byte {
	const sevenBits, sixteenBits = 125, 0xffff
	var bit byte
	if masked {
		bit = 0x80
	}
	head := []byte{first}
	switch {
	case length <= sevenBits:
		head = append(head, bit|byte(length))
	case length <= sixteenBits:
		head = binary.BigEndian.AppendUint16(append(head, bit|126), uint16(length))
	default:
		head = binary.BigEndian.AppendUint64(append(head, bit|127), length)
	}
	if masked {
		head = append(head, mask[:]...)
	}
	return head
}

// ReadFrame reads one frame of the server, which must be whole, unmasked and not fragmented.
func (c *Client) ReadFrame() (opcode byte, payload []byte, err error) {
	if err := c.Network.SetReadDeadline(time.Now().Add(c.Patience)); err != nil {
		return 0, nil, err
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(c.reader, head); err != nil {
		return 0, nil, err
	}
	if head[0]&0xf0 != Final || head[1]&0x80 != 0 {
		return 0, nil, fmt.Errorf("server sent the head % x", head)
	}
	length, err := c.readLength(head[1])
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(c.reader, payload)
	return head[0] & 0x0f, payload, err
}

func (c *Client) readLength(short byte) (uint64, error) {
	sizeBytes := map[byte]int{126: 2, 127: 8}[short]
	if sizeBytes == 0 {
		return uint64(short), nil
	}
	long := make([]byte, 8)
	if _, err := io.ReadFull(c.reader, long[8-sizeBytes:]); err != nil {
		return 0, err
	}
	length := binary.BigEndian.Uint64(long)
	if length > maxMessageBytes {
		return 0, fmt.Errorf("server sent a message of %d bytes", length)
	}
	return length, nil
}

// ReadText reads the next text message. It answers pings, and a close with a close; then the error is a [*Closed].
func (c *Client) ReadText() ([]byte, error) {
	for {
		opcode, payload, err := c.ReadFrame()
		if err != nil {
			return nil, err
		}
		switch opcode {
		case Text:
			return payload, nil
		case Ping:
			err = c.Write(Frame(Final|Pong, payload))
		case Pong:
		case Close:
			_ = c.Write(Frame(Final|Close, payload)) // the server may be gone by now
			return nil, closedBy(payload)
		default:
			err = fmt.Errorf("server sent opcode %x", opcode)
		}
		if err != nil {
			return nil, err
		}
	}
}

func closedBy(payload []byte) error {
	const noStatus, codeBytes = 1005, 2
	if len(payload) < codeBytes {
		return &Closed{Code: noStatus}
	}
	return &Closed{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[codeBytes:])}
}

// ReadToEnd drops all messages and says how the stream ended; never nil.
func (c *Client) ReadToEnd() error {
	for {
		if _, err := c.ReadText(); err != nil {
			return err
		}
	}
}

// CloseNow cuts the connection without a goodbye.
func (c *Client) CloseNow() { _ = c.Network.Close() }
