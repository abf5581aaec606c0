package main

import (
	"fmt"
	"strings"
)

var (
	foreignHosts = []string{
		"evil.example", "vitals.example.evil.example", "evilvitals.example", "a.vitals.example", "127.0.0.1.evil.example", "localhost.evil.example", "xn--vitals-9k1b.example",
		"", "127.1", "2130706433", "0x7f.1", "localhost.localdomain", "vitals-example", "example", "VITALS.EXAMPLE.EVIL.EXAMPLE:443", "vitals.example.com", "vitals.exampl",
		"notlocalhost", "localhost-", "evil.example:80", "1.2.3.4.5", "app.example", "vitals.example,evil.example", "256.1.1.1",
	}
	knownHosts     = []string{"localhost", "localhost:8080", "127.0.0.1", "[::1]:80", "vitals.example", "Vitals.Example:443", "app.localhost"}
	foreignOrigins = []string{
		"null", "NULL", "file://", "file:///etc/passwd", "http://", "https://", "//app.example", "app.example", "http://app.example", "https://app.example:8443", "https://app.example:80",
		"https://app.example.evil.example", "https://evilapp.example", "https://app.example@evil.example", "https://evil.example#app.example", "https://evil.example?app.example",
		"https://evil.example/app.example", "https://аpp.example", "https://app。example", "https://app.example.", "https://xn--pp-8ka.example", "https://app-example", "https://example",
		"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "ws://app.example",
		"wss://app.example", "ftp://app.example", "chrome-extension://abcdefghijklmnop", "moz-extension://0a1b", "data:text/html,x", "blob:https://app.example/1", "about:blank",
		"javascript:alert(1)", "https://*", "*", "https://*.example", "%", "https://%zz", "http://[::1", "https://app.example https://evil.example", "https://evil.example, https://app.example",
		"https://evil.example\\@app.example", "x", "1", "https://APP.EXAMPLE.EVIL.EXAMPLE", "https://" + strings.Repeat("a", 2000) + ".example",
	}
)

// entries are requests to the entries that a page could misuse, with lines for the head.
func entries(host string, headers ...string) map[string]string {
	with := func(raw string) string { return strings.Replace(raw, "Host: "+ownHost, "Host: "+host, 1) }
	handshake := append([]string{
		"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==",
	}, headers...)
	return map[string]string{
		"/ws":            with(request("GET", "/ws", handshake...)),
		"/events":        with(request("GET", "/events", headers...)),
		"/api/v1/hosts":  with(request("GET", "/api/v1/hosts", headers...)),
		"/api/v1/export": with(request("GET", "/api/v1/export?format=csv", headers...)),
		"/api/v1/events": with(pushing("/api/v1/events", `{"metric":"a","value":1}`, headers...)),
	}
}

// badNames ask under names that the server does not have, or for pages that may not.
func badNames() []refusedRequest {
	var inputs []refusedRequest
	for _, host := range foreignHosts {
		for _, headers := range [][]string{nil, {"Origin: http://" + host}, {"Origin: https://app.example"}} {
			for path, raw := range entries(host, headers...) {
				name := fmt.Sprintf("%s at %q with %v", path, host, headers)
				inputs = append(inputs, refusedRequest{name: name, raw: raw, status: 403, code: "forbidden", field: "Host"})
			}
		}
	}
	for i, origin := range foreignOrigins {
		for j, host := range knownHosts {
			for path, raw := range entries(host, "Origin: "+origin) {
				if j > 0 && (i+j)%3 > 0 && strings.HasPrefix(path, "/api") {
					continue // not each with each
				}
				name := fmt.Sprintf("%s at %s for a page of %.60q", path, host, origin)
				inputs = append(inputs, refusedRequest{name: name, raw: raw, status: 403, code: "forbidden", field: "Origin"})
			}
		}
		preflight := request("OPTIONS", "/api/v1/events", "Origin: "+origin, "Access-Control-Request-Method: POST")
		inputs = append(inputs, refusedRequest{name: fmt.Sprintf("a page of %.60q asks whether it may push", origin), raw: preflight, status: 403, code: "forbidden", field: "Origin"})
	}
	for _, site := range []string{"cross-site", "same-site", "evil"} {
		raw := pushing("/api/v1/events", `{"metric":"a","value":1}`, "Sec-Fetch-Site: "+site)
		inputs = append(inputs, refusedRequest{name: "a push from a page that is " + site, raw: raw, status: 403, code: "forbidden", field: "Origin"})
	}
	return inputs
}

// badPaths ask for what is not there, or in ways that are not answered.
func badPaths() []refusedRequest {
	var inputs []refusedRequest
	add := func(raw string, status int, code, field, name string, args ...any) {
		inputs = append(inputs, refusedRequest{name: fmt.Sprintf(name, args...), raw: raw, status: status, code: code, field: field})
	}
	otherMethods := []string{"PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FOO", "get", "post", "HEADS", "GE-T"}
	for _, path := range []string{
		"/ws", "/events", "/api/v1/hosts", "/api/v1/catalog", "/api/v1/connection", "/api/v1/history", "/api/v1/history/status", "/api/v1/history/hosts",
		"/api/v1/export", "/docs", "/docs/", "/livez", "/readyz", "/healthz", "/",
	} {
		for _, method := range append([]string{"POST", "OPTIONS"}, otherMethods...) {
			add(request(method, path), 405, "method_not_allowed", "method", "%s %s", method, path)
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/v1/nothing", "/api/v1/event"} { // what is not there has no methods
		for _, method := range append([]string{"POST", "OPTIONS"}, otherMethods...) {
			add(request(method, path), 404, "not_found", "path", "%s %s", method, path)
		}
	}
	for path, field := range map[string]string{
		"/api/v1/events": "method", "/api/v1/query": "method", "/api/v1/write": "", "/api/v2/write": "", // InfluxDB's errors have no field
	} {
		for _, method := range append([]string{"GET", "OPTIONS"}, otherMethods...) {
			add(request(method, path), 405, "method_not_allowed", field, "%s %s", method, path)
		}
		add(request("HEAD", path), 405, "", "", "HEAD %s", path)
	}
	for _, path := range []string{
		"/ws/", "/ws/x", "/WS", "/Ws", "/ws%20", "/ws%00", "/events/", "/events/x", "/EVENTS", "/event", "/api/ws", "/api/events", "/api/v1", "/api/v1/", "/api/v1/ws",
		"/api/v1/Hosts", "/api/v1/hosts/", "/api/v1/hosts/web-1", "/api/v1/events/", "/api/v1/history/", "/api/v1/History", "/api/v1/history/web-1",
		"/api/v1/exports", "/api/v1/export/csv", "/api/v2", "/api/v2/hosts", "/api/v0/hosts", "/api/v1/metrics", "/api/v1/write/", "/metrics",
		"/debug/pprof/", "/debug/vars", "/.env", "/.git/config", "/config", "/admin", "/index.php", "/wp-login.php", "/livez/", "/healthz/x", "/%2e%2e/x", "/..%2fetc%2fpasswd",
		"/%252e%252e/x", "/ws%3Fbatch=1", "/favicon.ico", "/robots.txt", "/assets/x.js", "/docs/nothing", "/docs/x.html", "/docs/..%2fx", "/%ff", "/a%0ab", "/" + strings.Repeat("x", 4000),
	} {
		add(request("GET", path), 404, "not_found", "path", "GET %.60s", path)
		add(request("HEAD", path), 404, "", "", "HEAD %.60s", path)
	}
	for _, query := range []string{"x=1", "host", "Host=a", "hosts=a", "limit=1"} {
		name, _, _ := strings.Cut(query, "=")
		add(request("GET", "/api/v1/hosts?"+query), 400, "bad_request", name, "hosts?%s", query)
		add(request("GET", "/api/v1/connection?"+query), 400, "bad_request", name, "connection?%s", query)
		add(pushing("/api/v1/events?"+query, "{}"), 400, "bad_request", name, "events?%s", query)
	}
	for _, host := range unknownHosts {
		add(request("GET", "/api/v1/catalog?host="+strings.ReplaceAll(host, "дача", "%D0%B4")), 404, "unknown_host", "host", "catalog of %.20s", host)
	}
	return inputs
}

// badHeads are no requests of HTTP; its server answers before the program can, without a body in JSON.
func badHeads() []refusedRequest {
	var inputs []refusedRequest
	add := func(status int, raw string) {
		inputs = append(inputs, refusedRequest{name: fmt.Sprintf("head %.60q", raw), raw: raw, status: status})
	}
	for _, raw := range []string{
		"GET\r\n\r\n", "GET /\r\n\r\n", "GET / \r\n\r\n", " / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "G@T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET / HTTP\r\n\r\n", "GET / HTTP/1\r\n\r\n", "GET / http/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\x00\r\n\r\n", "GET / HTTP/1.1\r\nHost: <a>\r\n\r\n", "GET %zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nA\x01: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nÄ: b\r\n\r\n",
		" GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", "GET / x HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		add(400, raw)
	}
	for _, length := range []string{"x", "-1", "+1", "1, 2", "0x10", "1.0", "99999999999999999999", "1 1", "1\r\nContent-Length: 2"} {
		add(400, request("POST", "/api/v1/events", "Content-Length: "+length))
	}
	for _, coding := range []string{"gzip", "chunked, chunked", "gzip, chunked", "identity", "x"} {
		add(501, request("POST", "/api/v1/events", "Transfer-Encoding: "+coding))
	}
	for _, version := range []string{"HTTP/2.0", "HTTP/9.9", "HTTP/0.9"} {
		add(505, "GET / "+version+"\r\nHost: localhost\r\n\r\n")
	}
	for _, header := range []string{"X: " + strings.Repeat("x", 40<<10), strings.Repeat("X: y\r\n", 8<<10) + "Z: z", strings.Repeat("x", 40<<10) + ": y"} {
		add(431, request("GET", "/", header))
	}
	for _, expectation := range []string{"100-go", "x"} {
		add(417, request("GET", "/livez", "Expect: "+expectation))
	}
	return inputs
}
