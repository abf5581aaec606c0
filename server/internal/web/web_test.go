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

// testServer is a server with one host that has published once.
type testServer struct {
	*web.Server
	lastSample time.Time
}

func newTestServer(t testing.TB, change func(*web.Options)) *testServer {
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
