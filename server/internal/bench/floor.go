package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// FloorOptions set the floor up.
type FloorOptions struct {
	MessageBytes int           // length of a message with its WebSocket head
	Interval     time.Duration // between two rounds; they begin at its multiples
}

// ServeFloor is the least that a fan-out can cost: one loop of write(2) to all connections in each interval, without a
// handshake, goroutines or the scheduler in between. Nobody could ship it, since one slow reader would lose its messages.
// It prints its address as a server does and runs until the context ends.
func ServeFloor(ctx context.Context, out io.Writer, options FloorOptions) error {
	listener, address, err := listenRaw()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(listener) }() // the process ends
	fmt.Fprintf(out, "floor at http://%s/\n", address)
	var connections []int
	for round := uint64(1); ctx.Err() == nil; round++ {
		due := time.Now().Truncate(options.Interval).Add(options.Interval)
		for time.Until(due) > 0 && ctx.Err() == nil {
			connections = acceptAll(listener, connections)
			const pause = 50 * time.Millisecond
			_ = Sleep(ctx, min(time.Until(due), pause)) // the loops look at the context
		}
		writeRound(connections, floorMessage(time.Now(), round, options.MessageBytes))
	}
	return nil
}

// writeRound writes to each connection. The system call does not tell Go's scheduler: a loop in C would not either.
func writeRound(connections []int, message []byte) {
	for _, connection := range connections {
		_, _, _ = rawWrite(connection, message) // who is full or gone loses the message: this is a floor, no server
	}
}

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
	own, is := bound.(*unix.SockaddrInet4)
	if !is {
		return 0, "", errors.New("floor: address: not IPv4")
	}
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
func floorMessage(now time.Time, round uint64, length int) []byte {
	text := wire.JSON{}.Append(nil, wire.Update{Host: "floor", Seq: round, Timestamp: metric.TimestampOf(now)})
	const headBytes = 4 // of messages of 126 bytes to 64 KiB
	text = append(text, bytes.Repeat([]byte{' '}, max(0, length-headBytes-len(text)))...)
	const finalText, lengthInTwoBytes = 0x81, 126
	return append([]byte{finalText, lengthInTwoBytes, byte(len(text) >> 8), byte(len(text))}, text...)
}
