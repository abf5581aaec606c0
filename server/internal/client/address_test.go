package client

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for text, base := range map[string]string{
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080/",
		"127.0.0.1:8080":                  "http://127.0.0.1:8080/",
		"localhost:8080/vitals":           "http://localhost:8080/vitals/",
		"ws://vitals.example/ws":          "http://vitals.example/",
		"wss://vitals.example/a/b/ws":     "https://vitals.example/a/b/",
		"https://vitals.example/a/events": "https://vitals.example/a/",
		"https://vitals.example/a/?x=1#y": "https://vitals.example/a/",
		"https://[::1]:8443//":            "https://[::1]:8443/",
		"HTTP://vitals.example":           "http://vitals.example/",
		"https://vitals.example/newws":    "https://vitals.example/newws/",
	} {
		address, err := ParseAddress(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := address.String(); got != base {
			t.Errorf("%s is %s, want %s", text, got, base)
		}
	}
	for text, problem := range map[string]string{
		"ftp://vitals.example": "begins with", "http://": "names no host", "": "names no host",
		"http://a:b@vitals.example": "password", "http://a b": "cannot be read", "http://[::1": "cannot be read",
	} {
		_, err := ParseAddress(text)
		if err == nil || !strings.Contains(err.Error(), problem) || !strings.Contains(err.Error(), "write it like") {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "a:b") {
			t.Errorf("a password stands in %v", err)
		}
	}
}

func TestPartsOfAnAddress(t *testing.T) {
	address, err := ParseAddress("https://vitals.example/a")
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		address.At("api/v1/hosts"):   "https://vitals.example/a/api/v1/hosts",
		address.Root().At("ws"):      "https://vitals.example/ws",
		address.Port():               "443",
		address.Origin():             "https://vitals.example",
		address.Hostname():           "vitals.example",
		address.Path():               "/a/",
		address.Root().String() + "": "https://vitals.example/",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	for _, test := range []struct {
		from, to string
		follows  bool
	}{
		{"http://a/x", "http://a/y", true},
		{"http://a/x", "https://a/x", true},
		{"https://a/x", "http://a/x", false},
		{"http://a/x", "http://b/x", false},
		{"http://a/x", "http://a:8080/x", false},
	} {
		from, _ := url.Parse(test.from)
		to, _ := url.Parse(test.to)
		err := StayOnHost(&http.Request{URL: to}, []*http.Request{{URL: from}})
		if (err == nil) != test.follows {
			t.Errorf("%s to %s: %v", test.from, test.to, err)
		}
	}
}
