package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
)

// behindDefaults is a proxy as people write one, with the defaults of nginx and Debian: it holds answers back, speaks HTTP/1.0
// and compresses pages.
const behindDefaults = `server { listen LISTEN; location / { proxy_pass http://%s; proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; gzip on; } }`

func TestAnEventStreamPassesAProxyThatHoldsAnswersBack(t *testing.T) {
	t.Parallel()
	program := start(t)
	proxy := startNginx(t, fmt.Sprintf(behindDefaults, program.address))
	// Nothing has this name: a proxy that waits for more than the first few bytes waits for ever.
	quiet, err := streamtest.OpenEvents(proxy, "/events?metrics=nothing", "Accept-Encoding: gzip")
	must(t, err)
	defer quiet.CloseNow()
	event, err := quiet.Next()
	must(t, err)
	if event.Name != "ping" || quiet.Comments == 0 || quiet.Header.Get("Content-Encoding") != "" {
		t.Errorf("first came %+v after %d comments, %v", event, quiet.Comments, quiet.Header)
	}
}

func TestAnEventStreamComesBackThroughAProxy(t *testing.T) {
	t.Parallel()
	program := start(t)
	proxy := startNginx(t, fmt.Sprintf(behindDefaults, program.address))
	var last metric.Event
	id := ""
	for range 5 {
		client, err := streamtest.OpenEvents(proxy, "/events?metrics=cpu&backfill=5s", "Last-Event-ID: "+id)
		must(t, err)
		for range 7 {
			event, err := client.NextValue()
			must(t, err)
			var got metric.Event
			must(t, json.Unmarshal([]byte(event.Data), &got))
			if event.Name != "message" || last.Timestamp != 0 && got.Timestamp != last.Timestamp+100 {
				t.Fatalf("behind %+v came %+v", last, event)
			}
			last, id = got, event.ID
		}
		client.CloseNow()
	}
}

func TestTheHeadOfAnEventStream(t *testing.T) {
	t.Parallel()
	program := start(t, "--allow-origin=https://a.example")
	for name, c := range map[string]struct {
		request string
		status  int
		field   string
	}{
		"asked for the head":   {"HEAD /events HTTP/1.1\r\nHost: localhost", http.StatusOK, ""},
		"posted":               {"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0", http.StatusMethodNotAllowed, ""},
		"another parameter":    {"GET /events?metric=cpu HTTP/1.1\r\nHost: localhost", http.StatusBadRequest, "metric"},
		"in CBOR":              {"GET /events?format=cbor HTTP/1.1\r\nHost: localhost", http.StatusBadRequest, "format"},
		"of an unknown host":   {"GET /events?host=nobody HTTP/1.1\r\nHost: localhost", http.StatusNotFound, "host"},
		"under another name":   {"GET /events HTTP/1.1\r\nHost: evil.example", http.StatusForbidden, "Host"},
		"for another's page":   {"GET /events HTTP/1.1\r\nHost: localhost\r\nOrigin: https://b.example", http.StatusForbidden, "Origin"},
		"a WebSocket's host":   {"GET /ws?host=nobody HTTP/1.1\r\nHost: localhost\r\n" + upgrade, http.StatusNotFound, "host"},
		"a WebSocket's filter": {"GET /ws?interval=5 HTTP/1.1\r\nHost: localhost\r\n" + upgrade, http.StatusSwitchingProtocols, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, program.address, c.request+"\r\nConnection: close\r\n\r\n")
			if got.status != c.status || c.field != "" && got.field != c.field {
				t.Errorf("answered %d %s", got.status, got.body)
			}
			if buffering := got.header.Get("X-Accel-Buffering"); (buffering == "no") != (c.status == http.StatusOK) {
				t.Errorf("X-Accel-Buffering is %q", buffering)
			}
		})
	}
	client, err := streamtest.OpenEvents(program.address, "/events", "Origin: https://a.example")
	must(t, err)
	defer client.CloseNow()
	for name, wanted := range map[string]string{
		"Access-Control-Allow-Origin": "https://a.example", "Vary": "Origin", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-cache, no-transform",
	} {
		if got := client.Header.Get(name); got != wanted {
			t.Errorf("%s is %q, expected %q", name, got, wanted)
		}
	}
}

// upgrade is what makes a request a handshake, but for Connection, which ends up in one line with close.
const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw=="
