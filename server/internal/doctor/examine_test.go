package doctor

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"vitals/internal/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// believe takes everybody's word for an address, as a server does whose proxy hands on what it was told.
func believe(r *http.Request, told map[string]any) {
	if forwarded := r.Header.Get("X-Forwarded-For"); forwarded != "" {
		told["address"] = forwarded
	}
}

func TestFindings(t *testing.T) {
	late := &fakeServer{}
	for name, test := range map[string]struct {
		server fakeServer
		idle   time.Duration
		wanted map[string]string // check: "verdict text"; all others have passed or were skipped
	}{
		"all is well":              {},
		"a clock that goes before": {fakeServer{skew: 5 * time.Second}, 0, map[string]string{"clock": "warn 5.0 s ahead"}},
		"a clock that goes after":  {fakeServer{skew: -5 * time.Second}, 0, map[string]string{"clock": "warn 5.0 s behind"}},
		"events come late": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) { late.serveEvents(w, r, 1500*time.Millisecond) }}},
			0,
			map[string]string{"events": "fail 1.5 to 1.5 s after"},
		},
		"the head does not come": {fakeServer{paths: map[string]http.HandlerFunc{"/events": silent}}, 0, map[string]string{"events": "fail not even the head"}},
		"only the head comes": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}}},
			0,
			map[string]string{"events": "fail 0 of 3 events came"},
		},
		"the stream ends": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/event-stream") }}},
			time.Second,
			map[string]string{"events": "fail was cut", "idle-events": "fail was cut after"},
		},
		"something else at events": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }}},
			0,
			map[string]string{"events": "fail answered 200, as text/html"},
		},
		"nothing at events": {fakeServer{paths: map[string]http.HandlerFunc{"/events": http.NotFound}}, 0, map[string]string{"events": "fail does not lead"}},
		"events refused": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, _ *http.Request) {
				refuse(w, 503, "too_many_connections", "", "too many\x1b")
			}}},
			0,
			map[string]string{"events": "fail too many\ufffd"},
		},
		"compressed events": {
			fakeServer{paths: map[string]http.HandlerFunc{"/events": func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
					w.Header().Set("Content-Encoding", "gzip")
				}
				late.serveEvents(w, r, 0)
			}}},
			0,
			map[string]string{"compression": "fail gzip"},
		},
		"ticks that are rare": {fakeServer{interval: 60}, 0, map[string]string{"events": "skip --timeout"}},
		"a lost upgrade": {
			fakeServer{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { refuse(w, 426, "upgrade_required", "Upgrade", "no") }}},
			0,
			map[string]string{"websocket": "fail do not arrive"},
		},
		"a proxy that fails at upgrades": {
			fakeServer{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }}},
			0,
			map[string]string{"websocket": "fail fails at the handshake"},
		},
		"a proxy that refuses upgrades": {
			fakeServer{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }}},
			0,
			map[string]string{"websocket": "fail answers 400"},
		},
		"no path for WebSockets": {fakeServer{paths: map[string]http.HandlerFunc{"/ws": http.NotFound}}, 0, map[string]string{"websocket": "fail /ws does not lead"}},
		"something else at ws": {
			fakeServer{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hi")) }}},
			0,
			map[string]string{"websocket": "fail not Vitals"},
		},
		"too many connections": {
			fakeServer{paths: map[string]http.HandlerFunc{"/ws": func(w http.ResponseWriter, _ *http.Request) {
				refuse(w, 503, "too_many_connections", "", "too many")
			}}},
			0,
			map[string]string{"websocket": "fail too many"},
		},
		"quiet streams that live":            {fakeServer{}, 20 * time.Second, nil},
		"everybody is believed":              {fakeServer{tell: believe, proxy: "nginx"}, 0, map[string]string{"address": "fail anybody can claim"}},
		"the proxy's machine asks by itself": {fakeServer{tell: believe}, 0, map[string]string{"address": "skip no proxy is seen"}},
		"the proxy is not believed": {
			fakeServer{tell: func(_ *http.Request, told map[string]any) {
				told["address"], told["forwardedFor"] = "10.0.0.9", "198.51.100.7"
			}},
			0,
			map[string]string{"address": "warn share the address 10.0.0.9"},
		},
		"HTTP/1.0": {
			fakeServer{tell: func(_ *http.Request, told map[string]any) { told["protocol"] = "HTTP/1.0" }}, 0, map[string]string{"http": "warn HTTP/1.0"},
		},
		"a port that was lost": {
			fakeServer{tell: func(_ *http.Request, told map[string]any) { told["host"] = "127.0.0.1" }}, 0, map[string]string{"origin": "warn asked for 127.0.0.1 instead"},
		},
		"another site": {
			fakeServer{paths: map[string]http.HandlerFunc{"/api/v1/connection": http.NotFound}}, 0, map[string]string{"base": "fail is not Vitals"},
		},
		"an answer without end": {
			fakeServer{paths: map[string]http.HandlerFunc{"/api/v1/connection": func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 4096)); err != nil {
						return
					}
				}
			}}}, 0, map[string]string{"base": "fail is not Vitals"},
		},
		"a name that is not known": {
			fakeServer{paths: map[string]http.HandlerFunc{"/api/v1/connection": func(w http.ResponseWriter, r *http.Request) {
				name, _, _ := strings.Cut(r.Host, ":")
				refuse(w, 403, "forbidden", "Host", "this server does not go by the name \""+name+"\"; start it with --allow-host to make it")
			}}}, 0, map[string]string{"host": "fail does not know that it goes by"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				checkFindings(t, examine(t, &test.server, test.idle), test.wanted)
			})
		})
	}
}

// TestLinesToPasteHoldNothingOfStrangers: a server may claim anything as the address of its peer.
func TestLinesToPasteHoldNothingOfStrangers(t *testing.T) {
	for claimed, wanted := range map[string]string{
		"10.0.0.9": "10.0.0.9", "fd00::9%eth0; reboot": "fd00::9", "fd00::9": "fd00::9", "$(reboot)": "127.0.0.1", "": "127.0.0.1",
	} {
		synctest.Test(t, func(t *testing.T) {
			report := examine(t, &fakeServer{tell: func(_ *http.Request, told map[string]any) {
				told["address"], told["forwardedFor"] = claimed, "198.51.100.7"
			}}, 0)
			line := "vitals serve --trusted-proxy " + wanted
			if mends := report.MendsByProgram(); len(mends) != 1 || len(mends[0].Lines) != 1 || mends[0].Lines[0] != line {
				t.Errorf("%q: the lines are %q, wanted %q", claimed, mends, line)
			}
		})
	}
}

// examine runs the doctor without a network and in a time of its own: a machine that is busy makes nothing late.
func examine(t *testing.T, handler http.Handler, idle time.Duration) *Report {
	t.Helper()
	address, err := client.ParseAddress("127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	network := make(pipes)
	server := http.Server{Handler: handler}
	go func() { _ = server.Serve(network) }()
	defer func() { _ = server.Close() }()
	return Examine(t.Context(), Options{Address: address, Timeout: 2500 * time.Millisecond, Idle: idle, Network: network.dial})
}

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
