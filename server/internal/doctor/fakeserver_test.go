package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// fakeServer answers as Vitals does; a test has it do some things wrong.
type fakeServer struct {
	skew     time.Duration // of its clock
	interval float64       // that it claims, in seconds
	proxy    string        // that stands before it
	tell     func(*http.Request, map[string]any)
	paths    map[string]http.HandlerFunc
}

func (f *fakeServer) now() metric.TimestampMs { return metric.TimestampOf(time.Now().Add(f.skew)) }

func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, status int, code, field, message string) {
	answerJSON(w, status, map[string]any{"error": map[string]string{"code": code, "field": field, "message": message}})
}

func (f *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.proxy != "" {
		w.Header().Set("Server", f.proxy)
	}
	if wrong := f.paths[r.URL.Path]; wrong != nil {
		wrong(w, r)
		return
	}
	switch r.URL.Path {
	case "/api/v1/connection":
		host, _, _ := strings.Cut(r.RemoteAddr, ":")
		told := map[string]any{
			"address": host, "host": r.Host, "protocol": r.Proto, "forwardedFor": r.Header.Get("X-Forwarded-For"), "serverTime": f.now(),
		}
		if f.tell != nil {
			f.tell(r, told)
		}
		answerJSON(w, http.StatusOK, told)
	case "/api/v1/catalog":
		answerJSON(w, http.StatusOK, map[string]any{"series": []metric.Series{{Metric: "rare", Every: 10}, {Metric: "pushed", Custom: true}, {Metric: "cpu"}}})
	case "/ws":
		f.serveWebSocket(w, r)
	case "/events":
		f.serveEvents(w, r, 0)
	default:
		refuse(w, http.StatusNotFound, "not_found", "path", "nothing here")
	}
}

func (f *fakeServer) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
	if err != nil {
		return
	}
	defer func() { _ = socket.CloseNow() }()
	hello := wire.Hello{Protocol: 1, Epoch: "a", Interval: max(f.interval, 0.05), Hosts: []metric.Host{}, Server: wire.Server{Version: "v1.2.3"}}
	_ = socket.Write(r.Context(), websocket.MessageText, wire.JSON{}.Append(nil, hello))
	_, _, _ = socket.Read(context.Background())
}

// serveEvents sends an event each 50 ms that was measured so long ago.
func (f *fakeServer) serveEvents(w http.ResponseWriter, r *http.Request, late time.Duration) {
	query := r.URL.Query()
	if metrics := query.Get("metrics"); metrics != "cpu" && metrics != "none.such" && query.Get("backfill") == "" {
		refuse(w, http.StatusBadRequest, "bad_request", "metrics", "the test wants cpu")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		event := metric.Event{Metric: "cpu", Value: 1, Timestamp: f.now() - metric.TimestampMs(late.Milliseconds())}
		text, _ := json.Marshal([]metric.Event{event})
		_, _ = fmt.Fprintf(w, ": comment\nid: 1\ndata: %s\n\nevent: ping\ndata: {\"timestamp\":1}\n\n", text)
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case <-ticks.C:
		case <-r.Context().Done():
			return
		}
	}
}

func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// pipes is a network in memory.
type pipes chan net.Conn

func (p pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p pipes) Accept() (net.Conn, error) {
	conn, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error {
	close(p)
	return nil
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }
