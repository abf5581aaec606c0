package stream

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// serverTimeout is for requests and answers that are no streams.
const serverTimeout = 100 * time.Millisecond

// serveEvents answers /events, and all else as a WebSocket, on a free port until the test ends.
func serveEvents(t *testing.T, streams *Streams) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := &http.Server{ReadTimeout: serverTimeout, WriteTimeout: serverTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve := streams.ServeWebSocket
		if r.URL.Path == "/events" {
			serve = streams.ServeEvents
		}
		if err := serve(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		must(t, streams.Shutdown(context.Background()))
		_ = server.Close()
		<-ended
	})
	return listener.Addr().String()
}

func openEvents(t *testing.T, address, path string, headers ...string) *streamtest.EventClient {
	t.Helper()
	client, err := streamtest.OpenEvents(address, path, headers...)
	must(t, err)
	t.Cleanup(client.CloseNow)
	return client
}

// triple is a plain event, with everything that one may have.
type triple struct {
	Host      string   `json:"host"`
	Metric    string   `json:"metric"`
	Value     float64  `json:"value"`
	Min       *float64 `json:"min"`
	Max       *float64 `json:"max"`
	Timestamp float64  `json:"timestamp"`
}

func decodeTriple(t *testing.T, data string) triple {
	t.Helper()
	var decoded triple
	decoder := json.NewDecoder(strings.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&decoded); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return decoded
}

func nextValue(t *testing.T, client *streamtest.EventClient) streamtest.Event {
	t.Helper()
	event, err := client.NextValue()
	must(t, err)
	return event
}

func TestAnEventStreamBeginsAtOnce(t *testing.T) {
	streams := newStreams(newHub(hub.Options{}))
	address := serveEvents(t, streams)
	network, err := net.Dial("tcp", address)
	must(t, err)
	defer network.Close()
	must(t, network.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(network, "GET /events HTTP/1.0\r\n\r\n")
	must(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(network), nil)
	must(t, err)
	defer answer.Body.Close()
	for name, wanted := range map[string]string{
		"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no",
		"Content-Length": "", "Content-Encoding": "",
	} {
		if got := answer.Header.Get(name); got != wanted {
			t.Errorf("%s is %q, expected %q", name, got, wanted)
		}
	}
	if answer.Header.Get("Date") == "" || answer.StatusCode != http.StatusOK || !answer.Close {
		t.Errorf("answered %s, %v", answer.Status, answer.Header)
	}
	line, err := bufio.NewReader(answer.Body).ReadString('\n') // before there is any event
	if err != nil || !strings.HasPrefix(line, ":") {
		t.Errorf("began with %q (%v)", line, err)
	}
}

func TestAnEventStreamIsTheTriples(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	bus.Publish(tick(0, 3))
	plain := openEvents(t, address, "/events?metrics=cpu.core{core=*}")
	batch := openEvents(t, address, "/events?batch=1")
	eventually(t, "two viewers", func() bool { return viewersIn(streams) == 2 })
	for seq := 1; seq <= 3; seq++ {
		bus.Publish(tick(seq, 3))
		at := float64(testEpoch)/1000 + float64(seq)
		for i := range 3 {
			event := nextValue(t, plain)
			wanted := triple{Metric: seriesName(i), Value: float64(seq) + float64(i)/10, Timestamp: at}
			if got := decodeTriple(t, event.Data); got != wanted || event.Name != "message" {
				t.Errorf("got %+v, expected %+v", got, wanted)
			}
			part := fmt.Sprintf(".%d", i+1)
			if i == 2 {
				part = ""
			}
			if wanted := fmt.Sprintf("%s-%d%s", bus.Epoch(), seq+1, part); event.ID != wanted {
				t.Errorf("the id is %s, expected %s", event.ID, wanted)
			}
		}
		event := nextValue(t, batch)
		var rows []triple
		must(t, json.Unmarshal([]byte(event.Data), &rows))
		if len(rows) != 3 || rows[2].Metric != seriesName(2) || event.ID != fmt.Sprintf("%s-%d", bus.Epoch(), seq+1) {
			t.Errorf("the batch %s is %s", event.ID, event.Data)
		}
	}
	if plain.RetryMs < leastRetryMs || plain.RetryMs > leastRetryMs+retrySpreadMs {
		t.Errorf("come back after %d ms", plain.RetryMs)
	}
}

func TestAnEventStreamOutlivesTheServersTimeouts(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	client := openEvents(t, address, "/events")
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	const several = 5
	for seq, began := 1, time.Now(); time.Since(began) < several*serverTimeout; seq++ {
		bus.Publish(tick(seq, 1))
		nextValue(t, client)
	}
}

func TestFoldedEventsHaveTheirEnvelope(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	for seq := range 21 {
		bus.Publish(tick(seq, 1))
	}
	client := openEvents(t, address, "/events?interval=5s&envelope=1&backfill=1h")
	for bucket := range 4 {
		got := decodeTriple(t, nextValue(t, client).Data)
		least, most := float64(bucket*5), float64(bucket*5+4)
		if got.Min == nil || got.Max == nil || *got.Min != least || *got.Max != most || got.Value != (least+most)/2 {
			t.Errorf("interval %d is %+v", bucket, got)
		}
	}
	id := client.LastID
	client.CloseNow()
	for seq := 21; seq < 26; seq++ {
		bus.Publish(tick(seq, 1))
	}
	again := openEvents(t, address, "/events?interval=5s&envelope=1&backfill=1h", "Last-Event-ID: "+id)
	if got := decodeTriple(t, nextValue(t, again).Data); *got.Min != 20 || *got.Max != 24 {
		t.Errorf("after coming back the interval is %+v", got)
	}
}

func TestAHostThatComesLaterIsInAllHosts(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	client := openEvents(t, address, "/events?host=*")
	eventually(t, "the viewer is in", func() bool { return len(streams.everybody(nil)) == 1 })
	publishOther(bus, "late", 1, 1)
	if got := decodeTriple(t, nextValue(t, client).Data); got.Host != "late" {
		t.Errorf("got %+v", got)
	}
}

// sessionFrame reads the next frame of a session by events.
func sessionFrame(t *testing.T, client *streamtest.EventClient) wire.Frame {
	t.Helper()
	event := nextValue(t, client)
	if event.Name != "message" || event.ID != "" {
		t.Fatalf("a frame came as %+v", event)
	}
	frame, err := wire.JSON{}.DecodeServer([]byte(event.Data))
	must(t, err)
	return frame
}

func TestASessionByEvents(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	for seq := range 10 {
		bus.Publish(tick(seq, 4))
	}
	client := openEvents(t, address, "/events?session=1&metrics=cpu.core{core=2}")
	hello, isHello := sessionFrame(t, client).(wire.Hello)
	if !isHello || hello.Epoch != bus.Epoch() {
		t.Fatalf("first came %+v", hello)
	}
	ledger := streamtest.Ledger{Host: testHost}
	for ledger.Last < 10 {
		must(t, ledger.Note(sessionFrame(t, client)))
	}
	bus.Publish(tick(10, 4))
	must(t, ledger.Note(sessionFrame(t, client)))
	client.CloseNow()
	for seq := 11; seq < 20; seq++ {
		bus.Publish(tick(seq, 4))
	}
	position := metric.Position{Epoch: bus.Epoch(), Seq: ledger.Last}
	path := fmt.Sprintf("/events?session=1&metrics=cpu.core{core=2}&host=%s&since=%s:%d", testHost, position.Epoch, position.Seq)
	again := openEvents(t, address, path)
	sessionFrame(t, again)
	for ledger.Last < 20 {
		must(t, ledger.Note(sessionFrame(t, again)))
	}
	if ledger.Rows != 20 || ledger.Dropped != 0 || len(ledger.Columns) != 1 {
		t.Errorf("the ledger says %+v", ledger)
	}
}

func TestAnEventStreamGetsAGoodbye(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	var clients []*streamtest.EventClient
	for _, path := range []string{"/events", "/events?session=1", "/events?host=*&batch=1"} {
		clients = append(clients, openEvents(t, address, path))
	}
	must(t, streams.Shutdown(t.Context()))
	for i, client := range clients {
		events, err := client.ReadToEnd()
		must(t, err)
		if len(events) == 0 || events[len(events)-1].Name != eventGoodbye || !strings.Contains(events[len(events)-1].Data, "1012") {
			t.Errorf("viewer %d got %+v", i, events)
		}
	}
	_, err := streamtest.OpenEvents(address, "/events")
	if refused, is := errors.AsType[*streamtest.StatusError](err); !is || refused.Header.Get("X-Accel-Buffering") != "" {
		t.Errorf("one who comes after that is answered %v, %+v", err, refused)
	}
}

func TestAnEventStreamThatWasLeftIsForgotten(t *testing.T) {
	streams := newStreams(newHub(hub.Options{}))
	address := serveEvents(t, streams)
	client := openEvents(t, address, "/events")
	eventually(t, "the viewer is in", func() bool { return len(streams.everybody(nil)) == 1 })
	client.CloseNow()
	eventually(t, "the viewer is gone", func() bool { return len(streams.everybody(nil)) == 0 })
}

func TestATalkativeListenerIsCut(t *testing.T) {
	streams := newStreams(newHub(hub.Options{}))
	address := serveEvents(t, streams)
	client := openEvents(t, address, "/events")
	go func() {
		_, _ = client.Network.Write(make([]byte, 1<<20)) // it ends with the connection
	}()
	for {
		event, err := client.Next()
		if err != nil {
			break
		}
		if event.Name != eventGoodbye || !strings.Contains(event.Data, "1008") {
			t.Errorf("it is told %+v", event)
		}
	}
	eventually(t, "the viewer is gone", func() bool { return streams.Stats().Cut["flood"] == 1 })
}

func TestHostsThatAreNotThereAreRefused(t *testing.T) {
	address := serveEvents(t, newStreams(newHub(hub.Options{})))
	for _, path := range []string{"/events?host=nobody", "/events?host=web-1,nobody"} {
		_, err := streamtest.OpenEvents(address, path)
		if refused, is := errors.AsType[*streamtest.StatusError](err); !is || !strings.Contains(refused.Body, `"nobody"`) {
			t.Errorf("%s is answered by %v", path, err)
		}
	}
	if _, err := streamtest.Dial(address, "/ws?host=nobody"); err == nil {
		t.Error("a WebSocket is opened for a host that is not there")
	}
}

func TestASessionOnEventsIsToldOfHostsThatAreNotThere(t *testing.T) {
	address := serveEvents(t, newStreams(newHub(hub.Options{})))
	client := openEvents(t, address, "/events?session=1&host=nobody,"+testHost)
	if _, isHello := sessionFrame(t, client).(wire.Hello); !isHello {
		t.Fatal("the session does not begin with a hello")
	}
	refused, isError := sessionFrame(t, client).(wire.Error)
	if !isError || refused.Code != wire.CodeUnknownHost || !strings.Contains(refused.Message, `"nobody"`) {
		t.Errorf("it is told %+v", refused)
	}
	if catalog, is := sessionFrame(t, client).(wire.Catalog); !is || catalog.Host != testHost {
		t.Errorf("the other host is not there: %+v", catalog)
	}
}

func TestABrowserThatComesBackToAHostThatIsNotThereMayComeAgain(t *testing.T) {
	address := serveEvents(t, newStreams(newHub(hub.Options{})))
	client := openEvents(t, address, "/events?host=attic", "Last-Event-ID: OTHER-7")
	events, err := client.ReadToEnd()
	must(t, err)
	names := make([]string, 0, len(events))
	for _, event := range events {
		names = append(names, event.Name)
	}
	if !slices.Equal(names, []string{eventGap, eventGoodbye}) || client.LastID != "" || client.RetryMs == 0 {
		t.Errorf("it got %+v", events)
	}
}

// eventPipe is a viewer of an event stream on a pipe.
func eventPipe(t *testing.T, streams *Streams, path string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")))
	must(t, err)
	must(t, streams.ServeEvents(&pipeAnswer{network: theirs, header: http.Header{}}, request))
	return ours
}

func TestAnEventStreamIsPingedEach15Seconds(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		time.Sleep(beatEvery / 2) // so that no tick is being written at a beat, which would leave the ping to the next
		network := eventPipe(t, streams, "/events")
		answer, err := http.ReadResponse(bufio.NewReader(network), nil)
		must(t, err)
		parser := streamtest.NewEventParser(answer.Body)
		last, pings := time.Now(), 0
		for pings < 5 {
			event, err := parser.Next()
			must(t, err)
			if event.Name != eventPing {
				continue
			}
			pings++
			const wanted = pingEveryBeats * beatEvery
			if after := time.Since(last); after < wanted-beatEvery || after > wanted+beatEvery {
				t.Errorf("ping %d came after %s", pings, after)
			}
			last = time.Now()
			var told struct{ Timestamp float64 }
			must(t, json.Unmarshal([]byte(event.Data), &told))
			if now := float64(time.Now().UnixMilli()) / 1000; told.Timestamp != now {
				t.Errorf("the ping says %f, it is %f", told.Timestamp, now)
			}
		}
		_ = network.Close()
	})
}

func TestAnEventStreamThatTakesNoByteIsCut(t *testing.T) {
	inBubble(t, func(t *testing.T, streams *Streams) {
		start := time.Now()
		defer eventPipe(t, streams, "/events").Close()
		lasted(t, streams, start, sendTimeout)
	})
}

func TestASessionOfAllHostsByEvents(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	for seq := range 5 {
		bus.Publish(tick(seq, 4))
		publishOther(bus, "web-2", seq, 2)
	}
	client := openEvents(t, address, "/events?session=1&host=*")
	ledgers := []*streamtest.Ledger{{Host: testHost}, {Host: "web-2"}, {Host: "late"}}
	for ledgers[0].Last < 5 || ledgers[1].Last < 5 {
		frame := sessionFrame(t, client)
		for _, ledger := range ledgers {
			must(t, ledger.Note(frame))
		}
	}
	publishOther(bus, "late", 1, 3)
	for ledgers[2].Last == 0 {
		frame := sessionFrame(t, client)
		for _, ledger := range ledgers {
			must(t, ledger.Note(frame))
		}
	}
	if ledgers[0].Rows != 5 || ledgers[1].Rows != 5 || len(ledgers[1].Columns) != 2 || len(ledgers[2].Columns) != 3 {
		t.Errorf("the ledgers say %+v %+v %+v", *ledgers[0], *ledgers[1], *ledgers[2])
	}
}
