package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
)

// dialFrom opens a connection from a loopback address of ours.
func dialFrom(from, address string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	return dialer.Dial("tcp", address)
}

// handshakeFrom asks for a WebSocket and gives the answer's status and when to come back.
func handshakeFrom(from, address string, headers ...string) (status int, retryAfter string, conn net.Conn, err error) {
	conn, err = dialFrom(from, address)
	if err != nil {
		return 0, "", nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err = io.WriteString(conn, streamtest.Handshake(address, "/ws", headers...)); err != nil {
		return 0, "", conn, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "", conn, err
	}
	return answer.StatusCode, answer.Header.Get("Retry-After"), conn, nil
}

func TestTooManyStreamsAreToldToComeBack(t *testing.T) {
	t.Parallel()
	program := start(t, "--max-connections=20", "--max-connections-per-address=6")
	var open []net.Conn
	defer func() {
		for _, conn := range open {
			_ = conn.Close()
		}
	}()
	for host := range 4 {
		for i := range 8 {
			status, wait, conn, err := handshakeFrom(fmt.Sprintf("127.0.1.%d", host+1), program.address)
			must(t, err)
			open = append(open, conn)
			isIn := i < 6 && host*6+i < 20
			seconds, _ := strconv.Atoi(wait)
			switch {
			case isIn && status != http.StatusSwitchingProtocols:
				t.Errorf("stream %d of address %d is answered by %d", i, host, status)
			case !isIn && (status != http.StatusServiceUnavailable || seconds < 1 || seconds > 5):
				t.Errorf("stream %d of address %d is answered by %d, Retry-After %q", i, host, status, wait)
			}
		}
	}
	_, err := streamtest.OpenEvents(program.address, "/events")
	if refused, is := errors.AsType[*streamtest.StatusError](err); !is || refused.Status != http.StatusServiceUnavailable ||
		!strings.Contains(refused.Body, "too_many_connections") {
		t.Errorf("an event stream is answered by %v", err)
	}
	if health := ask(t, program.address, "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"); health.status != http.StatusOK {
		t.Errorf("health is answered by %d", health.status)
	}
	for _, conn := range open {
		_ = conn.Close()
	}
	eventually(t, "there is room again", func() bool {
		status, _, conn, err := handshakeFrom("127.0.1.9", program.address)
		must(t, err)
		_ = conn.Close()
		return status == http.StatusSwitchingProtocols
	})
}

func TestAHandshakeFloodKeepsNoNeighbourOut(t *testing.T) {
	t.Parallel()
	program := start(t, "--handshake-rate=2") // 20 at once
	stop := make(chan struct{})
	var flood sync.WaitGroup
	refused := make([]int, 4)
	for i := range refused {
		flood.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				// A spoofed header makes it no other client.
				status, wait, conn, err := handshakeFrom("127.0.2.1", program.address, fmt.Sprintf("X-Forwarded-For: 10.0.0.%d", i))
				if err != nil {
					t.Error(err)
					return
				}
				_ = conn.Close()
				if status == http.StatusTooManyRequests && wait != "" {
					refused[i]++
				}
			}
		})
	}
	for i := range 30 {
		status, _, conn, err := handshakeFrom(fmt.Sprintf("127.0.3.%d", i%10+1), program.address)
		must(t, err)
		_ = conn.Close()
		if status != http.StatusSwitchingProtocols {
			t.Errorf("neighbour %d is answered by %d", i, status)
		}
	}
	close(stop)
	flood.Wait()
	for i, count := range refused {
		if count == 0 {
			t.Errorf("flood %d was never refused", i)
		}
	}
	if lines := strings.Count(program.stderr.String(), "limit reached"); lines == 0 || lines > 40 {
		t.Errorf("the flood left %d lines in the log", lines)
	}
}

// TestIdleSocketsKeepNobodyOut holds thousands of sockets that send a byte now and then and never a whole request.
func TestIdleSocketsKeepNobodyOut(t *testing.T) {
	idle, users := 5000, 100
	if testing.Short() {
		idle = 500
	}
	program := start(t)
	stop := make(chan struct{})
	var crowd sync.WaitGroup
	for range idle {
		conn, err := dialFrom("127.0.4.1", program.address)
		must(t, err)
		crowd.Go(func() {
			defer conn.Close()
			for tick := time.NewTicker(time.Second); ; {
				if _, err := io.WriteString(conn, "G"); err != nil {
					tick.Stop()
					return
				}
				select {
				case <-tick.C:
				case <-stop:
					tick.Stop()
					return
				}
			}
		})
	}
	for i := range users {
		client, err := streamtest.Dial(program.address, "/ws?metrics=cpu")
		must(t, err)
		if _, err := client.ReadText(); err != nil {
			t.Errorf("user %d: %v", i, err)
		}
		defer client.CloseNow()
	}
	close(stop)
	crowd.Wait()
}

func TestBehindATrustedProxyEachClientIsItsOwn(t *testing.T) {
	t.Parallel()
	program := start(t, "--max-connections-per-address=2", "--trusted-proxy=127.0.0.1")
	for client := range 5 {
		for i := range 3 {
			header := fmt.Sprintf("X-Forwarded-For: 9.9.9.%d, 203.0.113.%d", i, client)
			status, _, conn, err := handshakeFrom("127.0.0.1", program.address, header)
			must(t, err)
			defer conn.Close()
			if (status == http.StatusSwitchingProtocols) != (i < 2) {
				t.Errorf("stream %d of client %d is answered by %d", i, client, status)
			}
		}
	}
	if !strings.Contains(program.stderr.String(), "203.0.113.0") || strings.Contains(program.stderr.String(), "9.9.9.") {
		t.Errorf("the log does not name the clients: %s", program.stderr.String())
	}
}
