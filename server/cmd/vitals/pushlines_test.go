package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

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
func pushProcess(t *testing.T, args string) (command *exec.Cmd, in io.WriteCloser, stderr *output) {
	t.Helper()
	command = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMainOfAServerProcess$")
	command.Env = append(os.Environ(), serverProcess+"="+args)
	stderr = new(output)
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
	eventually(t, "it has tried in vain", func() bool { return strings.Contains(stderr.String(), "trying again") })
	_, _ = startProcess(t, address)
	must(t, in.Close())
	if err := command.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	series := seriesOf(t, address, "attic") // the first line too, if it was seen and not acknowledged
	series = slices.DeleteFunc(series, func(one metric.Series) bool { return one.Family != "meanwhile" })
	if len(series) != 100 {
		t.Errorf("%d of 100 series arrived", len(series))
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

// A value of the command line has a time before it is sent, so that one that is sent twice is one event.
func TestValuesHaveATimeOfTheirOwn(t *testing.T) {
	events, err := (&pushCommand{Values: []string{"a=1", "b=2"}}).events()
	must(t, err)
	if events[0].Timestamp == nil || *events[0].Timestamp == 0 || *events[1].Timestamp != *events[0].Timestamp {
		t.Errorf("times %v and %v", events[0].Timestamp, events[1].Timestamp)
	}
}
