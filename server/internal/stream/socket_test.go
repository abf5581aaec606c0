package stream

import (
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A peer that reads a little now and then is never given up by the kernel, as it would be by a TCP_USER_TIMEOUT; nor does
// the question whether it has vanished take it for one that has.
func TestTheKernelGivesUpNobodyWhoReadsSlowly(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	network, err := net.Dial("tcp", listener.Addr().String())
	must(t, err)
	defer network.Close()
	peer, err := listener.Accept()
	must(t, err)
	defer peer.Close()
	tcp := network.(*net.TCPConn)
	tune(tcp)
	raw, err := tcp.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(descriptor uintptr) {
		got, err := unix.GetsockoptInt(int(descriptor), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		if err != nil || got != 0 {
			t.Errorf("it gives up after %d ms, %v", got, err)
		}
	}))
	line := newTCPLine(tcp, raw)
	filling := make([]byte, 64<<10)
	for { // until nothing fits any more
		written, err := line.TryWrite(filling)
		must(t, err)
		if written < len(filling) {
			break
		}
	}
	if line.Vanished() {
		t.Error("a peer whose window is full has vanished")
	}
	must(t, peer.SetReadDeadline(time.Now().Add(30*time.Second)))
	if _, err := io.ReadFull(peer, make([]byte, 1<<10)); err != nil {
		t.Fatal(err)
	}
	if line.Vanished() {
		t.Error("a peer that reads has vanished")
	}
}
