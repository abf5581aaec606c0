package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is a server as it should be, of which a test makes parts ill.
type patient struct {
	skew     time.Duration // of its clock
	interval float64       // that it claims, in seconds
	tell     func(*http.Request, map[string]any)
	paths    map[string]http.HandlerFunc
}

func (p *patient) now() metric.TimestampMs { return metric.TimestampOf(time.Now().Add(p.skew)) }

func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, status int, code, field, message string) {
	answerJSON(w, status, map[string]any{"error": map[string]string{"code": code, "field": field, "message": message}})
}

func (p *patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ill := p.paths[r.URL.Path]; ill != nil {
		ill(w, r)
		return
	}
	switch r.URL.Path {
	case "/api/v1/connection":
		host, _, _ := strings.Cut(r.RemoteAddr, ":")
		told := map[string]any{
			"address": host, "host": r.Host, "protocol": r.Proto, "forwardedFor": r.Header.Get("X-Forwarded-For"), "serverTime": p.now(),
		}
		if p.tell != nil {
			p.tell(r, told)
		}
		answerJSON(w, http.StatusOK, told)
	case "/api/v1/catalog":
		answerJSON(w, http.StatusOK, map[string]any{"series": []metric.Series{{Metric: "rare", Every: 10}, {Metric: "pushed", Custom: true}, {Metric: "cpu"}}})
	case "/ws":
		p.serveWebSocket(w, r)
	case "/events":
		p.serveEvents(w, r, 0)
	default:
		refuse(w, http.StatusNotFound, "not_found", "path", "nothing here")
	}
}

func (p *patient) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
	if err != nil {
		return
	}
	defer func() { _ = socket.CloseNow() }()
	hello := wire.Hello{Protocol: 1, Epoch: "a", Interval: max(p.interval, 0.05), Hosts: []metric.Host{}, Server: wire.Server{Version: "v1.2.3"}}
	_ = socket.Write(r.Context(), websocket.MessageText, wire.JSON{}.Append(nil, hello))
	_, _, _ = socket.Read(context.Background())
}

// serveEvents sends an event each 50 ms that was measured so long ago.
func (p *patient) serveEvents(w http.ResponseWriter, r *http.Request, late time.Duration) {
	query := r.URL.Query()
	if metrics := query.Get("metrics"); metrics != "cpu" && metrics != "none.such" && query.Get("backfill") == "" {
		refuse(w, http.StatusBadRequest, "bad_request", "metrics", "the test wants cpu")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		event := metric.Event{Metric: "cpu", Value: 1, Timestamp: p.now() - metric.TimestampMs(late.Milliseconds())}
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

func TestFindings(t *testing.T) {
	late := &patient{}
	for name, test := range map[string]struct {
		patient patient
		idle    time.Duration
		wanted  map[string]string // check: "verdict text"; all others have passed or were skipped
	}{
		"all is well":              {},
		"a clock that goes before": {patient{skew: 5 * time.Second}, 0, map[string]string{"clock": "warn 5.0 s ahead"}},
		"a clock that goes after":  {patient{skew: -5 * time.Second}, 0, map[string]string{"clock": "warn 5.0 s behind"}},
		"events come late": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) { late.serveEvents(w, r, 1500*time.Millisecond) }}},
			0,
			map[string]string{"events": "fail 1.5 to 1.5 s after"},
		},
		"the head does not come": {patient{paths: map[string]http.HandlerFunc{"/events": silent}}, 0, map[string]string{"events": "fail not even the head"}},
		"only the head comes": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}}},
			0,
			map[string]string{"events": "fail 0 of 3 events came"},
		},
		"the stream ends": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/event-stream") }}},
			time.Second,
			map[string]string{"events": "fail was cut", "idle-events": "fail was cut after"},
		},
		"something else at events": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }}},
			0,
			map[string]string{"events": "fail answered 200, as text/html"},
		},
		"nothing at events": {patient{paths: map[string]http.HandlerFunc{"/events": http.NotFound}}, 0, map[string]string{"events": "fail does not lead"}},
		"events refused": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) {
				refuse(w, 503, "too_many_connections", "", "too many\x1b")
			}}},
			0,
			map[string]string{"events": "fail too many\ufffd"},
		},
		"compressed events": {
			patient{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
					w.Header().Set("Content-Encoding", "gzip")
				}
				late.serveEvents(w, r, 0)
			}}},
			0,
			map[string]string{"compression": "fail gzip"},
		},
		"ticks that are rare": {patient{interval: 60}, 0, map[string]string{"events": "skip --timeout"}},
		"a lost upgrade": {
			patient{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { refuse(w, 426, "upgrade_required", "Upgrade", "no") }}},
			0,
			map[string]string{"websocket": "fail do not arrive"},
		},
		"a proxy that fails at upgrades": {
			patient{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }}},
			0,
			map[string]string{"websocket": "fail fails at the handshake"},
		},
		"a proxy that refuses upgrades": {
			patient{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }}},
			0,
			map[string]string{"websocket": "fail answers 400"},
		},
		"no path for WebSockets": {patient{paths: map[string]http.HandlerFunc{"/ws": http.NotFound}}, 0, map[string]string{"websocket": "fail /ws does not lead"}},
		"something else at ws": {
			patient{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hi")) }}},
			0,
			map[string]string{"websocket": "fail not Vitals"},
		},
		"too many connections": {
			patient{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) {
				refuse(w, 503, "too_many_connections", "", "too many")
			}}},
			0,
			map[string]string{"websocket": "fail too many"},
		},
		"quiet streams that live": {patient{}, 20 * time.Second, nil},
		"everybody is believed": {
			patient{tell: func(r *http.Request, told map[string]any) {
				if forwarded := r.Header.Get("X-Forwarded-For"); forwarded != "" {
					told["address"] = forwarded
				}
			}},
			0,
			map[string]string{"address": "fail anybody can claim"},
		},
		"the proxy is not believed": {
			patient{tell: func(_ *http.Request, told map[string]any) {
				told["address"], told["forwardedFor"] = "10.0.0.9", "198.51.100.7"
			}},
			0,
			map[string]string{"address": "warn share the address 10.0.0.9"},
		},
		"HTTP/1.0": {
			patient{tell: func(_ *http.Request, told map[string]any) { told["protocol"] = "HTTP/1.0" }}, 0, map[string]string{"http": "warn HTTP/1.0"},
		},
		"a port that was lost": {
			patient{tell: func(_ *http.Request, told map[string]any) { told["host"] = "127.0.0.1" }}, 0, map[string]string{"origin": "warn asked for 127.0.0.1 instead"},
		},
		"another site": {
			patient{paths: map[string]http.HandlerFunc{"/api/v1/connection": http.NotFound}}, 0, map[string]string{"base": "fail is not Vitals"},
		},
		"an answer without end": {
			patient{paths: map[string]http.HandlerFunc{"/api/v1/connection": func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 4096)); err != nil {
						return
					}
				}
			}}}, 0, map[string]string{"base": "fail is not Vitals"},
		},
		"a name that is not known": {
			patient{paths: map[string]http.HandlerFunc{"/api/v1/connection": func(w http.ResponseWriter, r *http.Request) {
				name, _, _ := strings.Cut(r.Host, ":")
				refuse(w, 403, "forbidden", "Host", "this server does not go by the name \""+name+"\"; start it with --allow-host to make it")
			}}}, 0, map[string]string{"host": "fail does not know that it goes by"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				checkFindings(t, examine(t, &test.patient, test.idle), test.wanted)
			})
		})
	}
}

// examine runs the doctor without a network and in a time of its own: a machine that is busy makes nothing late.
func examine(t *testing.T, patient http.Handler, idle time.Duration) *Report {
	t.Helper()
	address, err := client.ParseAddress("127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	network := make(pipes)
	server := http.Server{Handler: patient}
	go func() { _ = server.Serve(network) }()
	defer func() { _ = server.Close() }()
	return Examine(t.Context(), Options{Address: address, Timeout: 2500 * time.Millisecond, Idle: idle, Network: network.dial})
}

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

func checkFindings(t *testing.T, report *Report, wanted map[string]string) {
	t.Helper()
	left := maps.Clone(wanted)
	for _, finding := range report.Findings {
		got := string(finding.Verdict) + " " + finding.Message
		verdict, text, named := strings.Cut(left[finding.Check], " ")
		delete(left, finding.Check)
		isFine := finding.Verdict == Pass || finding.Verdict == Skip
		if !named && !isFine || named && (string(finding.Verdict) != verdict || !strings.Contains(finding.Message, text)) {
			t.Errorf("%s: %s; wanted %q", finding.Check, got, wanted[finding.Check])
		}
	}
	if len(left) > 0 {
		t.Errorf("not found: %v in %+v", left, report.Findings)
	}
}

func TestDoctorSendsNoSecretsAndFollowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const elsewhere = "http://elsewhere.example/"
		asked := 0
		report := examine(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
				t.Error("a secret was sent")
			}
			http.Redirect(w, r, elsewhere, http.StatusFound)
		}), 0)
		checkFindings(t, report, map[string]string{"reachable": "fail leads elsewhere, to " + elsewhere})
		if asked != 1 {
			t.Errorf("%d requests: a redirect was followed", asked)
		}
	})
}

// TestEveryMendHasLinesForEveryProxy reads all files, with and without a path.
func TestEveryMendHasLinesForEveryProxy(t *testing.T) {
	files, err := mendFiles.ReadDir("mends")
	if err != nil || len(files) != 9 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		which := problem(strings.TrimSuffix(file.Name(), ".txt"))
		for _, at := range []site{{Name: "a.example", Path: "/", Proxy: "10.0.0.1"}, {Name: "a.example", Path: "/vitals/", Bare: "/vitals", Proxy: "10.0.0.1"}} {
			var named []string
			for _, mend := range at.mendsFor(which) {
				named = append(named, mend.Program)
				if len(mend.Lines) == 0 || mend.Place == "" || strings.Contains(strings.Join(mend.Lines, ""), "<no value>") {
					t.Errorf("%s: %+v", which, mend)
				}
			}
			isOurs := which == problemAllowHost || which == problemTrust
			for _, program := range programs[1:] {
				if !isOurs && !slices.Contains(named, program) {
					t.Errorf("%s has no lines for %s", which, program)
				}
			}
		}
	}
}

func TestAPrescriptionSaysNothingTwice(t *testing.T) {
	at := site{Name: "a.example", Path: "/vitals/", Bare: "/vitals", Proxy: "10.0.0.1"}
	report := Report{Findings: []Finding{
		{Mends: at.mendsFor(problemHeaders)}, {Mends: at.mendsFor(problemUpgrade)}, {Mends: at.mendsFor(problemCompression)},
	}}
	seen := map[string]bool{}
	for _, mend := range report.Prescription() {
		if mend.Program != "nginx" {
			continue
		}
		for _, line := range mend.Lines {
			if seen[line] {
				t.Errorf("%q stands twice", line)
			}
			seen[line] = true
		}
	}
	if !seen["proxy_http_version 1.1;"] || !seen["gzip off;"] || !seen["map $http_upgrade $vitals_connection {"] {
		t.Errorf("the lines are %v", slices.Sorted(maps.Keys(seen)))
	}
}
