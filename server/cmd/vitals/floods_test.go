package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
)

// pushRequest is a push of one event by a client that keeps its connection.
func pushRequest(address, host string, headers ...string) string {
	body := fmt.Sprintf(`{"metric":"a","value":1,"host":%q}`, host)
	lines := append([]string{"POST /api/v1/events HTTP/1.1", "Host: " + address, fmt.Sprint("Content-Length: ", len(body))}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// pushFrom pushes one event over a connection of its own and gives the answer's status.
func pushFrom(from, address, host string) (int, error) {
	conn, err := dialFrom(from, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, pushRequest(address, host)); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, nil
}

// TestFloodsOfFramesAreClosedBesideANeighbour sends frames without end on many connections at once.
func TestFloodsOfFramesAreClosedBesideANeighbour(t *testing.T) {
	const floodsOfAKind = 10
	program := start(t)
	beside := moveIn(t, program.address)
	before := takeBaseline(t)
	text := frame(fin|opText, `{"type":"ping","id":1}`)
	kinds := []struct {
		name         string
		first, flood []byte
	}{
		{"messages", nil, text},
		{"pings", nil, frame(fin|opPing, "x")},
		{"pings without anything", nil, frame(fin|opPing, "")},
		{"pongs", nil, frame(fin|opPong, strings.Repeat("x", 125))},
		{"continuations without anything", frame(opText, "{"), frame(0, "")},
		{"pings within a message", frame(opText, "{"), frame(fin|opPing, "x")},
		{"subscriptions", nil, frame(fin|opText, `{"type":"subscribe"}`)},
		{"publications", nil, frame(fin|opText, `{"type":"publish","events":[{"metric":"a","value":1,"host":"flood"}]}`)},
	}
	attack(t, floodsOfAKind*len(kinds), func(number int) error {
		kind := kinds[number%len(kinds)]
		client, _, err := streamtest.OpenSession(program.address, "/ws")
		if err != nil {
			return err
		}
		defer client.CloseNow()
		ended := make(chan error, 1)
		go func() { ended <- client.ReadToEnd() }()
		burst := bytes.Repeat(kind.flood, 1000)
		for err := client.Write(kind.first); err == nil; err = client.Write(burst) { // until it is cut
			continue
		}
		if err := <-ended; streamtest.CodeOf(err) != notAllowed {
			return fmt.Errorf("a flood of %s ended with %w", kind.name, err)
		}
		return nil
	})
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
}

// TestAFloodOfPushesKeepsNoNeighbourOut pushes as fast as it can from one address, which calls itself many, until it is
// refused; others push all the while.
func TestAFloodOfPushesKeepsNoNeighbourOut(t *testing.T) {
	program := start(t)
	beside := moveIn(t, program.address)
	before := takeBaseline(t)
	refused := make(chan error, 2)
	for flood := range cap(refused) {
		go func() { refused <- floodPushes(program.address, flood) }()
	}
	for i := range 50 {
		status, err := pushFrom(fmt.Sprintf("127.0.5.%d", i%5+1), program.address, "quiet")
		must(t, err)
		if status != http.StatusOK {
			t.Errorf("push %d of the neighbours is answered by %d", i, status)
		}
	}
	for range cap(refused) {
		if err := <-refused; err != nil {
			t.Error(err)
		}
	}
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
	if lines := strings.Count(program.stderr.String(), "limit reached"); lines == 0 || lines > 100 {
		t.Errorf("the flood left %d lines in the log", lines)
	}
}

// floodPushes pushes until it is told to slow down.
func floodPushes(address string, flood int) error {
	conn, err := dialFrom("127.0.6.1", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	const most = 20_000
	for i := range most {
		_ = conn.SetDeadline(time.Now().Add(patience))
		spoofed := fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d", flood, i/250, i%250)
		if _, err := io.WriteString(conn, pushRequest(address, "loud", spoofed)); err != nil {
			return err
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body) // the next answer stands behind it
		if answer.StatusCode == http.StatusTooManyRequests {
			if answer.Header.Get("Retry-After") == "" {
				return fmt.Errorf("429 without Retry-After")
			}
			return nil
		}
	}
	return fmt.Errorf("%d pushes of one address were taken", most)
}

// TestSlowBodiesKeepNoNeighbourOut holds many pushes open whose bodies come byte by byte, from one address. They are ended by
// the server, and nobody else waits for that.
func TestSlowBodiesKeepNoNeighbourOut(t *testing.T) {
	const slow = 400 // more than are read at once
	program := start(t)
	beside := moveIn(t, program.address)
	before := takeBaseline(t)
	var crowd sync.WaitGroup
	stop := make(chan struct{})
	for range slow {
		conn, err := dialFrom("127.0.6.2", program.address)
		must(t, err)
		crowd.Go(func() { trickle(conn, program.address, stop) })
	}
	for i := range 20 {
		status, err := pushFrom(fmt.Sprintf("127.0.5.%d", i+1), program.address, "quiet")
		must(t, err)
		if status != http.StatusOK {
			t.Errorf("push %d beside slow ones is answered by %d", i, status)
		}
	}
	close(stop)
	crowd.Wait()
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
}

// trickle begins a push and sends a byte now and then, until it is cut or told to stop.
func trickle(conn net.Conn, address string, stop <-chan struct{}) {
	defer conn.Close()
	_, err := io.WriteString(conn, "POST /api/v1/events HTTP/1.1\r\nHost: "+address+"\r\nContent-Length: 1000\r\n\r\n")
	for tick := time.NewTicker(100 * time.Millisecond); err == nil; _, err = io.WriteString(conn, " ") {
		select {
		case <-tick.C:
		case <-stop:
			tick.Stop()
			return
		}
	}
}
