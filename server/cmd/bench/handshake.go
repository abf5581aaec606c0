package main

import (
	"bytes"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"vitals/internal/wire"
)

// loadGlobs choose the series of a usual machine, about 60, out of those that a simulated one has.
func loadGlobs() []string {
	return []string{
		"cpu*", "load*", "memory*", "swap*", "disk*", "network*", "pressure*", "processes", "uptime", "vitals*", "temperature*",
	}
}

// viewersPerAddress keeps the ports of one source address from running out.
const viewersPerAddress = 5000

// dialRaw connects from one of several addresses of the loopback network.
func dialRaw(address string, number int) (socket int, err error) {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, err
	}
	socket, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("socket: %w", err)
	}
	// The port is chosen at connect, so that one port may serve several targets.
	if err := unix.SetsockoptInt(socket, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
		return 0, fmt.Errorf("bind: %w", err)
	}
	source := [4]byte{127, 0, 0, byte(2 + number/viewersPerAddress)}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: source}); err != nil {
		return 0, fmt.Errorf("bind: %w", err)
	}
	if err := unix.Connect(socket, &unix.SockaddrInet4{Port: int(target.Port()), Addr: target.Addr().As4()}); err != nil {
		return 0, fmt.Errorf("connect: %w", err)
	}
	return socket, nil
}

// shakeHands opens a WebSocket and, for a session, subscribes. It returns what the server has sent behind its answer.
func shakeHands(socket int, address string, form loadForm) ([]byte, error) {
	if err := writeAll(socket, upgradeRequest(address, form)); err != nil {
		return nil, err
	}
	var answer []byte
	var buffer [4 << 10]byte
	for {
		length, err := unix.Read(socket, buffer[:])
		if err != nil || length == 0 {
			return nil, fmt.Errorf("handshake: the server hung up after %q: %w", answer, err)
		}
		answer = append(answer, buffer[:length]...)
		if head, rest, complete := bytes.Cut(answer, []byte("\r\n\r\n")); complete {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
				return nil, fmt.Errorf("handshake: the server says %.200q", answer)
			}
			if form == formSession {
				err = writeAll(socket, maskedText(subscribeFrame()))
			}
			return rest, err
		}
	}
}

func upgradeRequest(address string, form loadForm) []byte {
	query, subprotocol := "", "Sec-WebSocket-Protocol: "+wire.SubprotocolJSON+"\r\n"
	if form == formBatch {
		query, subprotocol = "?batch=1", ""
		for _, glob := range loadGlobs() {
			query += "&metrics=" + glob
		}
	}
	return []byte("GET /ws" + query + " HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + subprotocol + "\r\n")
}

func subscribeFrame() []byte {
	nothing := 0.0
	return wire.JSON{}.Append(nil, wire.Subscribe{Metrics: loadGlobs(), Backfill: &nothing})
}

// maskedText is a text message of 126 to 65535 bytes as clients must send it. The mask is zero, which leaves the text as it is.
func maskedText(text []byte) []byte {
	const finalText, maskedLengthInTwoBytes = 0x81, 0x80 | 126
	return append([]byte{finalText, maskedLengthInTwoBytes, byte(len(text) >> 8), byte(len(text)), 0, 0, 0, 0}, text...)
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
