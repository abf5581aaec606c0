package web_test

import (
	"net/http"
	"strings"
	"testing"

	"vitals/internal/web"
)

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
			if told := got.header.Get("Access-Control-Expose-Headers"); (told == "Retry-After, Content-Disposition") != test.allowed {
				t.Errorf("origin %q: Access-Control-Expose-Headers %q", test.origin, told)
			}
		}
	}
	preflight := h.ask(http.MethodOptions, "/api/v1/hosts", "Origin", "https://app.example", "Access-Control-Request-Method", "GET")
	if preflight.status != http.StatusNoContent || preflight.header.Get("Access-Control-Allow-Origin") != "https://app.example" {
		t.Errorf("preflight: %d %v", preflight.status, preflight.header)
	}
}

func TestFilesOfTheAppAreForEveryPage(t *testing.T) {
	for _, base := range []string{"", "/vitals"} {
		h := newTestServer(t, func(o *web.Options) { o.Base = base })
		for target, want := range map[string]int{
			base + "/assets/app-1a2b.js":           http.StatusOK,
			base + "/assets/../api/v1/hosts":       http.StatusNotFound,
			base + "/assets/%2e%2e/api/v1/hosts":   http.StatusNotFound,
			base + "/assets/..%2fapi/v1/hosts":     http.StatusNotFound,
			base + "/api/v1/hosts":                 http.StatusForbidden,
			base + "/ws":                           http.StatusForbidden,
			base + "/":                             http.StatusForbidden,
			base + "/api/v1/hosts?x=/assets/a.txt": http.StatusForbidden,
		} {
			got := h.get(target, "Origin", "http://behind.example:9310")
			if got.status != want || got.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: %d, want %d; %v", target, got.status, want, got.header)
			}
		}
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
