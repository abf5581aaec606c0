package stream

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheKernelGivesUpOnAVanishedPeer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	network, err := net.Dial("tcp", listener.Addr().String())
	must(t, err)
	defer network.Close()
	tcp := network.(*net.TCPConn)
	tune(tcp)
	raw, err := tcp.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(descriptor uintptr) {
		got, err := unix.GetsockoptInt(int(descriptor), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		if err != nil || got != int(vanishedTimeout.Milliseconds()) {
			t.Errorf("it gives up after %d ms, %v", got, err)
		}
	}))
}
