package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/wire"
)

// Form is what viewers ask for.
type Form string

// The forms.
const (
	Session Form = "session" // update frames
	Batch   Form = "batch"   // one array of triples a tick, by WebSocket
	Plain   Form = "plain"   // one triple a message, by WebSocket
	Events  Form = "events"  // one array of triples a tick, by Server-Sent Events
	raw     Form = "raw"     // no handshake: the floor
)

const (
	handshakeTimeout  = 10 * time.Second
	maxHandshakeBytes = 64 << 10 // of the server's answer, and what it sends right behind it
)

// viewersPerAddress keeps the ports of one source address, and what a server allows it, from running out.
const viewersPerAddress = 1000

// target is where the viewers go: an address and the path below which the server answers.
type target struct {
	address netip.AddrPort
	host    string
	base    string
	timeout time.Duration // of a handshake
}

// parseTarget reads a URL such as http://127.0.0.1:8080/. Names other than localhost are refused: raw sockets ask no name
// server, and load belongs to a machine that one has named exactly.
func parseTarget(text string) (target, error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" || parsed.Host == "" {
		return target{}, fmt.Errorf("address %q: must be like http://127.0.0.1:8080; https is not spoken here", text)
	}
	name, port := parsed.Hostname(), parsed.Port()
	if port == "" {
		port = "80"
	}
	if name == "localhost" {
		name = "127.0.0.1"
	}
	address, err := netip.ParseAddrPort(name + ":" + port)
	if err != nil || !address.Addr().Is4() {
		return target{}, fmt.Errorf("address %q: must have an IPv4 address or localhost", text)
	}
	return target{address: address, host: parsed.Host, base: strings.TrimSuffix(parsed.Path, "/"), timeout: handshakeTimeout}, nil
}

// dial connects the viewer of that number; on the loopback network from one of several addresses.
func (t target) dial(number, receiveBytes int) (socket int, err error) {
	socket, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("socket: %w", err)
	}
	if err := t.connect(socket, number, receiveBytes); err != nil {
		_ = unix.Close(socket) // nothing was written
		return 0, err
	}
	return socket, nil
}

func (t target) connect(socket, number, receiveBytes int) error {
	if receiveBytes > 0 {
		if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBytes); err != nil {
			return fmt.Errorf("receive buffer: %w", err)
		}
	}
	if t.address.Addr().IsLoopback() {
		// The port is chosen at connect, so that one port may serve several targets.
		if err := unix.SetsockoptInt(socket, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return fmt.Errorf("bind: %w", err)
		}
		source := [4]byte{127, 0, 0, byte(2 + number/viewersPerAddress)}
		if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: source}); err != nil {
			return fmt.Errorf("bind: %w", err)
		}
	}
	where := &unix.SockaddrInet4{Port: int(t.address.Port()), Addr: t.address.Addr().As4()}
	if err := unix.Connect(socket, where); err != nil {
		return fmt.Errorf("connect to %s: %w", t.address, err)
	}
	return nil
}

// shakeHands opens the stream and, for a session, subscribes. It returns what the server has sent behind its answer.
func (t target) shakeHands(socket int, options LoadOptions) ([]byte, error) {
	if err := writeAll(socket, t.request(options)); err != nil {
		return nil, err
	}
	wanted := "HTTP/1.1 101 "
	if options.Form == Events {
		wanted = "HTTP/1.1 200 "
	}
	patience := unix.NsecToTimeval(t.timeout.Nanoseconds())
	if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	var answer []byte
	var buffer [4 << 10]byte
	for len(answer) < maxHandshakeBytes {
		length, err := unix.Read(socket, buffer[:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return nil, fmt.Errorf("handshake: the server says nothing for %v", t.timeout)
		case err != nil || length == 0:
			return nil, fmt.Errorf("handshake: the server hung up after %.300q: %w", answer, errors.Join(err, io.ErrUnexpectedEOF))
		}
		answer = append(answer, buffer[:length]...)
		head, rest, complete := bytes.Cut(answer, []byte("\r\n\r\n"))
		if !complete {
			continue
		}
		if !bytes.HasPrefix(head, []byte(wanted)) {
			return nil, fmt.Errorf("handshake: the server says %.300q", answer)
		}
		if options.Form == Session {
			err = writeAll(socket, maskedMessage(options.Format, subscribeFrame(options)))
		}
		return rest, err
	}
	return nil, fmt.Errorf("handshake: the answer has no end within %d bytes", maxHandshakeBytes)
}

// request is the opening of the stream.
func (t target) request(options LoadOptions) []byte {
	query := url.Values{}
	if options.Form != Session {
		query["metrics"] = options.Globs
		if options.Form != Plain {
			query.Set("batch", "1")
		}
		if options.Format == FormatCBOR {
			query.Set("format", "cbor")
		}
	}
	path, upgrade := t.base+"/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	switch options.Form {
	case Events:
		// HTTP/1.0 answers come without chunks, which the viewers need not know then.
		return []byte("GET " + t.base + "/events?" + query.Encode() + " HTTP/1.0\r\nHost: " + t.host + "\r\n\r\n")
	case Session:
		upgrade += "Sec-WebSocket-Protocol: " + codecOf(options.Format).Subprotocol() + "\r\n"
	}
	return []byte("GET " + path + "?" + query.Encode() + " HTTP/1.1\r\nHost: " + t.host + "\r\n" + upgrade + "\r\n")
}

func subscribeFrame(options LoadOptions) []byte {
	nothing := 0.0
	return codecOf(options.Format).Append(nil, wire.Subscribe{Metrics: options.Globs, Backfill: &nothing})
}

// maskedMessage is a message as clients must send it. The mask is zero, which leaves the bytes as they are.
func maskedMessage(format Format, message []byte) []byte {
	const final, masked, lengthInTwoBytes, longestShort = 0x80, 0x80, 126, 125
	opcode := byte(opcodeText)
	if format == FormatCBOR {
		opcode = opcodeBinary
	}
	head := []byte{final | opcode, masked | byte(len(message)), 0, 0, 0, 0}
	if len(message) > longestShort {
		head = []byte{final | opcode, masked | lengthInTwoBytes, byte(len(message) >> 8), byte(len(message)), 0, 0, 0, 0}
	}
	return append(head, message...)
}

func writeAll(socket int, data []byte) error {
	for len(data) > 0 {
		length, err := unix.Write(socket, data)
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		data = data[length:]
	}
	return nil
}
