package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/metric"
)

// seriesOf lists the series of a host as a server tells them.
func seriesOf(t *testing.T, address, host string) (series []metric.Series) {
	t.Helper()
	response, err := http.Get("http://" + address + "/api/v1/catalog?host=" + host)
	must(t, err)
	defer response.Body.Close()
	var catalog struct {
		Series []metric.Series `json:"series"`
	}
	must(t, json.NewDecoder(response.Body).Decode(&catalog))
	http.DefaultClient.CloseIdleConnections()
	return catalog.Series
}

// eventsOf are the values of a series that a server still has, oldest first.
func eventsOf(t *testing.T, address, host, name string, count int) (values []float64) {
	t.Helper()
	code, stdout, stderr := runToEnd(t, "tail", name, "--from", address, "--host", host, "--backfill=5m", fmt.Sprintf("--count=%d", count))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for line := range strings.Lines(stdout) {
		var event metric.Event
		must(t, json.Unmarshal([]byte(line), &event))
		values = append(values, event.Value)
	}
	return values
}

func TestPushAddsSeries(t *testing.T) {
	t.Parallel()
	program := start(t)
	code, stdout, stderr := runToEnd(t, "push", "room.temp=21.3", "room.load{of=a=b}=-4e2", "--host=attic", "--unit=celsius",
		"--about=Under the roof", "--to", program.address)
	if code != 0 || stdout != "" || stderr != "" {
		t.Fatalf("exit code %d, printed %q, said %q", code, stdout, stderr)
	}
	series := seriesOf(t, program.address, "attic")
	if len(series) != 2 || series[0].Metric != "room.temp" || series[0].Unit != metric.Celsius || series[0].Help != "Under the roof" ||
		!series[0].Custom || series[1].Metric != "room.load{of=a=b}" {
		t.Errorf("series: %+v", series)
	}
	if values := eventsOf(t, program.address, "attic", "room.load{*}", 1); !slices.Equal(values, []float64{-400}) {
		t.Errorf("values: %v", values)
	}
}

func TestPushedEventsReachThoseWhoWatch(t *testing.T) {
	t.Parallel()
	program := start(t)
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		var stderr output
		ended <- run(ctx, []string{"tail", "room.*", "--from", program.address}, writer, &stderr)
	}()
	watched := make(chan string)
	go func() {
		line := make([]byte, 4096)
		n, _ := reader.Read(line)
		watched <- string(line[:n])
	}()
	for i := 0; ; i++ {
		code, _, stderr := runToEnd(t, "push", fmt.Sprintf("room.temp=%d", i), "--to", program.address)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		select {
		case line := <-watched:
			if !strings.HasPrefix(line, `{"metric":"room.temp","value":`) {
				t.Errorf("watched %q", line)
			}
			cancel()
			_ = reader.Close()
			<-ended
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestPushSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	program := start(t)
	tests := map[string]struct {
		args []string
		says []string
	}{
		"nothing":             {nil, []string{"name=value"}},
		"no value":            {[]string{"room.temp"}, []string{`"room.temp"`, "NAME=VALUE", "room.temp=21.3"}},
		"no number":           {[]string{"room.temp=warm"}, []string{`"warm" is no number`}},
		"not finite":          {[]string{"room.temp=NaN"}, []string{"must be finite"}},
		"a bad name":          {[]string{"room temp=1"}, []string{"metric name", "not allowed"}},
		"a bad host":          {[]string{"a=1", "--host=a b"}, []string{"--host"}},
		"a bad time":          {[]string{"a=1", "--at=noon"}, []string{"--at", `"noon" is no time`, "2026-01-31T12:00:00Z"}},
		"lines with a time":   {[]string{"-", "--at=1"}, []string{"--at", "their own times"}},
		"lines among others":  {[]string{"a=1", "-"}, []string{`"-" is not allowed`, "- alone"}},
		"a bad address":       {[]string{"a=1", "--to=ftp://a"}, []string{"--to", "ftp://a"}},
		"a negative patience": {[]string{"a=1", "--retry-for=-1s"}, []string{"--retry-for"}},
		"too old":             {[]string{"a=1", "--at=2020-01-01T00:00:00Z", "--to", program.address}, []string{"a=1: timestamp: is before", "1 refused, 0 lost"}},
		"measured there":      {[]string{"cpu=1", "b=1", "--to", program.address}, []string{"cpu=1: metric: this server measures", "1 refused"}},
		"nobody there":        {[]string{"a=1", "--to=http://127.0.0.1:1", "--retry-for=0s"}, []string{"cannot reach http://127.0.0.1:1/", "refused"}},
		"another path":        {[]string{"a=1", "--to", program.address + "/elsewhere"}, []string{"405 Method Not Allowed", "elsewhere/api/v1/events"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := runToEnd(t, append([]string{"push"}, test.args...)...)
			if code != 1 || stdout != "" {
				t.Errorf("exit code %d, printed %q", code, stdout)
			}
			for _, text := range test.says {
				if !strings.Contains(stderr, text) {
					t.Errorf("does not say %q: %s", text, stderr)
				}
			}
		})
	}
}

func TestPushHelpHasExamples(t *testing.T) {
	code, stdout, _ := runToEnd(t, "push", "--help")
	for _, text := range []string{"vitals push room.temp=21.3", "vitals push - --host nas", "--retry-for", "exit code is 0"} {
		if code != 0 || !strings.Contains(stdout, text) {
			t.Errorf("exit code %d, %q is not in %s", code, text, stdout)
		}
	}
}

func TestPushWaitsAsLongAsTheServerAsks(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	answers := make(chan http.HandlerFunc, 4)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (<-answers)(w, r) }), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	answers <- func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	answers <- func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	answers <- func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInsufficientStorage) }
	answers <- func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"accepted":1,"rejected":[]}`) }
	began := time.Now()
	code, _, stderr := runToEnd(t, "push", "a=1", "--to", listener.Addr().String())
	if code != 0 || time.Since(began) < time.Second || strings.Count(stderr, "trying again") != 1 || !strings.Contains(stderr, "is there again") {
		t.Errorf("exit code %d after %s, said %s", code, time.Since(began), stderr)
	}
}

func TestPushFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := &http.Server{Handler: http.RedirectHandler("https://elsewhere.example/", http.StatusMovedPermanently), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	code, _, stderr := runToEnd(t, "push", "a=1", "--to", listener.Addr().String())
	if code != 1 || !strings.Contains(stderr, "it says to ask https://elsewhere.example/") {
		t.Errorf("exit code %d, said %s", code, stderr)
	}
}
