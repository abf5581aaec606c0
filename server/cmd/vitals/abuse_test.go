package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// abuser is one connection that behaves badly. It is closed behind it.
type abuser struct {
	*net.TCPConn
	address string
	chance  *rand.Rand
}

func (a *abuser) say(text string) error {
	_, err := io.WriteString(a, text)
	return err
}

// reset cuts the connection by a RST.
func (a *abuser) reset() error {
	return errors.Join(a.SetLinger(0), a.Close())
}

// openSession has a session's handshake answered.
func (a *abuser) openSession() (*streamtest.Client, error) {
	client := streamtest.Over(a)
	if err := a.say(sessionHandshake(a.address, wire.JSON{})); err != nil {
		return nil, err
	}
	return client, client.SkipHandshake()
}

// readToEnd reads what the server still has to say, and wants it to hang up.
func (a *abuser) readToEnd() error {
	_ = a.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, a); errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("the server does not hang up")
	}
	return nil
}

// wantClose reads to the server's close frame.
func wantClose(client *streamtest.Client, code int) error {
	if err := client.ReadToEnd(); streamtest.CodeOf(err) != code {
		return fmt.Errorf("ended with %w, expected %d", err, code)
	}
	return nil
}

// wantStatus reads the answer to a request.
func (a *abuser) wantStatus(status int) error {
	_ = a.SetReadDeadline(time.Now().Add(patience))
	answer, err := http.ReadResponse(bufio.NewReader(a), nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != status {
		return fmt.Errorf("answered %d, expected %d", answer.StatusCode, status)
	}
	return nil
}

// part is a beginning of a text, never all of it.
func (a *abuser) part(text string) string { return text[:1+a.chance.IntN(len(text)-1)] }

func (a *abuser) eventRequest() string {
	return "GET /events?backfill=5s HTTP/1.1\r\nHost: " + a.address + "\r\n\r\n"
}

// cutPush is a push that says that it is longer than it is.
func (a *abuser) cutPush() string {
	return "POST /api/v1/events HTTP/1.1\r\nHost: " + a.address + "\r\nContent-Length: 1000\r\n\r\n" + `[{"metric":"a","value":1,"host":"abuse"},{"met`
}

// fewSeries keeps small what the server keeps of pasts that were asked for, so that a leak would be seen beside it.
var fewSeries = wire.Subscribe{Metrics: []string{"cpu", "load.*"}}

// abuses are ways to connect that help nobody.
var abuses = []struct {
	name string
	play func(*abuser) error
}{
	{"nothing is said", func(*abuser) error { return nil }},
	{"nothing is said, then a reset", func(a *abuser) error { return a.reset() }},
	{"a handshake is cut", func(a *abuser) error { return a.say(a.part(sessionHandshake(a.address, wire.JSON{}))) }},
	{"a handshake is cut by a reset", func(a *abuser) error {
		return errors.Join(a.say(a.part(sessionHandshake(a.address, wire.JSON{}))), a.reset())
	}},
	{"a reset while the handshake is answered", func(a *abuser) error {
		return errors.Join(a.say(sessionHandshake(a.address, wire.JSON{})), a.reset())
	}},
	{"a reset behind the handshake", func(a *abuser) error {
		_, err := a.openSession()
		return errors.Join(err, a.reset())
	}},
	{"a reset in the middle of a frame", func(a *abuser) error {
		client, err := a.openSession()
		whole := string(streamtest.Frame(fin|opText, []byte(goodTexts[0])))
		return errors.Join(err, client.Send(fewSeries), a.say(a.part(whole)), a.reset())
	}},
	{"a reset while the past is sent", func(a *abuser) error {
		err := a.say(streamtest.Handshake(a.address, "/ws?backfill=5s&batch=1"))
		return errors.Join(err, a.wantStatus(http.StatusSwitchingProtocols), a.reset())
	}},
	{"a reset while a session's past is sent", func(a *abuser) error {
		client, err := a.openSession()
		return errors.Join(err, client.Send(fewSeries), a.reset())
	}},
	{"a slow close", func(a *abuser) error {
		client, err := a.openSession()
		err = errors.Join(err, client.Send(fewSeries))
		for _, b := range streamtest.Frame(fin|opClose, []byte{3, 232}) {
			_ = client.Write([]byte{b})
			time.Sleep(time.Millisecond)
		}
		return errors.Join(err, wantClose(client, 1000))
	}},
	{"half a close", func(a *abuser) error {
		_, err := a.openSession()
		return errors.Join(err, a.CloseWrite(), a.readToEnd())
	}},
	{"a plain stream is left half open", func(a *abuser) error {
		err := a.say(streamtest.Handshake(a.address, "/ws"))
		return errors.Join(err, a.wantStatus(http.StatusSwitchingProtocols), a.CloseWrite(), a.readToEnd())
	}},
	{"an event stream is reset", func(a *abuser) error {
		return errors.Join(a.say(a.eventRequest()), a.wantStatus(http.StatusOK), a.reset())
	}},
	{"an event stream is reset at once", func(a *abuser) error { return errors.Join(a.say(a.eventRequest()), a.reset()) }},
	{"an event stream is left half open", func(a *abuser) error {
		return errors.Join(a.say(a.eventRequest()), a.CloseWrite(), a.readToEnd())
	}},
	{"a push is cut", func(a *abuser) error {
		return errors.Join(a.say(a.cutPush()), a.CloseWrite(), a.wantStatus(http.StatusBadRequest))
	}},
	{"a push is reset", func(a *abuser) error { return errors.Join(a.say(a.cutPush()), a.reset()) }},
	{"garbage", func(a *abuser) error {
		garbage := make([]byte, 1+a.chance.IntN(300))
		for i := range garbage {
			garbage[i] = byte(a.chance.Uint32())
		}
		return errors.Join(a.say(string(garbage)+"\r\n\r\n"), a.readToEnd())
	}},
	{"frames without a mask", func(a *abuser) error {
		client, err := a.openSession()
		raw := append(streamtest.Head(fin|opText, false, 20), make([]byte, 20)...)
		return errors.Join(err, client.Write(raw), wantClose(client, badFrame))
	}},
	{"a frame that is too large", func(a *abuser) error {
		client, err := a.openSession()
		raw := append(streamtest.Head(fin|opText, true, 1<<40), streamtest.Mask([]byte(strings.Repeat(" ", limitBytes+1)))...)
		return errors.Join(err, client.Write(raw), wantClose(client, tooBig))
	}},
	{"a head that is too large", func(a *abuser) error {
		_ = a.say("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 40<<10)) // the server may hang up meanwhile
		return a.readToEnd()
	}},
}

// TestAbusiveConnectionsLeaveNothingBehind connects in all ways that help nobody, and some sockets that say nothing wait
// until the server loses its patience.
func TestAbusiveConnectionsLeaveNothingBehind(t *testing.T) {
	connects := attackSize(4_000, 100_000)
	program := start(t, "--handshake-rate=1000000", "--history=off") // which would hold samples in memory, and those are no leak
	beside := moveIn(t, program.address)
	visit := func(number int) error {
		conn, err := dialAs(number, program.address)
		if err != nil {
			return err
		}
		defer streamtest.Over(conn).CloseNow()
		kind := abuses[number%len(abuses)]
		err = kind.play(&abuser{conn, program.address, rand.New(rand.NewPCG(uint64(number), 1))})
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		return nil
	}
	attack(t, len(abuses), visit) // what is made once and kept is made now
	beside.mustSeeMore(t)
	before := takeBaseline(t)
	began := time.Now()
	const mute = 200
	silent := make([]*net.TCPConn, mute)
	for i := range silent {
		var err error
		silent[i], err = dialAs(i, program.address)
		must(t, err)
		defer streamtest.Over(silent[i]).CloseNow()
	}
	attack(t, connects-mute, visit)
	for _, conn := range silent {
		must(t, (&abuser{TCPConn: conn}).readToEnd())
		must(t, conn.Close())
	}
	took := time.Since(began)
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
	mustLogNoFault(t, program)
	t.Logf("%d connections of %d kinds in %s; the neighbour saw %d ticks", connects, len(abuses)+1, took.Round(time.Second), beside.rows.Load())
}
