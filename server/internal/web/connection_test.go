package web_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"vitals/internal/limits"
	"vitals/internal/web"
)

type connection struct {
	Address, Host, Origin, Protocol, ForwardedFor string
	TrustedProxy, Secure                          bool
	ServerTime                                    float64
}

func askConnection(t *testing.T, h *testServer, headers ...string) connection {
	t.Helper()
	got := h.get("/api/v1/connection", headers...)
	var told connection
	if err := json.Unmarshal([]byte(got.body), &told); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return told
}

func TestTheConnectionAsTheServerSeesIt(t *testing.T) {
	before := time.Now()
	told := askConnection(t, newTestServer(t, nil), "Origin", "http://localhost:8080", "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https")
	want := connection{
		Address: "192.0.2.1", Host: "localhost:8080", Origin: "http://localhost:8080", Protocol: "HTTP/1.1",
		ForwardedFor: "198.51.100.7", Secure: true, ServerTime: told.ServerTime,
	}
	if told != want {
		t.Errorf("told %+v", told)
	}
	if at := time.UnixMilli(int64(told.ServerTime * 1000)); at.Before(before.Truncate(time.Millisecond)) || at.After(time.Now()) {
		t.Errorf("the server's time is %s", at)
	}
}

func TestTheConnectionThroughATrustedProxy(t *testing.T) {
	h := newTestServer(t, func(options *web.Options) {
		options.Limits = limits.New(limits.Options{TrustedProxies: limits.Proxies{netip.MustParsePrefix("192.0.2.0/24")}})
	})
	told := askConnection(t, h, "X-Forwarded-For", "203.0.113.9, 198.51.100.7")
	if told.Address != "198.51.100.7" || !told.TrustedProxy || told.Secure {
		t.Errorf("told %+v", told)
	}
}

func TestLongHeadersAreNotEchoedWhole(t *testing.T) {
	told := askConnection(t, newTestServer(t, nil), "X-Forwarded-For", strings.Repeat("é", 4000))
	if len(told.ForwardedFor) > 512 || !strings.HasPrefix(told.ForwardedFor, "éé") {
		t.Errorf("echoed %d bytes: %.20q", len(told.ForwardedFor), told.ForwardedFor)
	}
}
