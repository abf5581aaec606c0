package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// guest is a viewer that waits for the end.
type guest struct {
	client *streamtest.Client
	reads  bool
}

// invite opens viewers of all kinds: sessions and plain ones, and of each some that read nothing.
func invite(address string, count int) ([]guest, error) {
	var guests []guest
	for i := range count {
		stalls := i%10 >= 8
		client, err := open(address, i%2 == 0, stalls)
		if err != nil {
			return guests, fmt.Errorf("guest %d: %w", i, err)
		}
		guests = append(guests, guest{client: client, reads: !stalls})
	}
	return guests, nil
}

func open(address string, session, stalls bool) (*streamtest.Client, error) {
	if stalls {
		return openStalled(address, session)
	}
	if !session {
		return streamtest.Dial(address, "/ws")
	}
	client, _, err := streamtest.OpenSession(address, "/ws")
	if err == nil {
		err = client.Send(wire.Subscribe{})
	}
	return client, err
}

// openStalled opens a viewer with a tiny receive buffer that will read nothing at all.
func openStalled(address string, session bool) (*streamtest.Client, error) {
	network, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	err = network.(*net.TCPConn).SetReadBuffer(1)
	client := streamtest.Over(network)
	if !session {
		return client, errors.Join(err, client.Write([]byte(streamtest.Handshake(address, "/ws"))))
	}
	handshake := streamtest.Handshake(address, "/ws", "Sec-WebSocket-Protocol: "+wire.SubprotocolJSON)
	return client, errors.Join(err, client.Write([]byte(handshake)), client.Send(wire.Subscribe{}))
}

func TestStoppingTellsEveryViewer(t *testing.T) {
	const viewers, allowed = 200, 10 * time.Second
	program := start(t, "--interval=1s", "--backfill=5m") // a past that is too long for a stalled session's pipes
	guests, err := invite(program.address, viewers)
	for _, guest := range guests {
		defer guest.client.CloseNow()
	}
	must(t, err)
	codes, readers := make(chan int, viewers), sync.WaitGroup{}
	for _, guest := range guests {
		if guest.reads {
			readers.Go(func() { codes <- streamtest.CodeOf(guest.client.ReadToEnd()) })
		}
	}
	request := "GET /api/v1/hosts HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if got := ask(t, program.address, request); got.status != http.StatusOK {
		t.Errorf("beside all these a request is answered %d", got.status)
	}
	began := time.Now()
	if code := program.stop(); code != 0 {
		t.Errorf("exit code %d: %s", code, program.stderr.String())
	}
	if took := time.Since(began); took > allowed {
		t.Errorf("stopping took %s", took)
	}
	readers.Wait()
	close(codes)
	for code := range codes {
		if code != 1012 {
			t.Errorf("a healthy viewer was closed with %d", code)
		}
	}
	if network, err := net.Dial("tcp", program.address); err == nil {
		network.Close()
		t.Error("the port is still open")
	}
	if !strings.Contains(program.stderr.String(), `"message":"stopped"`) {
		t.Errorf("the log does not say that it stopped: %s", program.stderr.String())
	}
}

func TestStoppingWithoutAnyViewer(t *testing.T) {
	program := start(t)
	if code := program.stop(); code != 0 || strings.Contains(program.stderr.String(), `"level":"error"`) {
		t.Errorf("exit code %d: %s", code, program.stderr.String())
	}
}
