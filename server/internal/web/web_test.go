package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"vitals/internal/hub"
	"vitals/internal/limits"
	"vitals/internal/metric"
	"vitals/internal/stream"
	"vitals/internal/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// builtApp is what Vite leaves: a page, a hashed file with its twins, a plain file.
func builtApp() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte(`<!doctype html><html><head><title>Vitals</title></head></html>`)},
		"index.html.br":         {Data: []byte("index in br")},
		"assets/app-1a2b.js":    {Data: []byte("plain script")},
		"assets/app-1a2b.js.br": {Data: []byte("script in br")},
		"assets/app-1a2b.js.gz": {Data: []byte("script in gzip")},
		"favicon.svg":           {Data: []byte("<svg/>")},
		"site.webmanifest":      {Data: []byte("{}")},
		"assets/inter-9f.woff2": {Data: []byte("font")},
	}
}

// testServer is a server with one host that has published once.
type testServer struct {
	*web.Server
	lastSample time.Time
}

func newTestServer(t *testing.T, change func(*web.Options)) *testServer {
	t.Helper()
	bus := hub.New(hub.Options{})
	bus.Describe(metric.Host{Name: "web-1", Hostname: "web-1", CPUCount: 4})
	bus.Publish(metric.Update{Host: "web-1", Timestamp: 1, Events: []metric.Event{{Metric: "cpu", Value: 1}}})
	streams := stream.New(stream.Options{Bus: bus, Interval: time.Second, Logger: zerolog.Nop()})
	t.Cleanup(func() { _ = streams.Shutdown(context.Background()) })
	app, err := web.LoadApp(builtApp())
	if err != nil {
		t.Fatal(err)
	}
	made := &testServer{lastSample: time.Now()}
	options := web.Options{
		Bus: bus, Streams: streams, App: app, Interval: time.Second, Logger: zerolog.Nop(),
		LastSample: func() time.Time { return made.lastSample },
	}
	if change != nil {
		change(&options)
	}
	made.Server = web.New(options)
	return made
}

func TestTooManyRequestsAreToldWhenToComeBack(t *testing.T) {
	h := newTestServer(t, func(options *web.Options) {
		options.Limits = limits.New(limits.Options{RequestsPerSecond: 0.001})
	})
	if first := h.ask(http.MethodGet, "/api/v1/hosts"); first.status != http.StatusOK {
		t.Fatalf("the first is answered by %d", first.status)
	}
	got := h.ask(http.MethodGet, "/api/v1/catalog")
	const leastSeconds, mostSeconds = 990, 1010
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != http.StatusTooManyRequests || err != nil || wait < leastSeconds || wait > mostSeconds ||
		!strings.Contains(got.body, `"code":"rate_limited"`) {
		t.Errorf("%d, Retry-After %q, %s", got.status, got.header.Get("Retry-After"), got.body)
	}
	if well := h.ask(http.MethodGet, "/healthz"); well.status != http.StatusOK {
		t.Errorf("health is limited: %d", well.status)
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (s *testServer) ask(method, target string, headers ...string) answer {
	request := httptest.NewRequestWithContext(context.Background(), method, target, nil)
	request.Host = "localhost:8080"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		} else {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	response := recorder.Result()
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(body)}
}

func (s *testServer) get(target string, headers ...string) answer {
	return s.ask(http.MethodGet, target, headers...)
}

func TestEveryErrorOfTheAPIHasOneForm(t *testing.T) {
	h := newTestServer(t, nil)
	for _, test := range []struct {
		method, target string
		status         int
		code, field    string
	}{
		{"GET", "/api", 404, "not_found", "path"},
		{"GET", "/api/", 404, "not_found", "path"},
		{"GET", "/api/v1", 404, "not_found", "path"},
		{"GET", "/api/v2/hosts", 404, "not_found", "path"},
		{"POST", "/api/v1/event", 404, "not_found", "path"},
		{"GET", "/api/v1/hosts/x", 404, "not_found", "path"},
		{"GET", "/api/index.html", 404, "not_found", "path"},
		{"POST", "/api/v1/hosts", 405, "method_not_allowed", "method"},
		{"DELETE", "/", 405, "method_not_allowed", "method"},
		{"GET", "/api/v1/hosts?x=1", 400, "bad_request", "x"},
		{"GET", "/api/v1/hosts?c=1&b=1&a=1", 400, "bad_request", "a"},
		{"GET", "/api/v1/hosts?%zz", 400, "bad_request", "query"},
		{"GET", "/api/v1/hosts?" + strings.Repeat("x", 1000), 400, "bad_request", strings.Repeat("x", 64)},
		{"GET", "/api//v1/hosts", 404, "not_found", "path"},
		{"GET", "/api/v1/none/../hosts", 404, "not_found", "path"},
		{"GET", "//", 404, "not_found", "path"},
		{"GET", "/api/v1/catalog?hots=web-1", 400, "bad_request", "hots"},
		{"GET", "/api/v1/catalog?host=nobody", 404, "unknown_host", "host"},
		{"GET", "/ws?bach=1", 400, "bad_request", "bach"},
		{"GET", "/ws?batch=maybe", 400, "bad_request", "batch"},
		{"GET", "/ws?metrics=", 400, "bad_request", "metrics"},
		{"GET", "/assets/gone-1.js", 404, "not_found", "path"},
	} {
		got := h.ask(test.method, test.target)
		var body struct {
			Error struct{ Code, Message, Field string }
		}
		if err := json.Unmarshal([]byte(got.body), &body); err != nil {
			t.Errorf("%s %s: %d %q is not JSON", test.method, test.target, got.status, got.body)
			continue
		}
		if got.status != test.status || body.Error.Code != test.code || body.Error.Field != test.field || body.Error.Message == "" {
			t.Errorf("%s %s: %d %+v, expected %d %s %s", test.method, test.target, got.status, body.Error, test.status, test.code, test.field)
		}
	}
}

func TestHostsAndCatalog(t *testing.T) {
	h := newTestServer(t, nil)
	if got := h.get("/api/v1/hosts"); got.status != 200 || !strings.Contains(got.body, `"cpuCount":4`) {
		t.Errorf("hosts: %d %s", got.status, got.body)
	}
	for _, target := range []string{"/api/v1/catalog", "/api/v1/catalog?host=web-1"} {
		got := h.get(target)
		if got.status != 200 || !strings.Contains(got.body, `{"host":"web-1","series":[{"metric":"cpu"`) {
			t.Errorf("%s: %d %s", target, got.status, got.body)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newTestServer(t, nil)
	for _, path := range []string{"/livez", "/readyz", "/healthz"} {
		if got := h.get(path); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for status, lastSample := range map[string]time.Time{
		"starting": {}, "silent": time.Now().Add(-time.Minute),
	} {
		h.lastSample = lastSample
		if got := h.get("/readyz"); got.status != 503 || !strings.Contains(got.body, status) {
			t.Errorf("%s: %d %s", status, got.status, got.body)
		}
		if got := h.get("/livez"); got.status != 200 {
			t.Errorf("livez while %s: %d", status, got.status)
		}
	}
}

func TestAppIsServedInTheEncodingThatTheClientTakes(t *testing.T) {
	h := newTestServer(t, nil)
	for accept, want := range map[string]string{
		"":                        "plain script",
		"gzip":                    "script in gzip",
		"gzip, deflate, br, zstd": "script in br",
		"br;q=0, gzip":            "script in gzip",
		"br; q=0.0":               "plain script",
		"GZIP;q=0.5":              "script in gzip",
		"identity":                "plain script",
	} {
		got := h.get("/assets/app-1a2b.js", "Accept-Encoding", accept)
		if got.body != want || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: got %q, Vary %q", accept, got.body, got.header.Get("Vary"))
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") {
			t.Errorf("type %q", got.header.Get("Content-Type"))
		}
	}
}

func TestCaching(t *testing.T) {
	h := newTestServer(t, nil)
	for path, want := range map[string]string{
		"/assets/app-1a2b.js": "public, max-age=31536000, immutable",
		"/":                   "no-cache",
		"/hosts/web-1":        "no-cache",
		"/favicon.svg":        "no-cache",
		"/api/v1/hosts":       "no-store",
	} {
		got := h.get(path)
		if got.status != 200 || got.header.Get("Cache-Control") != want {
			t.Errorf("%s: %d, Cache-Control %q, expected %q", path, got.status, got.header.Get("Cache-Control"), want)
		}
		if want == "no-store" {
			continue
		}
		again := h.get(path, "If-None-Match", got.header.Get("ETag"))
		if again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s with its ETag: %d %q", path, again.status, again.body)
		}
	}
	if br, plain := h.get("/", "Accept-Encoding", "br"), h.get("/"); br.header.Get("ETag") == plain.header.Get("ETag") {
		t.Error("two encodings have one ETag")
	}
}

func TestHeadHasNoBody(t *testing.T) {
	if got := newTestServer(t, nil).ask(http.MethodHead, "/"); got.status != 200 || got.body != "" || got.header.Get("ETag") == "" {
		t.Errorf("got %d %q", got.status, got.body)
	}
}

func TestPagesFindTheirRootFromAnyDepth(t *testing.T) {
	for _, base := range []string{"", "/", "/vitals", "/a/b/"} {
		h := newTestServer(t, func(o *web.Options) { o.Base = base })
		prefixes := []string{""} // a proxy may have taken the base away
		if trimmed := strings.TrimSuffix(base, "/"); trimmed != "" {
			prefixes = append(prefixes, trimmed)
		}
		for _, prefix := range prefixes {
			for path, want := range map[string]string{
				"/":                   "<head><title>",
				"/index.html":         "<head><title>",
				"/anything":           "<head><title>",
				"/hosts/web-1":        `<head><base href="../"><title>`,
				"/hosts/web-1/":       `<head><base href="../../"><title>`,
				"/hosts/with%2Fslash": `<head><base href="../"><title>`,
				"/hosts/web-1.a.com":  `<head><base href="../"><title>`,
			} {
				if got := h.get(prefix + path); got.status != 200 || !strings.Contains(got.body, want) {
					t.Errorf("base %q, %s%s: %d %q, expected %s", base, prefix, path, got.status, got.body, want)
				}
			}
			if got := h.get(prefix + "/api/v1/hosts"); got.status != 200 {
				t.Errorf("base %q, %s/api/v1/hosts: %d", base, prefix, got.status)
			}
		}
	}
}

func TestBaseWithoutSlashIsRedirected(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.Base = "/vitals" })
	for target, want := range map[string]string{"/vitals": "vitals/", "/vitals?server=x&a=%2F": "vitals/?server=x&a=%2F"} {
		if got := h.get(target); got.status != http.StatusPermanentRedirect || got.header.Get("Location") != want {
			t.Errorf("%s: got %d to %q", target, got.status, got.header.Get("Location"))
		}
	}
	for _, path := range []string{"/vitals//api/v1/hosts", "/vitals/./api/v1/hosts", "//api/v1/hosts"} { // a redirect would lose the base
		got := h.get(path)
		if got.status != http.StatusNotFound || !strings.Contains(got.body, `"code":"not_found"`) {
			t.Errorf("%s: %d to %q, %s", path, got.status, got.header.Get("Location"), got.body)
		}
	}
	if got := h.get("/vit%61ls/"); got.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("the base in escapes is a page of the app like any other: %d %s", got.status, got.body)
	}
	if got := h.get("/vitalsx"); got.status != 200 || strings.Contains(got.header.Get("Location"), "vitals") {
		t.Errorf("/vitalsx: %d", got.status)
	}
}

func TestPathsNeverLeaveTheApp(t *testing.T) {
	h := newTestServer(t, nil)
	for _, path := range []string{
		"/../etc/passwd", "/..%2f..%2fetc/passwd", "/assets/../../secret.txt", "/%2e%2e/%2e%2e/etc/passwd.txt",
		"/assets/app-1a2b.js/../../x.txt", "/assets/app-1a2b.js.br.exe", "/.env.local", "/assets/%00.js", "/a//b", "/\\..\\x.ini",
		"/" + strings.Repeat("x/", 50),
	} {
		got := h.get(path)
		isPage := strings.Contains(got.body, "<title>Vitals</title>")
		if !isPage && got.status != 404 && got.status/100 != 3 {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}

func TestServerWithoutApp(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.App = nil })
	if got := h.get("/"); got.status != 404 || !strings.Contains(got.body, "/api/v1") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestLoadAppWithoutIndex(t *testing.T) {
	if _, err := web.LoadApp(fstest.MapFS{"README.md": {Data: []byte("placeholder")}}); err == nil {
		t.Error("loaded an app without index.html")
	}
}

func TestOnlyKnownNamesAreAnswered(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.AllowHosts = []string{"vitals.example", "web-1"} })
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "LOCALHOST.": 200, "app.localhost": 200,
		"127.0.0.1:8080": 200, "[::1]:8080": 200, "192.168.1.20": 200, "[fe80::1]": 200,
		"vitals.example": 200, "Vitals.Example:443": 200, "web-1:8080": 200,
		"evil.example": 403, "vitals.example.evil.example": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example": 403,
		"": 403, "xn--vitals-9k1b.example": 403,
	} {
		for _, path := range []string{"/", "/api/v1/hosts", "/livez", "/ws"} {
			got := h.get(path, "Host", host)
			if (got.status == 403) != (want == 403) {
				t.Errorf("Host %q, %s: %d, expected %d", host, path, got.status, want)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.AllowOrigins = []string{"https://app.example", "http://lab.example:5173"} })
	for _, test := range []struct {
		origin, host string
		answered     bool
		allowed      bool // told to the browser
	}{
		{"", "localhost:8080", true, false},
		{"http://localhost:8080", "localhost:8080", true, false},
		{"https://localhost", "localhost:443", true, false},
		{"http://localhost:80", "localhost", true, false},
		{"https://LOCALHOST:8080", "localhost:8080", true, false},
		{"https://app.example", "localhost:8080", true, true},
		{"https://app.example:443", "localhost:8080", true, true},
		{"https://APP.example", "localhost:8080", true, true},
		{"http://lab.example:5173", "localhost:8080", true, true},
		{"http://app.example", "localhost:8080", false, false},
		{"https://app.example.evil.example", "localhost:8080", false, false},
		{"https://evilapp.example", "localhost:8080", false, false},
		{"https://app.example:8443", "localhost:8080", false, false},
		{"https://user@app.example@evil.example", "localhost:8080", false, false},
		{"http://localhost:9090", "localhost:8080", false, false},
		{"http://127.0.0.1:8080", "localhost:8080", false, false},
		{"null", "localhost:8080", false, false},
		{"file://", "localhost:8080", false, false},
		{"https://аpp.example", "localhost:8080", false, false}, // a Cyrillic letter
	} {
		for _, path := range []string{"/api/v1/hosts", "/livez"} {
			got := h.get(path, "Origin", test.origin, "Host", test.host)
			if (got.status == 200) != test.answered {
				t.Errorf("origin %q at host %q: %d, answered should be %v", test.origin, test.host, got.status, test.answered)
			}
			if told := got.header.Get("Access-Control-Allow-Origin"); (told != "") != test.allowed {
				t.Errorf("origin %q: Access-Control-Allow-Origin %q", test.origin, told)
			}
			if told := got.header.Get("Access-Control-Expose-Headers"); (told == "Retry-After") != test.allowed {
				t.Errorf("origin %q: Access-Control-Expose-Headers %q", test.origin, told)
			}
		}
	}
	preflight := h.ask(http.MethodOptions, "/api/v1/hosts", "Origin", "https://app.example", "Access-Control-Request-Method", "GET")
	if preflight.status != http.StatusNoContent || preflight.header.Get("Access-Control-Allow-Origin") != "https://app.example" {
		t.Errorf("preflight: %d %v", preflight.status, preflight.header)
	}
}

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://Name.Example":     "https://name.example",
		"https://name.example:443": "https://name.example",
		"http://name.example:80/":  "http://name.example",
		"http://[::1]:5173":        "http://[::1]:5173",
	} {
		if got, err := web.ParseOrigin(text); err != nil || got != want {
			t.Errorf("ParseOrigin(%q) = %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "*", "name.example", "https://", "https://*", "https://a/b", "ftp://a", "https://u@a", "https://a?b", "null"} {
		if got, err := web.ParseOrigin(text); err == nil {
			t.Errorf("ParseOrigin(%q) = %q", text, got)
		}
	}
}

func TestEveryAnswerIsHardened(t *testing.T) {
	h := newTestServer(t, nil)
	for _, target := range []string{"/", "/assets/app-1a2b.js", "/api/v1/hosts", "/api/none", "/livez", "/ws?x=1"} {
		header := h.get(target).header
		if !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") ||
			header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", target, header)
		}
	}
}

func TestOpenerPolicyIsSentWhereBrowsersTakeIt(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.AllowHosts = []string{"vitals.example"} })
	for _, test := range []struct {
		host, forwarded string
		want            bool
	}{
		{"localhost:8080", "", true},
		{"127.0.0.1", "", true},
		{"[::1]:8080", "", true},
		{"vitals.example", "", false},
		{"vitals.example", "https", true},
		{"192.168.1.20:8080", "", false},
	} {
		got := h.get("/", "Host", test.host, "X-Forwarded-Proto", test.forwarded).header.Get("Cross-Origin-Opener-Policy") != ""
		if got != test.want {
			t.Errorf("%s %s: sent %v, expected %v", test.host, test.forwarded, got, test.want)
		}
	}
}
