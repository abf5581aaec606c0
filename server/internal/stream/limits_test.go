package stream

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

func TestFloodsAreClosed(t *testing.T) {
	ping := streamtest.Frame(streamtest.Final|streamtest.Ping, []byte("x"))
	pong := streamtest.Frame(streamtest.Final|streamtest.Pong, bytes.Repeat([]byte("x"), 100))
	empty := streamtest.Frame(0, nil)
	text := streamtest.Frame(streamtest.Final|streamtest.Text, []byte(`{"type":"ping","id":1}`))
	tests := map[string]struct{ first, flood []byte }{
		"messages":            {nil, text},
		"pings":               {nil, ping},
		"pongs":               {nil, pong},
		"empty continuations": {streamtest.Frame(streamtest.Text, []byte("{")), empty},
		"pings in a message":  {streamtest.Frame(streamtest.Text, []byte("{")), ping},
	}
	streams := newStreams(newHub(hub.Options{}))
	address := serveStreams(t, streams)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := openSession(t, address)
			must(t, client.Write(test.first))
			ended := make(chan error, 1)
			go func() { ended <- client.ReadToEnd() }()
			burst := bytes.Repeat(test.flood, 1000)
			for client.Write(burst) == nil { // until it is cut; the server stops reading at last
				continue
			}
			if err := <-ended; streamtest.CodeOf(err) != 1008 {
				t.Errorf("ended with %v", err)
			}
		})
	}
	if cut := streams.Stats().Cut["flood"]; cut != uint64(len(tests)) {
		t.Errorf("%d viewers are counted as cut for a flood, expected %d", cut, len(tests))
	}
}

// What a client may send for ever counts, not only what it may send at once.
func TestTheAllowedRateLasts(t *testing.T) {
	for name, perSecond := range map[string]int{"allowed": 20, "too fast": 22} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				streams := newStreams(newHub(hub.Options{}))
				client := pipeViewer(t, streams, sessionHeader)
				ended := make(chan error, 1)
				go func() { ended <- client.ReadToEnd() }()
				const minute = 60
				for range minute * perSecond {
					if client.Send(wire.Ping{ID: 1}) != nil {
						break // closed
					}
					time.Sleep(time.Second / time.Duration(perSecond))
				}
				client.CloseNow()
				if code := streamtest.CodeOf(<-ended); (code == 1008) != (name == "too fast") {
					t.Errorf("%d messages a second end with %d", perSecond, code)
				}
				streams.present.Wait()
			})
		})
	}
}

func TestHelloTellsTheLimits(t *testing.T) {
	limits := Limits{MessagesPerSecond: 3, MessageBurst: 4, BytesPerSecond: 5000}
	streams := New(Options{Bus: newHub(hub.Options{}), Interval: time.Second, Limits: limits})
	client, hello, err := streamtest.OpenSession(serveStreams(t, streams), "/ws")
	must(t, err)
	defer client.CloseNow()
	if told := hello.Limits; told.MessagesPerSecond != 3 || told.MessageBurst != 4 || told.BytesPerSecond != 5000 {
		t.Errorf("told %+v", told)
	}
}
