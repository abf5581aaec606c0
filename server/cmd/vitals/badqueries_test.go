package main

import (
	"fmt"
	"net/url"
	"strings"

	"vitals/internal/stream/streamtest"
)

// badValues are values that a parameter of the streams does not take. The field at fault is the parameter.
var badValues = map[string][]string{
	"batch":    badSwitches,
	"envelope": badSwitches,
	"format":   {"", "JSON", "Cbor", "CBOR", "xml", "json,cbor", "json ", " json", "text", "msgpack", "*", "0", "null", "json\x00"},
	"backfill": badTimes,
	"interval": append([]string{
		"0.01", "0.09s", "50ms", "99ms", "1ms", "1ns", "3601", "3600.5", "61m", "2h", "10000h", "1e9", "99us",
	}, badTimes...),
	"metrics": {"", ",", "a,", ",a", "a,,b", strings.Repeat("a", 201), strings.Repeat("*", 201), "cpu," + strings.Repeat("é", 101)},
	"host": {
		"", ",", "web-1,", ",web-1", "*,web-1", "web-1,*", "*,*", "x,x", "web 1", " web-1", "web-1 ", "a/b", "a\\b", "a\x00", "a\nb", "a\tb", "\xff", "a\u200bb",
		"a\u202eb", "a\ufeffb", "a\u00adb", "ku\u0308che", "\u0301a", "host{a=b}", "<script>", "a*", "a;b", "a'b", `a"b`, "\U0001f600", strings.Repeat("h", 254),
		strings.Repeat("ü", 127),
	},
}

var badSwitches = []string{
	"", "yes", "no", "on", "off", "2", "-1", "TRUE", "True", "FALSE", "1.0", "01", " 1", "1 ", "null", "1,0", "t", "f", "１", "1\x00", strings.Repeat("1", 100),
}

var badTimes = []string{
	"", "x", "-1", "-5m", "-0.001", "5 m", "5min", "5M", "1e999", "NaN", "Inf", "-Inf", "infinity", "0x10", "0x1p4", "1_000", "5m5", "1h 5m", "5,5", "٥", "3600001",
	"9999999999h", "m", ".", "s5", "1d", "1w", "5m\x00", "--5", "1.2.3", "null", "all", strings.Repeat("9", 400),
}

var unknownHosts = []string{"nobody", "NOBODY", "Web-1", "127.0.0.1", "web-99", "дача", "web-1.", "web", "web-11", "fe80::1", strings.Repeat("h", 253)}

// badSince and badIDs are positions that nobody can have told a viewer.
var (
	badSince = []string{
		"x", "x:", ":1", ":", "x:-1", "x:1.5", "e:9007199254740992", "e:18446744073709551616", "e:1,e:2", "e:1:2", "e:+1", "e: 1", "e:0x1", "e:1e3", "e-1",
		strings.Repeat("e", 65) + ":1", "e:１",
	}
	badIDs = []string{
		"", "x", "x-", "-1", "-", "x-y", "x--1", "x-1.0", "x-1.", "x-0.1", "x-1.-1", "x-18446744073709551616", "x-1.5.6", "x-1.99999999999", "x-1e3", "x-0x1", "x- 1",
		"x:1", strings.Repeat("e", 65) + "-1", "x-1,x-2", "x-１",
	}
	unknownNames = []string{
		"Host", "HOST", "hosts", "hostname", "metric", "Metrics", "formats", "Format", "type", "token", "access_token", "callback", "jsonp", "_", "__proto__",
		"constructor", "a.b", "a[b]", "batch[]", "metrics[0]", "a\x00b", "\x00", "<x>", "\U0001f600", "batch ", " batch", "batch\n", "ｂatch", "back_fill", "back-fill",
		"intervals", "limit", "offset", "id", "epoch", "seq", "last_event_id", "Last-Event-ID", "v", "0", "-1", "'; --", "../x", "%2e", "ws", "events",
	}
	unreadable = []string{"%", "%z", "%zz", "a=%", "a=%f", "a=%fg", "batch=1;metrics=a", ";", "a;b=c", "%%", "batch=1&%", "batch=%1"}
)

// streamEntries are the requests that open streams, by their query.
var streamEntries = map[string]func(query string) string{
	"/ws": func(query string) string {
		return strings.Replace(streamtest.Handshake(ownHost, "/ws"), "/ws", "/ws?"+query, 1)
	},
	"/events": func(query string) string { return request("GET", "/events?"+query) },
}

// badQueries ask for streams that there are not.
func badQueries() []refusedRequest {
	var inputs []refusedRequest
	for path, entry := range streamEntries {
		add := func(query string, status int, code, field string) {
			inputs = append(inputs, refusedRequest{name: fmt.Sprintf("%s?%.60s", path, query), raw: entry(query), status: status, code: code, field: field})
		}
		for name, values := range badValues {
			for _, value := range values {
				add(name+"="+url.QueryEscape(value), 400, "bad_request", name)
				if name != "host" && name != "metrics" { // of these all values count, of others the last
					add(name+"=1&"+name+"="+url.QueryEscape(value), 400, "bad_request", name)
				}
			}
		}
		for _, host := range unknownHosts {
			add("host="+url.QueryEscape(host), 404, "unknown_host", "host")
			add("batch=1&host=web-1,"+url.QueryEscape(host), 404, "unknown_host", "host")
		}
		for _, name := range unknownNames {
			add(url.QueryEscape(name)+"=1", 400, "bad_request", name)
			add("batch=1&"+url.QueryEscape(name), 400, "bad_request", name)
		}
		for _, query := range unreadable {
			add(query, 400, "bad_request", "query")
		}
		long := strings.Repeat("n", 100)
		add(long+"=1", 400, "bad_request", long[:64])
		add("=1", 400, "bad_request", "query")
		add("envelope=1", 400, "bad_request", "envelope")
		add("envelope=1&interval=0", 400, "bad_request", "envelope")
		for _, count := range []int{17, 18, 100, 1000} {
			add("metrics="+list(count, "a"), 400, "too_many", "metrics")
			add(strings.Repeat("metrics=a&", count), 400, "too_many", "metrics")
		}
		for _, count := range []int{129, 500} {
			add("host="+list(count, "a"), 400, "too_many", "host")
		}
	}
	return append(inputs, badResumes()...)
}

// badResumes are what the two entries do not have in common.
func badResumes() []refusedRequest {
	var inputs []refusedRequest
	add := func(path, query, field string) {
		inputs = append(inputs, refusedRequest{
			name: fmt.Sprintf("%s?%.60s", path, query), raw: streamEntries[path](query), status: 400, code: "bad_request", field: field,
		})
	}
	for _, name := range []string{"session", "since", "lastEventId"} {
		for _, value := range []string{"", "1", "e:1", "e-1"} {
			add("/ws", name+"="+value, name)
		}
	}
	add("/events", "format=cbor", "format")
	add("/events", "format=cbor&session=1", "format")
	for _, value := range badSwitches {
		add("/events", "session="+url.QueryEscape(value), "session")
	}
	for _, since := range badSince {
		add("/events", "session=1&since="+url.QueryEscape(since), "since")
		add("/events", "since="+url.QueryEscape(since), "since")
		add("/events", "session=1&host=web-1&since="+url.QueryEscape(since), "since")
	}
	for _, id := range badIDs {
		add("/events", "lastEventId="+url.QueryEscape(id), "lastEventId")
		add("/events", "batch=1&metrics=cpu&lastEventId="+url.QueryEscape(id), "lastEventId")
	}
	add("/events", "since=e:1", "since")
	add("/events", "session=1&lastEventId=e-1", "lastEventId")
	add("/events", "session=1&batch=1", "batch")
	add("/events", "session=1&batch=0", "batch")
	return inputs
}
