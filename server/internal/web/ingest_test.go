package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/ingest"
	"vitals/internal/limits"
	"vitals/internal/metric"
	"vitals/internal/web"
)

// takesEvents lets a server take events; its own host measures cpu.
func takesEvents(options *web.Options) {
	bus := options.Bus
	options.Ingest = ingest.New(ingest.Options{Bus: bus, Own: "web-1", Sampled: []string{"web-1"}})
	options.Limits = limits.New(limits.Options{RequestsPerSecond: 1e6, BodyBytesPerSecond: 1e12})
}

// post sends a body; the headers are pairs.
func (s *testServer) post(target, body string, headers ...string) answer {
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, target, strings.NewReader(body))
	request.Host = "localhost:8080"
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	response := recorder.Result()
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(text)}
}

func zipped(text string) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(text))
	_ = writer.Close()
	return packed.String()
}

// catalog lists the names of a host's series.
func (s *testServer) catalog(t *testing.T, host string) (names []string) {
	t.Helper()
	var got struct {
		Series []metric.Series `json:"series"`
	}
	if err := json.Unmarshal([]byte(s.get("/api/v1/catalog?host="+host).body), &got); err != nil {
		t.Fatal(err)
	}
	for _, series := range got.Series {
		names = append(names, series.Metric)
	}
	return names
}

func TestPushedEvents(t *testing.T) {
	const event, bad = `{"metric":"room.temp","value":21.3}`, `{"metric":"room temp","value":21.3}`
	now := time.Now()
	tests := map[string]struct {
		body   string
		header []string // pairs
		status int
		says   string // in the answer
	}{
		"one":                     {event, nil, 200, `{"accepted":1,"rejected":[]}`},
		"as curl -d sends it":     {event, []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, `"accepted":1`},
		"as JSON":                 {event, []string{"Content-Type", "application/json; charset=UTF-8"}, 200, `"accepted":1`},
		"an array":                {"[" + event + `,{"metric":"b","value":1}]`, nil, 200, `"accepted":2`},
		"an empty array":          {"[]", nil, 200, `{"accepted":0,"rejected":[]}`},
		"lines":                   {event + "\n" + `{"metric":"b","value":1}` + "\r\n\n", []string{"Content-Type", "application/x-ndjson"}, 200, `"accepted":2`},
		"gzip":                    {zipped(event), []string{"Content-Encoding", "gzip"}, 200, `"accepted":1`},
		"unix seconds":            {fmt.Sprintf(`{"metric":"a","value":1,"timestamp":%d.1234}`, now.Unix()), nil, 200, `"accepted":1`},
		"RFC 3339 with a zone":    {fmt.Sprintf(`{"metric":"a","value":1,"timestamp":%q}`, now.In(time.FixedZone("", 19800)).Format(time.RFC3339Nano)), nil, 200, `"accepted":1`},
		"beyond 2^53":             {`{"metric":"a","value":9007199254740993}`, nil, 200, `"accepted":1`},
		"another host":            {`{"metric":"a","value":1,"host":"дача-1"}`, nil, 200, `"accepted":1`},
		"some bad":                {event + "\n" + bad, nil, 207, `"accepted":1,"rejected":[{"index":1,"field":"metric","code":"bad_metric"`},
		"all bad":                 {bad, nil, 422, `{"error":{"code":"unprocessable","message":"none of 1 events was taken; the first:`},
		"all bad, says which":     {bad, nil, 422, `"field":"[0].metric"},"accepted":0,"rejected":[{"index":0`},
		"too large a number":      {`{"metric":"a","value":1e999}`, nil, 422, `"code":"not_finite","message":"must be a finite number"`},
		"a number as text":        {`{"metric":"a","value":"1"}`, nil, 422, `"code":"bad_value","message":"is a string, must be a number"`},
		"no value":                {`{"metric":"a"}`, nil, 422, `"field":"value","code":"bad_value","message":"is missing"`},
		"null":                    {`{"metric":"a","value":null}`, nil, 422, `"code":"bad_value"`},
		"milliseconds":            {fmt.Sprintf(`{"metric":"a","value":1,"timestamp":%d}`, now.UnixMilli()), nil, 422, `looks like milliseconds`},
		"nanoseconds":             {fmt.Sprintf(`{"metric":"a","value":1,"timestamp":%d}`, now.UnixNano()), nil, 422, `looks like nanoseconds`},
		"no such day":             {`{"metric":"a","value":1,"timestamp":"2026-02-30T00:00:00Z"}`, nil, 422, `"code":"bad_timestamp"`},
		"an unknown field":        {`{"metric":"a","value":1,"vlaue":2}`, nil, 422, `"field":"vlaue","code":"malformed"`},
		"a field twice":           {`{"metric":"a","value":1,"value":2}`, nil, 422, `stands twice`},
		"what the server has":     {`{"metric":"cpu","value":1}`, nil, 422, `"code":"reserved"`},
		"no JSON":                 {"room.temp=21.3", nil, 422, `"code":"malformed"`},
		"nothing":                 {"", nil, 400, `the body has no events`},
		"an array without end":    {"[" + event, nil, 400, `not closed`},
		"what was good is told":   {"[" + event + ",", nil, 400, `"accepted":1`},
		"behind the array":        {"[" + event + "]" + event, nil, 400, `nothing may follow`},
		"not gzip":                {event, []string{"Content-Encoding", "gzip"}, 400, `not gzip`},
		"gzip that is broken off": {zipped(event)[:20], []string{"Content-Encoding", "gzip"}, 400, `broken off`},
		"another encoding":        {event, []string{"Content-Encoding", "zstd"}, 415, `"field":"Content-Encoding"`},
		"gzip twice":              {event, []string{"Content-Encoding", "gzip, gzip"}, 415, `"field":"Content-Encoding"`},
		"another type":            {event, []string{"Content-Type", "multipart/form-data; boundary=x"}, 415, `"field":"Content-Type"`},
		"another charset":         {event, []string{"Content-Type", "application/json; charset=utf-16"}, 415, `charset`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := newTestServer(t, takesEvents).post("/api/v1/events", test.body, test.header...)
			if got.status != test.status || !strings.Contains(got.body, test.says) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if !json.Valid([]byte(got.body)) || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
				t.Errorf("%s as %s", got.body, got.header.Get("Content-Type"))
			}
		})
	}
}

func TestPushedSeriesAreInTheCatalogue(t *testing.T) {
	h := newTestServer(t, takesEvents)
	h.post("/api/v1/events", `{"metric":"room.temp{floor=1,side=south west}","value":21.3,"host":"attic"}`)
	if names := h.catalog(t, "attic"); len(names) != 1 || names[0] != "room.temp{floor=1,side=south west}" {
		t.Errorf("catalogue: %v", names)
	}
	if hosts := h.get("/api/v1/hosts").body; !strings.Contains(hosts, `"name":"attic"`) {
		t.Errorf("hosts: %s", hosts)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	const megabyte = 1 << 20
	spaces := strings.Repeat(" ", megabyte)
	tests := map[string]struct {
		body   string
		header []string
		says   string
	}{
		"as it is sent":      {spaces + " ", nil, "at most 1048576 bytes are allowed"},
		"a bomb of 1:1000":   {strings.Repeat(zipped(spaces), 64), []string{"Content-Encoding", "gzip"}, "at most 4194304 bytes are allowed unpacked"},
		"a bomb of one name": {zipped(`{"metric":"`) + strings.Repeat(zipped(strings.Repeat("a", megabyte)), 64), []string{"Content-Encoding", "gzip"}, "unpacked"},
		"a bomb of a file name": {
			"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03" + strings.Repeat("n", megabyte-100), []string{"Content-Encoding", "gzip"}, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/api/v1/events", "/api/v1/write"} {
				h := newTestServer(t, takesEvents)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				got := h.post(path, test.body, append(test.header, "Content-Type", "text/plain")...)
				runtime.ReadMemStats(&after)
				if test.says == "" {
					if got.status != http.StatusBadRequest {
						t.Errorf("%s: %d %s", path, got.status, got.body)
					}
				} else if got.status != http.StatusRequestEntityTooLarge || path == "/api/v1/events" && !strings.Contains(got.body, test.says) {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
				const most = 8 << 20
				if took := after.TotalAlloc - before.TotalAlloc; took > most {
					t.Errorf("%s: allocated %d bytes", path, took)
				}
			}
		})
	}
}

func TestOneLongEventSpoilsNoOther(t *testing.T) {
	long := `{"metric":"a","value":1,"help":"` + strings.Repeat("x", 70<<10) + `"}`
	got := newTestServer(t, takesEvents).post("/api/v1/events", `{"metric":"b","value":1}`+"\n"+long+"\n"+`{"metric":"c","value":1}`)
	if got.status != http.StatusMultiStatus || !strings.Contains(got.body, `"accepted":2,"rejected":[{"index":1,"code":"malformed"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestASlowBodyIsCutAndCostsNobodyElse has a sender that stops in the middle; meanwhile others are served.
func TestASlowBodyIsCutAndCostsNobodyElse(t *testing.T) {
	h := newTestServer(t, takesEvents)
	server := httptest.NewUnstartedServer(h)
	server.Config.ReadTimeout = time.Second // for the head too, on a machine that may be busy
	server.Start()
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	event := `{"metric":"slow","value":1}` + "\n"
	if _, err := fmt.Fprintf(connection, "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n%s", event); err != nil {
		t.Fatal(err)
	}
	if got := h.post("/api/v1/events", `{"metric":"quick","value":1}`); got.status != http.StatusOK {
		t.Errorf("beside the slow one: %d %s", got.status, got.body)
	}
	text, err := io.ReadAll(connection)
	if err != nil || !strings.Contains(string(text), " 408 ") || !strings.Contains(string(text), `"accepted":1`) {
		t.Errorf("the slow one is answered %v %s", err, text)
	}
}

func TestAStreamedBodyIsShownBeforeItEnds(t *testing.T) {
	h := newTestServer(t, takesEvents)
	server := httptest.NewServer(h)
	defer server.Close()
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/v1/events", reader)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan int)
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			answered <- 0
			return
		}
		defer response.Body.Close()
		answered <- response.StatusCode
	}()
	for i := range 5000 { // more than a piece
		at := float64(time.Now().UnixMilli()-5000+int64(i)) / 1000
		if _, err := fmt.Fprintf(writer, "{\"metric\":\"s\",\"value\":%d,\"timestamp\":%.3f}\n", i, at); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); len(h.catalog(t, "web-1")) < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is shown while the body goes on")
		}
	}
	_ = writer.Close()
	if status := <-answered; status != http.StatusOK {
		t.Errorf("answered %d", status)
	}
	server.Client().CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
}

func TestOnlyPagesOfAllowedOriginsMayWrite(t *testing.T) {
	h := newTestServer(t, func(options *web.Options) {
		takesEvents(options)
		options.AllowOrigins = []string{"https://app.example"}
	})
	tests := map[string]struct {
		header []string
		status int
	}{
		"a program":              {nil, 200},
		"the own page":           {[]string{"Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}, 200},
		"an allowed page":        {[]string{"Origin", "https://app.example", "Sec-Fetch-Site", "cross-site"}, 200},
		"another page":           {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		"a form without origin":  {[]string{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"}, 403},
		"an old browser":         {[]string{"Origin", "https://evil.example"}, 403},
		"an opaque origin":       {[]string{"Origin", "null"}, 403},
		"a neighbour of the own": {[]string{"Origin", "http://localhost:9090", "Sec-Fetch-Site", "same-site"}, 403},
	}
	for name, test := range tests {
		for _, path := range []string{"/api/v1/events", "/api/v1/write", "/api/v2/write", "/api/v1/query"} {
			t.Run(name+path, func(t *testing.T) {
				body := map[string]string{"/api/v1/events": `{"metric":"a","value":1}`, "/api/v1/query": ""}[path]
				got := h.post(path, body, test.header...)
				if isForbidden := got.status == http.StatusForbidden; isForbidden != (test.status == 403) {
					t.Errorf("%d %s", got.status, got.body)
				}
			})
		}
	}
	ask := h.ask(http.MethodOptions, "/api/v1/events", "Origin", "https://app.example", "Access-Control-Request-Method", "POST",
		"Access-Control-Request-Headers", "content-type")
	if ask.status != http.StatusNoContent || !strings.Contains(ask.header.Get("Access-Control-Allow-Methods"), "POST") ||
		!strings.Contains(ask.header.Get("Access-Control-Allow-Headers"), "Content-Type") {
		t.Errorf("a page that asks first: %d %v", ask.status, ask.header)
	}
}

func TestPushesAreOnlyPosted(t *testing.T) {
	h := newTestServer(t, takesEvents)
	for _, path := range []string{"/api/v1/events", "/api/v1/write", "/api/v2/write", "/api/v1/query"} {
		if got := h.get(path); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != http.MethodPost {
			t.Errorf("%s: %d, Allow %q", path, got.status, got.header.Get("Allow"))
		}
	}
	if got := h.post("/api/v1/events?host=attic", `{"metric":"a","value":1}`); got.status != http.StatusBadRequest {
		t.Errorf("a parameter: %d %s", got.status, got.body)
	}
}

// TestAFloodOfNewSeries: known series lose nothing, the flood is refused and counted, and there is room again when idle
// series have gone, without a restart.
func TestAFloodOfNewSeries(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	bus := hub.New(hub.Options{MaxSeries: 50, MaxHosts: 3, MaxTotal: 80, SeriesIdle: time.Hour, Clock: clock})
	bus.Describe(metric.Host{Name: "web-1", Hostname: "web-1"})
	service := ingest.New(ingest.Options{Bus: bus, Own: "web-1", Sampled: []string{"web-1"}, Clock: clock})
	h := newTestServer(t, func(options *web.Options) {
		takesEvents(options)
		options.Bus, options.Ingest = bus, service
	})
	known := func(value int) answer {
		return h.post("/api/v1/events", fmt.Sprintf(`{"metric":"known","value":%d,"host":"attic","timestamp":%.3f}`, value, float64(now.UnixMilli())/1000))
	}
	if got := known(0); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var flood strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&flood, "{\"metric\":\"flood{n=%d}\",\"value\":1,\"host\":\"attic\"}\n", i)
	}
	if got := h.post("/api/v1/events", flood.String()); got.status != http.StatusMultiStatus || !strings.Contains(got.body, `"accepted":49`) {
		t.Fatalf("the flood: %d %.300s", got.status, got.body)
	}
	got := h.post("/api/v1/events", flood.String()[600*45:])
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `"code":"too_many_series"`) {
		t.Errorf("the flood again: %d %v %.300s", got.status, got.header, got.body)
	}
	for i := range 5 {
		h.post("/api/v1/events", fmt.Sprintf(`{"metric":"a","value":1,"host":"stranger%d"}`, i))
	}
	now = now.Add(30 * time.Minute)
	if got := known(1); got.status != http.StatusOK {
		t.Errorf("a known series: %d %s", got.status, got.body)
	}
	if stats := service.Stats(); stats.Refused["too_many_series"] < 10_000 || stats.Refused["too_many_hosts"] == 0 {
		t.Errorf("stats: %+v", stats)
	}
	now = now.Add(31 * time.Minute)
	bus.Sweep(now)
	service.Sweep(now)
	if got := h.post("/api/v1/events", `{"metric":"flood{n=9999}","value":1,"host":"attic"}`); got.status != http.StatusOK {
		t.Errorf("when there is room again: %d %s", got.status, got.body)
	}
	if names := h.catalog(t, "attic"); len(names) != 2 {
		t.Errorf("catalogue: %v", names)
	}
}
