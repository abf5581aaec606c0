package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
)

// refusedRequest is a request that is refused, and how.
type refusedRequest struct {
	name    string
	raw     string
	status  int
	code    string // of the error; empty when the HTTP server answers before the program can, or to HEAD
	field   string // that is at fault
	refused string // the code of the first event that was refused, for pushes
}

// own is the address that the program was started for, whatever its port is.
const ownHost = "localhost"

// request is one in HTTP/1.1 under a name that the server has.
func request(method, path string, headers ...string) string {
	return strings.Join(append([]string{method + " " + path + " HTTP/1.1", "Host: " + ownHost}, headers...), "\r\n") + "\r\n\r\n"
}

// pushing is a request with a body.
func pushing(path, body string, headers ...string) string {
	return request("POST", path, append(headers, fmt.Sprint("Content-Length: ", len(body)))...) + body
}

// play sends the request and compares the answer.
func (b refusedRequest) play(number int, address string) error {
	conn, err := dialAs(number, address)
	if err != nil {
		return err
	}
	defer streamtest.Over(conn).CloseNow()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, b.raw) // a server that has heard enough may hang up
	method, _, _ := strings.Cut(b.raw, " ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	var body []byte
	if answer.StatusCode != http.StatusSwitchingProtocols && answer.StatusCode != http.StatusOK {
		if body, err = io.ReadAll(answer.Body); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return b.judge(answer, body)
}

// judge compares an answer with what is wanted.
func (b refusedRequest) judge(answer *http.Response, body []byte) error {
	got := refusedRequest{name: b.name, raw: b.raw, status: answer.StatusCode}
	var told struct {
		Error    json.RawMessage
		Code     string
		Rejected []struct{ Code string }
	}
	if json.Unmarshal(body, &told) == nil {
		var inner struct{ Code, Message, Field string }
		if json.Unmarshal(told.Error, &inner) == nil {
			got.code, got.field = inner.Code, inner.Field
		} else { // as InfluxDB answers
			got.code = told.Code
		}
	}
	if b.refused != "" && len(told.Rejected) > 0 {
		got.refused = told.Rejected[0].Code
	}
	if got != b {
		return fmt.Errorf("%s: answered %d, code %q, field %q, event refused %q, expected %d, %q, %q, %q: %.200s",
			b.name, got.status, got.code, got.field, got.refused, b.status, b.code, b.field, b.refused, body)
	}
	const mostBytes = 4 << 10
	if len(body) > mostBytes && b.refused == "" {
		return fmt.Errorf("%s: answered at length: %d bytes", b.name, len(body))
	}
	return checkHeaders(b.name, answer)
}

// checkHeaders wants the headers that the status asks for.
func checkHeaders(name string, answer *http.Response) error {
	needed := map[int]string{
		http.StatusMethodNotAllowed: "Allow", http.StatusUpgradeRequired: "Upgrade", http.StatusTooManyRequests: "Retry-After",
		http.StatusServiceUnavailable: "Retry-After",
	}[answer.StatusCode]
	if needed != "" && answer.Header.Get(needed) == "" {
		return fmt.Errorf("%s: %d without %s", name, answer.StatusCode, needed)
	}
	return nil
}

// TestEveryBadRequestIsToldWhatIsWrong sends whatever is wrong with requests to all entries; each is answered with its own
// status, code and field, and nobody else notices.
func TestEveryBadRequestIsToldWhatIsWrong(t *testing.T) {
	var inputs []refusedRequest
	for _, part := range []struct {
		what   string
		inputs []refusedRequest
	}{
		{"handshakes", badHandshakes()},
		{"queries", badQueries()},
		{"names and origins", badNames()},
		{"paths and methods", badPaths()},
		{"heads", badHeads()},
		{"pushes", badPushes()},
		{"lines", badLines()},
		{"history", badHistory()},
	} {
		t.Logf("%5d %s", len(part.inputs), part.what)
		inputs = append(inputs, part.inputs...)
	}
	names := map[string]bool{}
	for _, input := range inputs {
		if names[input.name+input.raw] {
			t.Errorf("%s stands twice", input.name)
		}
		names[input.name+input.raw] = true
	}
	const fewest = 2000
	if len(inputs) < fewest {
		t.Errorf("only %d inputs", len(inputs))
	}
	program := start(t, "--handshake-rate=1000000", "--allow-origin=https://app.example", "--allow-host=vitals.example", "--simulate-hosts=2")
	beside := moveIn(t, program.address)
	before := takeBaseline(t)
	var answered atomic.Int64
	attack(t, len(inputs), func(number int) error {
		answered.Add(1)
		return inputs[number-1].play(number, program.address)
	})
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
	mustLogNoFault(t, program)
	t.Logf("%5d bad requests in all; %d inputs on open streams are tested beside them", answered.Load(), len(allInputs()))
}

// badHandshakes are no handshakes of a WebSocket.
func badHandshakes() []refusedRequest {
	const key, version, upgrade, connection = "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==", "Sec-WebSocket-Version: 13", "Upgrade: websocket", "Connection: Upgrade"
	var inputs []refusedRequest
	good := streamtest.Handshake(ownHost, "/ws")
	swap := func(line, fresh string, status int, code, field string) {
		raw := strings.Replace(good, line+"\r\n", fresh+"\r\n", 1)
		inputs = append(inputs, refusedRequest{name: fmt.Sprintf("%.80q for %s", fresh, line), raw: raw, status: status, code: code, field: field})
	}
	for _, value := range []string{
		"", "h2c", "web socket", "websockets", "websocket2", "ws", "http/1.1", "TLS/1.0", "\"websocket\"", "websocket/13", "websocket;q=1", "*",
	} {
		swap(upgrade, "Upgrade: "+value, 426, "upgrade_required", "Upgrade")
	}
	for _, value := range []string{
		"", "close", "keep-alive", "Up grade", "Upgraded", "\"Upgrade\"", "upgrade;q=1", "keep-alive; Upgrade", "*", "websocket",
	} {
		swap(connection, "Connection: "+value, 426, "upgrade_required", "Upgrade")
	}
	for _, value := range []string{"", "0", "7", "8", "12", "14", "013", "13.0", "+13", "1 3", "thirteen", "13,8", "13;", "0x0d", "-13", "1313"} {
		swap(version, "Sec-WebSocket-Version: "+value, 400, "bad_request", "Sec-WebSocket-Version")
	}
	for _, value := range []string{
		"", "AAEC", "AAECAwQFBgcICQoLDA0O", "AAECAwQFBgcICQoLDA0ODxA=", "AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODw=", "AAECAwQFBgcICQoLDA0ODw==x",
		"AAECAwQFBgcICQoLDA0ODw-_", "AAECAwQFBgcICQoLDA0O!w==", "========================", "AAECAwQFBgcI CQoLDA0ODw==", strings.Repeat("A", 4000),
		"AAECAwQFBgcICQoLDA0ODw==, AAECAwQFBgcICQoLDA0ODw==", "00112233445566778899aabbccddeeff",
	} {
		swap(key, "Sec-WebSocket-Key: "+value, 400, "bad_request", "Sec-WebSocket-Key")
	}
	for _, line := range []string{upgrade, connection, version, key} {
		status, code := 400, "bad_request"
		field, _, _ := strings.Cut(line, ":")
		if line == upgrade || line == connection {
			status, code, field = 426, "upgrade_required", "Upgrade"
		}
		raw := strings.Replace(good, line+"\r\n", "", 1)
		inputs = append(inputs, refusedRequest{name: "without " + line, raw: raw, status: status, code: code, field: field})
	}
	swap(key, key+"\r\n"+key, 400, "bad_request", "Sec-WebSocket-Key")
	for _, value := range []string{
		"", "vitals", "vitals.v1", "vitals.v2.json", "vitals.v1.xml", "vitals.v0.json", "VITALS.V1.JSON", "vitals.v1.json.", "vitals.v1.jso", "json", "mqtt",
		"graphql-ws, soap", ",", ",,,", "vitals.v1.json;x=1", "\"vitals.v1.json\"", "vitals.v1.json vitals.v1.cbor", strings.Repeat("x", 4000), "vitals.v1.Cbor", "vitals/v1/json",
	} {
		raw := streamtest.Handshake(ownHost, "/ws", "Sec-WebSocket-Protocol: "+value)
		inputs = append(inputs, refusedRequest{name: fmt.Sprintf("subprotocol %.40q", value), raw: raw, status: 400, code: "unsupported_protocol", field: "Sec-WebSocket-Protocol"})
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO", "get", "Get"} {
		raw := strings.Replace(good, "GET", method, 1)
		inputs = append(inputs, refusedRequest{name: "handshake by " + method, raw: raw, status: 405, code: "method_not_allowed", field: "method"})
	}
	return append(inputs, refusedRequest{name: "a handshake in HTTP/1.0", raw: strings.Replace(good, "HTTP/1.1", "HTTP/1.0", 1), status: 426, code: "upgrade_required", field: "Upgrade"})
}
