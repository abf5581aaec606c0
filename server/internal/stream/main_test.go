package stream

import (
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testHost  = "web-1"
	testEpoch = metric.TimestampMs(1_690_000_000_000)
)

func newHub(options hub.Options) *hub.Hub {
	bus := hub.New(options)
	bus.Describe(metric.Host{Name: testHost, Hostname: testHost})
	return bus
}

func newStreams(bus hub.Bus) *Streams {
	return New(Options{Bus: bus, Interval: time.Second, Backfill: time.Hour, Version: "test", Logger: zerolog.Nop()})
}

// serveStreams answers WebSockets on a free port until the test ends, and gives the address.
func serveStreams(t *testing.T, streams *Streams) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := streams.ServeWebSocket(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		if err := streams.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Errorf("shutdown: %v", err)
		}
		_ = server.Close()
		streams.present.Wait()
		<-ended
	})
	return listener.Addr().String()
}

// openSession opens a session that is cut when the test ends.
func openSession(t *testing.T, address string) *streamtest.Client {
	t.Helper()
	client, _, err := streamtest.OpenSession(address, "/ws")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseNow)
	return client
}

// tick is an update with so many series, the values a function of seq.
func tick(seq, series int) metric.Update {
	update := metric.Update{Host: testHost, Timestamp: testEpoch + metric.TimestampMs(seq)*1000}
	for i := range series {
		update.Events = append(update.Events, metric.Event{
			Metric: seriesName(i), Value: float64(seq) + float64(i)/10, Timestamp: update.Timestamp,
		})
	}
	return update
}

func seriesName(i int) string { return "cpu.core{core=" + strconv.Itoa(i) + "}" }

// viewersIn counts the viewers that follow a host.
func viewersIn(streams *Streams) int {
	streams.groups.mu.Lock()
	defer streams.groups.mu.Unlock()
	count := 0
	for _, group := range streams.groups.held {
		count += group.viewers
	}
	return count
}

// groupsHeld counts the kinds of viewers that the encode cache knows.
func groupsHeld(streams *Streams) int {
	streams.groups.mu.Lock()
	defer streams.groups.mu.Unlock()
	return len(streams.groups.held)
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	const patience, pause = 30 * time.Second, 5 * time.Millisecond
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
