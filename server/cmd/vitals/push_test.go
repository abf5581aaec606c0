package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
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

func TestLinesAreRead(t *testing.T) {
	at := metric.TimestampMs(1690000000500)
	tests := map[string]struct {
		line string
		want wire.PushedEvent
		says string
	}{
		"a value":                {"a 1", wire.PushedEvent{Metric: "a", Value: 1}, ""},
		"tabs":                   {"a\t\t1.5 ", wire.PushedEvent{Metric: "a", Value: 1.5}, ""},
		"a time":                 {"a 1 1690000000.5", wire.PushedEvent{Metric: "a", Value: 1, Timestamp: &at}, ""},
		"a time in words":        {"a 1 2023-07-22T06:26:40.5+02:00", wire.PushedEvent{Metric: "a", Value: 1, Timestamp: &at}, ""},
		"a label with spaces":    {`a{b=c \} d} 1`, wire.PushedEvent{Metric: `a{b=c \} d}`, Value: 1}, ""},
		"JSON":                   {`{"metric":"a","value":1,"timestamp":1690000000.5}`, wire.PushedEvent{Metric: "a", Value: 1, Timestamp: &at}, ""},
		"JSON that is not right": {`{"metric":"a","value":"1"}`, wire.PushedEvent{}, "must be a number"},
		"no value":               {"a", wire.PushedEvent{}, "METRIC VALUE"},
		"too many words":         {"a 1 2 3", wire.PushedEvent{}, "METRIC VALUE"},
		"no number":              {"a b", wire.PushedEvent{}, `"b" is no number`},
		"no time":                {"a 1 now", wire.PushedEvent{}, `"now" is no time`},
		"milliseconds":           {"a 1 1690000000500", wire.PushedEvent{}, "is no time"},
		"an open brace":          {"a{b=c 1", wire.PushedEvent{}, "METRIC VALUE"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := (&pushCommand{}).parseLine(test.line)
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v", err)
				}
				return
			}
			must(t, err)
			if sameTime := (got.Timestamp == nil) == (test.want.Timestamp == nil) && (got.Timestamp == nil || *got.Timestamp == at); !sameTime ||
				got.Metric != test.want.Metric || got.Value != test.want.Value {
				t.Errorf("%+v", got)
			}
		})
	}
}

// pushProcess starts vitals push as a process of its own, with something to write lines to.
func pushProcess(t *testing.T, args string) (command *exec.Cmd, in io.WriteCloser, stderr *bytes.Buffer) {
	t.Helper()
	command = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMainOfAServerProcess$")
	command.Env = append(os.Environ(), serverProcess+"="+args)
	stderr = new(bytes.Buffer)
	command.Stderr = stderr
	in, err := command.StdinPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	return command, in, stderr
}

func TestPushOfLinesAsAProcess(t *testing.T) {
	t.Parallel()
	program := start(t)
	command, in, stderr := pushProcess(t, "push - --host=attic --to="+program.address)
	for i := range 1200 {
		_, err := fmt.Fprintf(in, "# %d\n\nline %d\n", i, i)
		must(t, err)
	}
	must(t, in.Close())
	if err := command.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	values := eventsOf(t, program.address, "attic", "line", 1)
	if len(values) == 0 || len(seriesOf(t, program.address, "attic")) != 1 {
		t.Errorf("values: %v", values)
	}
}

func TestPushOfLinesSaysWhichWereRefused(t *testing.T) {
	t.Parallel()
	program := start(t)
	command, in, stderr := pushProcess(t, "push - --to="+program.address)
	_, err := io.WriteString(in, "a 1\nb\ncpu 2\nc 3 1\n"+strings.Repeat("x", 70<<10)+"\nd 4\n")
	must(t, err)
	must(t, in.Close())
	ended, isExit := errors.AsType[*exec.ExitError](command.Wait())
	if !isExit || ended.ExitCode() != 1 {
		t.Errorf("ended with %v", ended)
	}
	for _, text := range []string{"line 2: ", "line 3: metric: this server measures", "line 4: timestamp: is before", "line 5: has more than", "4 refused, 0 lost"} {
		if !strings.Contains(stderr.String(), text) {
			t.Errorf("does not say %q: %s", text, stderr)
		}
	}
	if series := seriesOf(t, program.address, ""); !slices.ContainsFunc(series, func(s metric.Series) bool { return s.Metric == "d" }) {
		t.Error("what was good did not arrive")
	}
}

// TestLinesOutliveAServerThatIsKilled: what was pushed while the server was away arrives when it is back.
func TestLinesOutliveAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	server, address := startProcess(t, "127.0.0.1:0")
	command, in, stderr := pushProcess(t, "push - --host=attic --to="+address)
	_, err := io.WriteString(in, "before 1\n")
	must(t, err)
	eventually(t, "the first line arrives", func() bool { return len(seriesOf(t, address, "attic")) == 1 })
	must(t, server.Process.Kill())
	_ = server.Wait()
	for i := range 100 {
		_, err := fmt.Fprintf(in, "meanwhile{n=%d} 2\n", i)
		must(t, err)
	}
	time.Sleep(pushBatchWait) // so that it has tried in vain
	_, _ = startProcess(t, address)
	must(t, in.Close())
	if err := command.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if series := seriesOf(t, address, "attic"); len(series) != 100 {
		t.Errorf("%d series arrived", len(series))
	}
}

// TestWhatIsLeftIsSentAtTheEnd: a pipe that is stopped loses nothing that was read, unless the server is away too.
func TestWhatIsLeftIsSentAtTheEnd(t *testing.T) {
	t.Parallel()
	program := start(t)
	for name, test := range map[string]struct {
		address string
		lost    int
	}{"the server is there": {program.address, 0}, "it is not": {"127.0.0.1:1", 2}} {
		address, err := client.ParseAddress(test.address)
		must(t, err)
		var stderr output
		sender := newPushSender(address, &stderr)
		defer sender.close()
		spool := newPushSpool(sender)
		for _, metric := range []string{"a", "b"} {
			spool.put(newPushLine(metric, wire.PushedEvent{Metric: metric, Host: "attic"}))
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if batch := spool.take(stopped); batch != nil {
			t.Errorf("%s: it goes on with %v", name, batch)
		}
		sender.sendLast(spool)
		if lost := spool.discard(); lost != test.lost {
			t.Errorf("%s: %d lost", name, lost)
		}
	}
	if series := seriesOf(t, program.address, "attic"); len(series) != 2 {
		t.Errorf("arrived: %+v", series)
	}
}

func TestASpoolIsBoundedAndCounts(t *testing.T) {
	var stderr output
	spool := newPushSpool(&pushSender{stderr: &stderr})
	line := pushLine{body: bytes.Repeat([]byte("x"), 1<<10)}
	const lines = pushSpoolBytes>>10 + 100
	for i := range lines {
		line.origin = fmt.Sprint(i)
		spool.put(line)
	}
	batch := spool.take(t.Context())
	if batch[0].origin != "100" || len(batch) != 256 || spool.bytes != pushSpoolBytes-256<<10 {
		t.Errorf("first %s of %d, %d bytes are left", batch[0].origin, len(batch), spool.bytes)
	}
	if strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "oldest are dropped") {
		t.Errorf("said %q", stderr.String())
	}
	spool.putBack(batch)
	if again := spool.pop(); again[0].origin != "100" {
		t.Errorf("after it was put back the first is %s", again[0].origin)
	}
	if lost := spool.discard(); lost != lines-256 {
		t.Errorf("%d lost", lost)
	}
	spool.end()
	if spool.take(t.Context()) != nil {
		t.Error("an ended spool gives something")
	}
}

func TestPushWaitsAsLongAsTheServerAsks(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	answers := make(chan http.HandlerFunc, 3)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (<-answers)(w, r) }), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	answers <- func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	answers <- func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
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
