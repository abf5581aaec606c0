package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
)

// answer is what the server says to one request.
type answer struct {
	status int
	header http.Header
	body   string
	code   string // of the error in it
	field  string
}

// ask writes a request as it is and reads the answer.
func ask(t *testing.T, address, request string) answer {
	t.Helper()
	network, err := net.Dial("tcp", address)
	must(t, err)
	defer network.Close()
	must(t, network.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(network, request)
	must(t, err)
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(bufio.NewReader(network), &http.Request{Method: method})
	must(t, err)
	got := answer{status: response.StatusCode, header: response.Header}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return got
	}
	body, err := io.ReadAll(response.Body)
	must(t, err)
	var told struct {
		Error struct{ Code, Message, Field string } `json:"error"`
	}
	got.body = string(body)
	if json.Unmarshal(body, &told) == nil && told.Error.Message != "" {
		got.code, got.field = told.Error.Code, told.Error.Field
	}
	return got
}

// swap changes one line of a good handshake; an empty new line takes it away.
func swap(address, old, fresh string) string {
	if fresh != "" {
		fresh += "\r\n"
	}
	return strings.Replace(streamtest.Handshake(address, "/ws"), old+"\r\n", fresh, 1)
}

func TestHandshakes(t *testing.T) {
	const key = "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw=="
	address := start(t, "--allow-origin=https://app.example", "--allow-host=vitals.example").address
	good := func(path string, headers ...string) string { return streamtest.Handshake(address, path, headers...) }
	host := "Host: " + address
	tests := map[string]struct {
		request string
		status  int
		field   string
	}{
		"good":                       {good("/ws"), 101, ""},
		"session":                    {good("/ws", "Sec-WebSocket-Protocol: vitals.v1.json"), 101, ""},
		"session among others":       {good("/ws", "Sec-WebSocket-Protocol: x, vitals.v1.json"), 101, ""},
		"words in any case":          {swap(address, "Connection: Upgrade", "connection: keep-alive, UPGRADE"), 101, ""},
		"compression is not taken":   {good("/ws", "Sec-WebSocket-Extensions: permessage-deflate"), 101, ""},
		"unknown subprotocol":        {good("/ws", "Sec-WebSocket-Protocol: vitals.v2.json"), 400, "Sec-WebSocket-Protocol"},
		"subprotocol in other case":  {good("/ws", "Sec-WebSocket-Protocol: Vitals.v1.json"), 400, "Sec-WebSocket-Protocol"},
		"empty subprotocol":          {good("/ws", "Sec-WebSocket-Protocol: "), 400, "Sec-WebSocket-Protocol"},
		"no upgrade at all":          {"GET /ws HTTP/1.1\r\n" + host + "\r\n\r\n", 426, "Upgrade"},
		"HEAD":                       {"HEAD /ws HTTP/1.1\r\n" + host + "\r\n\r\n", 426, ""},
		"HEAD with upgrade":          {strings.Replace(good("/ws"), "GET", "HEAD", 1), 405, ""},
		"HTTP/1.0":                   {strings.Replace(good("/ws"), "HTTP/1.1", "HTTP/1.0", 1), 426, "Upgrade"},
		"no Upgrade header":          {swap(address, "Upgrade: websocket", ""), 426, "Upgrade"},
		"upgrade to something else":  {swap(address, "Upgrade: websocket", "Upgrade: h2c"), 426, "Upgrade"},
		"no Connection header":       {swap(address, "Connection: Upgrade", ""), 426, "Upgrade"},
		"Connection: close":          {swap(address, "Connection: Upgrade", "Connection: close"), 426, "Upgrade"},
		"no version":                 {swap(address, "Sec-WebSocket-Version: 13", ""), 400, "Sec-WebSocket-Version"},
		"version 8":                  {swap(address, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"), 400, "Sec-WebSocket-Version"},
		"version 14":                 {swap(address, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 14"), 400, "Sec-WebSocket-Version"},
		"no key":                     {swap(address, key, ""), 400, "Sec-WebSocket-Key"},
		"a short key":                {swap(address, key, "Sec-WebSocket-Key: AAEC"), 400, "Sec-WebSocket-Key"},
		"a key that is not base64":   {swap(address, key, "Sec-WebSocket-Key: ************************"), 400, "Sec-WebSocket-Key"},
		"two keys":                   {swap(address, key, key+"\r\n"+key), 400, "Sec-WebSocket-Key"},
		"POST":                       {strings.Replace(good("/ws"), "GET", "POST", 1), 405, "method"},
		"OPTIONS":                    {"OPTIONS /ws HTTP/1.1\r\n" + host + "\r\n\r\n", 405, "method"},
		"unknown parameter":          {good("/ws?metric=cpu"), 400, "metric"},
		"format that is none":        {good("/ws?format=xml"), 400, "format"},
		"bad switch":                 {good("/ws?batch=yes"), 400, "batch"},
		"empty glob":                 {good("/ws?metrics="), 400, "metrics"},
		"too many globs":             {good("/ws?metrics=" + strings.Repeat("a,", 16) + "a"), 400, "metrics"},
		"too long a glob":            {good("/ws?metrics=" + strings.Repeat("a", 201)), 400, "metrics"},
		"another path":               {good("/ws/"), 404, "path"},
		"below api":                  {good("/api/v1/ws"), 404, "path"},
		"the same origin":            {good("/ws", "Origin: http://"+address), 101, ""},
		"the same behind TLS":        {good("/ws", "Origin: https://"+address), 101, ""},
		"an allowed origin":          {good("/ws", "Origin: https://app.example"), 101, ""},
		"allowed, port written out":  {good("/ws", "Origin: https://app.example:443"), 101, ""},
		"allowed, other case":        {good("/ws", "Origin: https://APP.example"), 101, ""},
		"allowed, other scheme":      {good("/ws", "Origin: http://app.example"), 403, "Origin"},
		"allowed, other port":        {good("/ws", "Origin: https://app.example:8443"), 403, "Origin"},
		"a longer name":              {good("/ws", "Origin: https://app.example.evil.example"), 403, "Origin"},
		"a name that ends alike":     {good("/ws", "Origin: https://evilapp.example"), 403, "Origin"},
		"a user in front":            {good("/ws", "Origin: https://app.example@evil.example"), 403, "Origin"},
		"null":                       {good("/ws", "Origin: null"), 403, "Origin"},
		"a file":                     {good("/ws", "Origin: file://"), 403, "Origin"},
		"another port here":          {good("/ws", "Origin: http://127.0.0.1:1"), 403, "Origin"},
		"an alike letter":            {good("/ws", "Origin: https://аpp.example"), 403, "Origin"},
		"the host is allowed":        {swap(address, host, "Host: vitals.example"), 101, ""},
		"the host, in other case":    {swap(address, host, "Host: Vitals.Example:80"), 101, ""},
		"the host is localhost":      {swap(address, host, "Host: localhost:1234"), 101, ""},
		"the host is an IPv6 one":    {swap(address, host, "Host: [::1]:80"), 101, ""},
		"a foreign host (rebinding)": {swap(address, host, "Host: evil.example"), 403, "Host"},
		"foreign host and origin":    {swap(address, host, "Host: evil.example\r\nOrigin: http://evil.example"), 403, "Host"},
		"below an allowed host":      {swap(address, host, "Host: a.vitals.example"), 403, "Host"},
		"an empty host":              {swap(address, host, "Host: "), 403, "Host"},
	}
	for name, wanted := range tests {
		t.Run(name, func(t *testing.T) {
			got := ask(t, address, wanted.request)
			if got.status != wanted.status || got.field != wanted.field {
				t.Errorf("answered %d, field %q, expected %d, %q: %s", got.status, got.field, wanted.status, wanted.field, got.body)
			}
			isHead := strings.HasPrefix(wanted.request, "HEAD")
			if got.status != 101 && !isHead && (got.code == "" || got.header.Get("Content-Type") != "application/json; charset=utf-8") {
				t.Errorf("the answer is no error in JSON: %s", got.body)
			}
			if got.header.Get("Sec-WebSocket-Extensions") != "" {
				t.Error("an extension was taken")
			}
			checkHints(t, got, wanted.field)
		})
	}
}

// checkHints wants the headers that RFC 9110 and RFC 6455 ask for in answers of these kinds.
func checkHints(t *testing.T, got answer, field string) {
	t.Helper()
	switch {
	case got.status == http.StatusUpgradeRequired && got.header.Get("Upgrade") != "websocket":
		t.Error("426 without Upgrade")
	case got.status == http.StatusMethodNotAllowed && got.header.Get("Allow") == "":
		t.Error("405 without Allow")
	case field == "Sec-WebSocket-Version" && got.header.Get("Sec-WebSocket-Version") != "13":
		t.Error("a wrong version is not told the right one")
	}
}

// A body that never comes must not keep a connection for ever, nor hold up a stop.
func TestARequestThatStallsIsCut(t *testing.T) {
	t.Parallel() // it waits for the server's patience to end
	address := start(t).address
	network, err := net.Dial("tcp", address)
	must(t, err)
	defer network.Close()
	must(t, network.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(network, "POST /api/v1/hosts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
	must(t, err)
	text, err := io.ReadAll(network)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 405 ") {
		t.Errorf("answered %q, then %v", text, err)
	}
}

func TestTheNameThatIsListenedOnIsKnown(t *testing.T) {
	if got := ownNames(metric.Host{Hostname: "web-1"}, "Box.lan:8080"); !slices.Contains(got, "box.lan") || !slices.Contains(got, "web-1") {
		t.Errorf("names are %v", got)
	}
	if got := ownNames(metric.Host{Hostname: "web-1"}, ":8080"); slices.Contains(got, "") {
		t.Errorf("names are %v", got)
	}
}

func TestTheSameBelowABase(t *testing.T) {
	address := start(t, "--base=/vitals").address
	for path, status := range map[string]int{"/vitals/ws": 101, "/ws": 101, "/vitalsws": 404, "/vitals/vitals/ws": 404, "/other/ws": 404} {
		if got := ask(t, address, streamtest.Handshake(address, path)); got.status != status {
			t.Errorf("%s answers %d, expected %d", path, got.status, status)
		}
	}
}
