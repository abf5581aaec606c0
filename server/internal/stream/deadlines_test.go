package stream

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// pipeAnswer lets the handler take over one end of a pipe. Pipes have no buffer and keep the time of the bubble.
type pipeAnswer struct {
	network net.Conn
	header  http.Header
}

func (p *pipeAnswer) Header() http.Header            { return p.header }
func (p *pipeAnswer) Write(data []byte) (int, error) { return len(data), nil }
func (p *pipeAnswer) WriteHeader(int)                {}
func (p *pipeAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return p.network, bufio.NewReadWriter(bufio.NewReader(p.network), bufio.NewWriter(p.network)), nil
}

// pipeViewer is a viewer on a pipe.
func pipeViewer(t *testing.T, streams *Streams, headers ...string) *streamtest.Client {
	t.Helper()
	ours, theirs := net.Pipe()
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(streamtest.Handshake("vitals", "/ws", headers...))))
	must(t, err)
	must(t, streams.ServeWebSocket(&pipeAnswer{network: theirs, header: http.Header{}}, request))
	client := streamtest.Over(ours)
	client.Patience = 24 * time.Hour
	return client
}

// What the watchdog's beats are in time.
const (
	sendTimeout    = patienceBeats * beatEvery
	heartbeatEvery = heartbeatBeats * beatEvery
)

const sessionHeader = "Sec-WebSocket-Protocol: " + wire.SubprotocolJSON

// inBubble runs a test with time of its own, in which the hub ticks each second.
func inBubble(t *testing.T, test func(t *testing.T, streams *Streams)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := newHub(hub.Options{Backfill: time.Hour})
		streams := newStreams(bus)
		ctx, stop := context.WithCancel(t.Context())
		bus.Publish(tick(0, 60))
		published := make(chan struct{})
		go func() {
			defer close(published)
			for seq := 1; ctx.Err() == nil; seq++ {
				time.Sleep(time.Second)
				bus.Publish(tick(seq, 60))
			}
		}()
		test(t, streams)
		stop()
		<-published
		streams.present.Wait()
		if held := groupsHeld(streams); held != 0 {
			t.Errorf("%d groups are held without a viewer", held)
		}
	})
}

// lasted waits for all viewers to go and compares how long that took, to a beat.
func lasted(t *testing.T, streams *Streams, since time.Time, wanted time.Duration) {
	t.Helper()
	streams.present.Wait()
	if took := time.Since(since); took < wanted-beatEvery || took > wanted+beatEvery {
		t.Errorf("the viewer was cut after %s, expected %s", took, wanted)
	}
}

func TestAViewerThatTakesNoByteIsCut(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		start := time.Now()
		client := pipeViewer(t, streams)
		defer client.CloseNow()
		const firstTick = time.Second
		lasted(t, streams, start, firstTick+sendTimeout)
	})
}

func TestAMessageHasTenSecondsFromItsFirstByte(t *testing.T) {
	text := streamtest.Frame(streamtest.Text, []byte(strings.Repeat(" ", 300))) // the final bit is not set
	ping := streamtest.Frame(streamtest.Final|streamtest.Ping, []byte("x"))
	tests := map[string][][]byte{
		"one byte of the head":   {text[:1]},
		"three bytes":            {text[:3]},
		"the head":               {text[:8]},
		"a part":                 {text[:40]},
		"byte after byte":        {text[:1], text[1:2], text[2:3], text[3:4], text[4:5], text[5:6]},
		"a frame of many":        {text},
		"pings between":          {text, ping, ping, ping, ping, ping, ping},
		"empty ones for ever":    {text, streamtest.Frame(0, nil), streamtest.Frame(0, nil), streamtest.Frame(0, nil), streamtest.Frame(0, nil)},
		"a control frame's head": {ping[:2]},
	}
	for name, pieces := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, streams *Streams) {
				client := pipeViewer(t, streams, sessionHeader)
				defer client.CloseNow()
				read := make(chan error, 1)
				go func() { read <- client.ReadToEnd() }()
				must(t, client.Send(wire.Subscribe{}))
				time.Sleep(time.Minute)
				start := time.Now()
				for _, piece := range pieces {
					if client.Write(piece) != nil {
						break // cut
					}
					time.Sleep(3 * time.Second)
				}
				err := <-read
				if code := streamtest.CodeOf(err); code != 0 {
					t.Errorf("closed with %d", code)
				}
				if took := time.Since(start); took > 15*time.Second+sendTimeout {
					t.Errorf("cut after %s", took)
				}
				streams.present.Wait()
			})
		})
	}
}

func TestAQuietViewerStays(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		client := pipeViewer(t, streams, sessionHeader)
		read := make(chan error, 1)
		go func() { read <- client.ReadToEnd() }() // it answers pings
		time.Sleep(time.Hour + 5*time.Second)      // between two pings of the server: a pipe without a buffer holds no two at once
		must(t, client.Write(streamtest.Frame(streamtest.Final|streamtest.Ping, []byte("still here?"))))
		time.Sleep(time.Hour)
		select {
		case err := <-read:
			t.Fatalf("cut: %v", err)
		default:
		}
		client.CloseNow()
		if err := <-read; streamtest.CodeOf(err) != 0 {
			t.Errorf("closed: %v", err)
		}
	})
}

func TestAViewerThatAnswersNoPingIsCut(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		start := time.Now()
		client := pipeViewer(t, streams, sessionHeader)
		defer client.CloseNow()
		go func() {
			for {
				if _, _, err := client.ReadFrame(); err != nil {
					return
				}
			}
		}()
		lasted(t, streams, start, heartbeatEvery+sendTimeout)
	})
}

func TestShutdownWaitsForNobodyLong(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		var codes []chan int
		for i := range 20 {
			headers := [][]string{nil, {sessionHeader}}[i%2]
			client, code := pipeViewer(t, streams, headers...), make(chan int, 1)
			defer client.CloseNow()
			if i%4 < 2 { // the others take nothing at all
				codes = append(codes, code)
				go func() { code <- streamtest.CodeOf(client.ReadToEnd()) }()
			}
		}
		time.Sleep(5 * time.Second)
		start := time.Now()
		must(t, streams.Shutdown(t.Context()))
		if took := time.Since(start); took > 2*goodbyeTimeout {
			t.Errorf("shutdown took %s", took)
		}
		for i, code := range codes {
			if got := <-code; got != 1012 {
				t.Errorf("healthy viewer %d was closed with %d", i, got)
			}
		}
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(streamtest.Handshake("vitals", "/ws"))))
		must(t, err)
		if err := streams.ServeWebSocket(&pipeAnswer{header: http.Header{}}, request); !errors.Is(err, ErrStopping) {
			t.Errorf("a viewer that comes too late is told %v", err)
		}
	})
}

func TestThePlainStreamBeforeAnyHostSaysComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := newStreams(hub.New(hub.Options{}))
		client := pipeViewer(t, streams)
		if code := streamtest.CodeOf(client.ReadToEnd()); code != 1013 {
			t.Errorf("closed with %d", code)
		}
		streams.present.Wait()
	})
}

// What is left to write, the goodbye, and the wait for the peer's own: all of it together has goodbyeTimeout.
func TestAPeerThatDoesNotCloseHoldsUpNoStop(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		client := pipeViewer(t, streams, sessionHeader)
		defer client.CloseNow()
		must(t, client.Send(wire.Subscribe{}))
		time.Sleep(5 * time.Second) // the past lies in the pipe
		start := time.Now()
		stopped := make(chan error, 1)
		go func() { stopped <- streams.Shutdown(t.Context()) }()
		time.Sleep(goodbyeTimeout * 2 / 3)
		for opcode := byte(0); opcode != streamtest.Close; { // it takes all, and then neither answers nor leaves
			got, _, err := client.ReadFrame()
			must(t, err)
			opcode = got
		}
		must(t, <-stopped)
		if took := time.Since(start); took > goodbyeTimeout+beatEvery/10 {
			t.Errorf("shutdown took %s", took)
		}
	})
}
