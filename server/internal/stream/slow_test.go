package stream

import (
	"net"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// quickly makes the watchdog's seconds short, so that a test need not wait for real ones.
func quickly(streams *Streams) time.Duration {
	streams.every = beatEvery / 5
	return streams.every
}

// floodHub publishes so much that the kernel's pipes and a viewer's lag are full.
func floodHub(bus *hub.Hub) {
	for seq := range lagTicks {
		bus.Publish(tick(seq, lagSeries))
	}
}

func TestAStalledViewerIsCutAndAThrottledOneIsNot(t *testing.T) {
	bus := newHub(hub.Options{Backfill: lagTicks * time.Second})
	streams := newStreams(bus)
	beat := quickly(streams)
	address := serveStreams(t, streams)
	dialTight(t, address, 1) // takes nothing at all
	throttled := dialTight(t, address, 1)
	eventually(t, "both are in", func() bool { return viewersIn(streams) == 2 })
	floodHub(bus)
	gone := make(chan struct{})
	go func() { // one that takes a little in each beat
		defer close(gone)
		buffer := make([]byte, 2<<10)
		for streams.Stats().Cut["stalled"] == 0 {
			if _, err := throttled.Network.Read(buffer); err != nil {
				t.Errorf("the throttled viewer was cut: %v", err)
				return
			}
			time.Sleep(beat / 2)
		}
	}()
	<-gone
	if cut := streams.Stats().Cut["stalled"]; cut != 1 {
		t.Errorf("%d viewers were cut", cut)
	}
	eventually(t, "the stalled viewer is gone", func() bool { return viewersIn(streams) <= 1 })
}

// A full socket cuts frames anywhere. What is written then, a pong or the last close, must wait for the end of the frame.
func TestControlFramesNeverStandInsideADataFrame(t *testing.T) {
	bus := newHub(hub.Options{Backfill: lagTicks * time.Second})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	for _, name := range []string{"pings", "a close", "a bad frame", "the server stops"} {
		client := dialTight(t, address, 16<<10) // less would make the kernel slow
		eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
		floodHub(bus)
		wanted, pings := 0, 0
		switch name {
		case "pings":
			for ; pings < 10; pings++ {
				must(t, client.Write(streamtest.Frame(streamtest.Final|streamtest.Ping, []byte{byte(pings)})))
			}
			must(t, client.Write(streamtest.Frame(streamtest.Final|streamtest.Close, []byte{3, 232})))
			wanted = 1000
		case "a close":
			must(t, client.Write(streamtest.Frame(streamtest.Final|streamtest.Close, []byte{3, 232})))
			wanted = 1000
		case "a bad frame":
			must(t, client.Write(streamtest.Frame(streamtest.Final|0x3, nil)))
			wanted = 1002
		case "the server stops":
			for _, viewer := range streams.everybody(nil) {
				viewer.end(errShutdown)
			}
			wanted = 1012
		}
		must(t, client.SkipHandshake())
		if err := client.ReadToEnd(); streamtest.CodeOf(err) != wanted {
			t.Errorf("%s: ended with %v, expected %d", name, err, wanted)
		}
		client.CloseNow()
		eventually(t, "the viewer is gone", func() bool { return viewersIn(streams) == 0 })
	}
}

// A viewer that answers commands slowly gets no more of them obeyed than it takes answers.
func TestAClientThatTakesNoAnswersIsNotHeard(t *testing.T) {
	bus := newHub(hub.Options{Backfill: lagTicks * time.Second})
	floodHub(bus)
	streams := New(Options{Bus: bus, Interval: time.Second, Backfill: time.Hour, Limits: Limits{
		MessagesPerSecond: 1e6, MessageBurst: 1e6, BytesPerSecond: 1e9, ByteBurst: 1e9,
	}})
	address := serveStreams(t, streams)
	network, err := net.Dial("tcp", address)
	must(t, err)
	defer network.Close()
	client := streamtest.Over(network)
	must(t, client.Write([]byte(streamtest.Handshake(address, "/ws", sessionHeader))))
	must(t, network.SetWriteDeadline(time.Now().Add(time.Second)))
	for range 100_000 {
		if err := client.Send(wire.Subscribe{}); err != nil {
			break
		}
	}
	const mostChunks = 32
	for _, viewer := range streams.everybody(nil) {
		viewer.mu.Lock()
		if waiting := viewer.outbox.length(); waiting > mostChunks {
			t.Errorf("%d chunks wait for a client that takes none", waiting)
		}
		viewer.mu.Unlock()
	}
}
