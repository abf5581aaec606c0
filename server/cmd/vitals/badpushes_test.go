package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"time"
)

// badEvent is an event that is refused.
type badEvent struct {
	text, code, field string
	alone             bool // it spoils what stands behind it
}

// badEvents are wrong in one place each.
func badEvents() []badEvent {
	var events []badEvent
	add := func(code, field, text string) {
		events = append(events, badEvent{text: text, code: code, field: field})
	}
	for _, text := range []string{
		`""`, `"cpu x"`, `"1a"`, `".a"`, `"a b"`, `"a-b"`, `"ä"`, `"a{"`, `"a{}"`, `"a}"`, `"a{b}"`, `"a{b=c"`, `"a{b=c}d"`, `"a{c=1,b=2}"`, `"a{b=1,b=2}"`, `"a{=c}"`, `"a{1b=c}"`,
		`"a{b.c=d}"`, `"a\u0000"`, `"a\n"`, `"a{b=\u0007}"`, `"` + strings.Repeat("a", 101) + `"`, `"a{b=` + strings.Repeat("c", 200) + `}"`, `"a{b=\\x}"`, `1`, `null`, `true`, `[]`, `{}`, `["a"]`,
	} {
		add("bad_metric", "metric", `{"metric":`+text+`,"value":1,"host":"bad"}`)
	}
	for _, text := range []string{`"1"`, `null`, `true`, `[]`, `{}`, `[1]`, `""`, `"NaN"`} {
		add("bad_value", "value", `{"metric":"a","value":`+text+`,"host":"bad"}`)
	}
	for _, text := range []string{`1e999`, `-1e999`, `1e309`} {
		add("not_finite", "value", `{"metric":"a","value":`+text+`,"host":"bad"}`)
	}
	add("bad_value", "value", `{"metric":"a","host":"bad"}`)
	add("bad_metric", "metric", `{"value":1,"host":"bad"}`)
	for _, text := range []string{`""`, `"now"`, `"1690000000"`, `"2023-07-22"`, `"2023-13-01T00:00:00Z"`, `"2023-07-22 10:00:00Z"`, `"2023-07-22T25:00:00Z"`, `true`, `[]`, `{}`} {
		add("bad_timestamp", "timestamp", `{"metric":"a","value":1,"host":"bad","timestamp":`+text+`}`)
	}
	now := time.Now()
	for _, ago := range []time.Duration{2 * time.Hour, 24 * time.Hour, 10 * 365 * 24 * time.Hour} {
		add("too_old", "timestamp", fmt.Sprintf(`{"metric":"a","value":1,"host":"bad","timestamp":%d}`, now.Add(-ago).Unix()))
	}
	for _, text := range []string{"0", "1", "-1", "-1e300", `"1970-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`} {
		add("too_old", "timestamp", `{"metric":"a","value":1,"host":"bad","timestamp":`+text+`}`)
	}
	for _, stamp := range []int64{now.Add(time.Hour).Unix(), now.UnixMilli(), now.UnixMicro(), now.UnixNano()} {
		add("too_new", "timestamp", fmt.Sprintf(`{"metric":"a","value":1,"host":"bad","timestamp":%d}`, stamp))
	}
	for _, text := range []string{"1e300", "1e999", `"9999-12-31T23:59:59Z"`} {
		add("too_new", "timestamp", `{"metric":"a","value":1,"host":"bad","timestamp":`+text+`}`)
	}
	for _, text := range []string{
		`"a b"`, `"a,b"`, `"a/b"`, `"*"`, `"a\u0000b"`, `"a\u202eb"`, `"a\u200bb"`, `"\u0301a"`, `"ku\u0308che"`, `"<b>"`, `"` + strings.Repeat("h", 254) + `"`, `1`, `true`, `[]`, `{}`,
	} {
		add("bad_host", "host", `{"metric":"a","value":1,"host":`+text+`}`)
	}
	for _, text := range []string{`"` + strings.Repeat("u", 33) + `"`, `"a\u0000"`, `"a\nb"`, `"\u202e"`, `1`, `[]`, `true`} {
		add("bad_unit", "unit", `{"metric":"a","value":1,"host":"bad","unit":`+text+`}`)
	}
	for _, text := range []string{`"` + strings.Repeat("h", 201) + `"`, `"a\u0000"`, `"a\u2028b"`, `1`, `{}`, `false`} {
		add("bad_help", "help", `{"metric":"a","value":1,"host":"bad","help":`+text+`}`)
	}
	for _, name := range []string{"x", "Metric", "METRIC", "Value", "time", "tags", "__proto__", "", "metrics"} {
		add("malformed", name, fmt.Sprintf(`{"metric":"a","value":1,"host":"bad",%q:1}`, name))
	}
	for _, name := range []string{"cpu", "memory", "network.receive", "cpu.core{core=0}"} {
		add("reserved", "metric", fmt.Sprintf(`{"metric":%q,"value":1}`, name))
	}
	for _, text := range []string{`1`, `"a"`, `null`, `true`} {
		add("malformed", "", text)
	}
	for _, text := range []string{
		`{`, `{"metric":"a","value":1`, `{"metric":"a"`, `{"metric":"a`, `room.temp=21.3`, `metric,value`, `<xml/>`, "\x00", "\xff\xfe", "\ufeff{}", `{"metric":"a","value":1 "host":"b"`,
	} {
		events = append(events, badEvent{text: text, code: "malformed", alone: true})
	}
	return events
}

// badPushes are pushes of which nothing is taken, or not all.
func badPushes() []refusedRequest {
	const path, good = "/api/v1/events", `{"metric":"fine","value":1,"host":"good"}`
	var inputs []refusedRequest
	for _, event := range badEvents() {
		field := "[0]"
		if event.field != "" {
			field += "." + event.field
		}
		refusedAs := func(form, body string, headers ...string) {
			inputs = append(inputs, refusedRequest{
				name: fmt.Sprintf("%s %.60q", form, event.text), raw: pushing(path, body, headers...), status: 422, code: "unprocessable", field: field, refused: event.code,
			})
		}
		refusedAs("one", event.text)
		refusedAs("packed", packed(event.text), "Content-Encoding: gzip")
		if event.alone {
			continue
		}
		refusedAs("array of one", "["+event.text+"]", "Content-Type: application/json")
		refusedAs("two", event.text+"\n"+event.text+"\n", "Content-Type: application/x-ndjson")
		inputs = append(inputs, refusedRequest{
			name: fmt.Sprintf("beside a good one %.60q", event.text), raw: pushing(path, good+"\n"+event.text), status: 207, refused: event.code,
		})
	}
	return append(inputs, badBodies()...)
}

func packed(text string) string {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write([]byte(text)) // a buffer takes everything
	_ = writer.Close()
	return out.String()
}

// badBodies are wrong as a whole.
func badBodies() []refusedRequest {
	const path, good = "/api/v1/events", `{"metric":"fine","value":1,"host":"good"}`
	var inputs []refusedRequest
	add := func(name, raw string, status int, code, field string) {
		inputs = append(inputs, refusedRequest{name: name, raw: raw, status: status, code: code, field: field})
	}
	for _, media := range []string{
		"text/html", "application/xml", "multipart/form-data; boundary=x", "application/cbor", "image/png", "application/jsonx", "application", "/", "json", "text/*", "*/*",
		"application/json; charset=utf-16", "application/json; charset=latin1", "text/plain; charset=\"x", "application/json;;=", "application/x-protobuf", "application/grpc",
		"application/json, text/plain", "text/csv", "application/vnd.api+json", strings.Repeat("x", 2000),
	} {
		add(fmt.Sprintf("media %.60q", media), pushing(path, good, "Content-Type: "+media), 415, "unsupported_media", "Content-Type")
	}
	for _, coding := range []string{"br", "zstd", "deflate", "compress", "gzip, gzip", "gzip,br", "gzip;q=1", "x", "*", "gzip gzip", "identity, gzip", strings.Repeat("x", 2000)} {
		add(fmt.Sprintf("coding %.60q", coding), pushing(path, good, "Content-Encoding: "+coding), 415, "unsupported_media", "Content-Encoding")
	}
	for _, text := range []string{good, "", "\x1f\x8b", packed(good)[:12], packed(good)[:len(packed(good))-1], "\x1f\x8b\x08\xff" + strings.Repeat("\x00", 50), packed(good) + "rest"} {
		add(fmt.Sprintf("no gzip %.20q", text), pushing(path, text, "Content-Encoding: gzip"), 400, "bad_request", "body")
	}
	for _, body := range []string{"", " ", "\n\n\n", "\t \r\n", "[", "[" + good, "[" + good + ",", "[" + good + ",]", "[,]", "[" + good + good + "]", "[" + good + "] x", "[]]", "[" + good + "]{}", "[" + good + ",,"} {
		add(fmt.Sprintf("body %.60q", body), pushing(path, body), 400, "bad_request", "body")
	}
	for _, length := range []int{1<<20 + 1, 2 << 20, 1 << 30, 1 << 40} {
		add(fmt.Sprintf("%d bytes are announced", length), request("POST", path, fmt.Sprint("Content-Length: ", length)), 413, "payload_too_large", "Content-Length")
	}
	add("too large unpacked", pushing(path, packed(strings.Repeat(" ", 4<<20+1)), "Content-Encoding: gzip"), 413, "payload_too_large", "body")
	add("too large in chunks", request("POST", path, "Transfer-Encoding: chunked")+"100001\r\n"+strings.Repeat(" ", 1<<20+1)+"\r\n0\r\n\r\n", 413, "payload_too_large", "body")
	for _, chunk := range []string{"x\r\n", "-1\r\n", "5\r\nab\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5;" + strings.Repeat("x", 8000) + "\r\n"} {
		add(fmt.Sprintf("chunk %.20q", chunk), request("POST", path, "Transfer-Encoding: chunked")+chunk, 400, "bad_request", "body")
	}
	return inputs
}

// badLines are no lines of InfluxDB's protocol, answered in its form.
func badLines() []refusedRequest {
	var inputs []refusedRequest
	for _, path := range []string{"/api/v1/write", "/api/v2/write"} {
		add := func(name, raw string, status int, code, refused string) {
			inputs = append(inputs, refusedRequest{name: path + ": " + name, raw: raw, status: status, code: code, refused: refused})
		}
		for _, line := range []string{
			"a", "a b", "a b=", "a =1", ",x=y b=1", "a,x b=1", "a,x= b=1", "a,=y b=1", "a b=1x", "a b=tru", "a b=1 x", "a b=1 1.5", "a b=1,", "a b=\"x", "a b=1i2", "a,x=y", "a b=--1", "a  b=1 1 1",
			"a b=1u1", "a b='x'",
		} {
			add(line, pushing(path, line), 400, "bad_request", "malformed")
		}
		for stamp, code := range map[string]string{"1": "too_old", "-1": "too_old", "9223372036854775807": "too_new", "1690000000": "too_old", "99999999999999999999": "bad_timestamp"} {
			add("time "+stamp, pushing(path, "a,host=bad b=1 "+stamp), 400, "bad_request", code)
		}
		for _, host := range []string{"a\\ b", "a/b", "*", "<b>", "a\u202eb", strings.Repeat("h", 254)} {
			add("host "+host, pushing(path, "a,host="+host+" b=1"), 400, "bad_request", "bad_host")
		}
		for _, precision := range []string{"x", "S", "sec", "ns ", "h", "m", "1", "ps", "NS"} {
			add("precision "+precision, pushing(path+"?precision="+strings.ReplaceAll(precision, " ", "%20"), "a b=1"), 400, "bad_request", "")
		}
		for _, query := range []string{"x=1", "Precision=ns", "database=a", "q=1", "token=a"} {
			add(query, pushing(path+"?"+query, "a b=1"), 400, "bad_request", "")
		}
		for _, media := range []string{"application/json", "text/html", "application/x-protobuf", "multipart/form-data; boundary=x"} {
			add(media, pushing(path, "a b=1", "Content-Type: "+media), 415, "unsupported_media", "")
		}
		for _, coding := range []string{"br", "deflate", "snappy", "zstd"} {
			add(coding, pushing(path, "a b=1", "Content-Encoding: "+coding), 415, "unsupported_media", "")
		}
		add("no gzip", pushing(path, "a b=1", "Content-Encoding: gzip"), 400, "bad_request", "")
		add("too large", request("POST", path, "Content-Length: 1048577"), 413, "payload_too_large", "")
		add("a line that is too long", pushing(path, "a b=\""+strings.Repeat("x", 200<<10)+"\""), 413, "payload_too_large", "")
	}
	for _, query := range []string{"", "SELECT * FROM a", "DROP DATABASE a", "SHOW DATABASES", "CREATE", "CREATE USER a"} {
		body := "q=" + strings.ReplaceAll(query, " ", "+")
		raw := pushing("/api/v1/query", body, "Content-Type: application/x-www-form-urlencoded")
		inputs = append(inputs, refusedRequest{name: "query " + query, raw: raw, status: 400, code: "bad_request", field: "q"})
	}
	return inputs
}
