package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// floorCommand is the least that a fan-out can cost: one loop of writes to all connections, each full second, by system
// calls and without a goroutine for each. Nobody could ship it, since one slow reader would lose its messages.
type floorCommand struct {
	Bytes    int           `default:"500" help:"Length of a message with its WebSocket header."`
	Interval time.Duration `default:"1s" help:"Time between two messages."`
}

// Run takes connections without a handshake and writes to them until the context ends.
func (c *floorCommand) Run(ctx context.Context) error {
	listener, address, err := listenRaw()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(listener) }() // the process ends
	fmt.Println("floor at http://" + address + "/")
	var connections []int
	for ctx.Err() == nil {
		connections = acceptAll(listener, connections)
		now := time.Now()
		if next := now.Truncate(c.Interval).Add(c.Interval); next.Sub(now) > acceptPause {
			_ = sleep(ctx, acceptPause) // the loop looks at the context
			continue
		} else if err := sleep(ctx, next.Sub(now)); err != nil {
			return nil
		}
		message := floorMessage(time.Now(), c.Bytes)
		for _, connection := range connections {
			writeRaw(connection, message)
		}
	}
	return nil
}

// writeRaw is write(2) as C calls it: Go's scheduler is not told, which a call that never waits need not. A connection that
// is full or gone loses its message.
func writeRaw(connection int, message []byte) {
	first := unsafe.Pointer(unsafe.SliceData(message))
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(connection), uintptr(first), uintptr(len(message)))
}

const acceptPause = 100 * time.Millisecond

// listenRaw listens on a free port, without the runtime's poller.
func listenRaw() (listener int, address string, err error) {
	listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, "", fmt.Errorf("floor: socket: %w", err)
	}
	if err := unix.Bind(listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, "", fmt.Errorf("floor: bind: %w", err)
	}
	if err := unix.Listen(listener, unix.SOMAXCONN); err != nil {
		return 0, "", fmt.Errorf("floor: listen: %w", err)
	}
	bound, err := unix.Getsockname(listener)
	if err != nil {
		return 0, "", fmt.Errorf("floor: address: %w", err)
	}
	own := bound.(*unix.SockaddrInet4)
	return listener, net.JoinHostPort("127.0.0.1", fmt.Sprint(own.Port)), nil
}

func acceptAll(listener int, connections []int) []int {
	for {
		connection, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return connections
		}
		connections = append(connections, connection)
	}
}

// floorMessage is a WebSocket message like an update frame, filled up with blanks to its length.
func floorMessage(now time.Time, length int) []byte {
	text := wire.JSON{}.Append(nil, wire.Update{Host: "floor", Seq: 1, Timestamp: metric.TimestampOf(now)})
	const headerBytes = 4 // of messages of 126 bytes to 64 KiB
	text = append(text, bytes.Repeat([]byte{' '}, max(0, length-headerBytes-len(text)))...)
	const finalText, lengthInTwoBytes = 0x81, 126
	return append([]byte{finalText, lengthInTwoBytes, byte(len(text) >> 8), byte(len(text))}, text...)
}
