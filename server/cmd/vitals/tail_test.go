package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestTailPrintsTriples(t *testing.T) {
	t.Parallel()
	program := start(t)
	code, stdout, stderr := runToEnd(t, "tail", "cpu", "load.*", "--from", program.address, "--count=8")
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if code != 0 || stderr != "" || len(lines) != 8 {
		t.Fatalf("exit code %d, %d lines, said %q", code, len(lines), stderr)
	}
	for _, line := range lines {
		var event metric.Event
		must(t, json.Unmarshal([]byte(line), &event))
		if !triple.MatchString(line) || event.Metric != "cpu" && !strings.HasPrefix(event.Metric, "load.") {
			t.Errorf("printed %s", line)
		}
	}
}

func TestTailOfAllHostsNamesThem(t *testing.T) {
	t.Parallel()
	program := start(t, "--simulate-hosts=3", "--base=/vitals")
	code, stdout, stderr := runToEnd(t, "tail", "cpu", "--host=*", "--backfill=1s", "--count=150", "--from=ws://"+program.address+"/vitals/ws")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, said %q", code, stderr)
	}
	hosts := map[string]int{}
	for line := range strings.Lines(stdout) {
		var event struct{ Host, Metric string }
		must(t, json.Unmarshal([]byte(line), &event))
		hosts[event.Host]++
	}
	if len(hosts) != 3 {
		t.Errorf("events are of %v", hosts)
	}
}

func TestTailSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	program := start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"--from", listener.Addr().String()}, "nothing listens at " + listener.Addr().String()},
		{[]string{"--from", "ftp://x"}, "--from"},
		{[]string{"--from", program.address, "--host=nobody"}, "nobody"},
		{[]string{"--from", program.address + "/elsewhere"}, "404"},
		{[]string{"--interval=10ms"}, "--interval"},
		{[]string{"--backfill=-1s"}, "--backfill"},
		{strings.Fields(strings.Repeat("cpu ", 17)), "17 metrics"},
	} {
		code, stdout, stderr := runToEnd(t, append([]string{"tail"}, test.args...)...)
		if code != 1 || stdout != "" || !strings.Contains(stderr, test.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit code %d, printed %q, said %q", test.args, code, stdout, stderr)
		}
	}
}

func TestTailHeedsNoSettingOfTheServer(t *testing.T) {
	program := start(t)
	t.Setenv("VITALS_INTERVAL", "50s")
	t.Setenv("VITALS_BACKFILL", "nonsense")
	if code, _, stderr := runToEnd(t, "tail", "cpu", "--from", program.address, "--count=1"); code != 0 {
		t.Errorf("exit code %d, said %q", code, stderr)
	}
}

// brokenPipe takes one write, then is like a pipe that nobody reads.
type brokenPipe struct{ writes int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.writes++; b.writes > 1 {
		return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
	}
	return len(p), nil
}

func TestTailEndsQuietly(t *testing.T) {
	t.Parallel()
	program := start(t)
	var stderr output
	if code := run(t.Context(), []string{"tail", "--from", program.address}, &brokenPipe{}, &stderr); code != 0 || stderr.String() != "" {
		t.Errorf("a pipe that broke: exit code %d, said %q", code, stderr.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader, writer := io.Pipe()
	ended := make(chan int)
	go func() { ended <- run(ctx, []string{"tail", "--from", program.address}, writer, &stderr) }()
	lines := bufio.NewScanner(reader)
	for range 3 {
		lines.Scan()
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	if code := <-ended; code != 0 || stderr.String() != "" {
		t.Errorf("interrupted: exit code %d, said %q", code, stderr.String())
	}
	must(t, writer.Close())
}

// serverProcess makes the test's own program the server when the variable is set: a process that can be killed.
const serverProcess = "TEST_OF_A_SERVER_PROCESS"

func TestMainOfAServerProcess(t *testing.T) {
	arguments := os.Getenv(serverProcess)
	if arguments == "" {
		t.Skip("only as a process of another test")
	}
	os.Exit(run(context.Background(), strings.Fields(arguments), os.Stdout, os.Stderr))
}

// startProcess starts a server as a process of its own, with a data folder of its own.
func startProcess(t *testing.T, listen string) (*exec.Cmd, string) {
	t.Helper()
	return startProcessIn(t, t.TempDir(), listen)
}

// startProcessIn is startProcess with a data folder that there may be already.
func startProcessIn(t *testing.T, data, listen string) (*exec.Cmd, string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMainOfAServerProcess$")
	command.Env = append(os.Environ(), serverProcess+"="+strings.Join(serverArguments(data, listen), " "))
	return command, startCommand(t, command)
}

func serverArguments(data, listen string) []string {
	return []string{"serve", "--source=simulate", "--static=none", "--interval=100ms", "--backfill=5s", "--data=" + data, "--listen=" + listen}
}

// startCommand starts a server until the end of the test, and gives its address.
func startCommand(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "Vitals is at http://"), "/")
}

// TestTailOutlivesAServerThatIsKilled reads the events of a tail whose server dies and comes back, twice: none comes twice,
// and the time in which some are missing is announced.
func TestTailOutlivesAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	server, address := startProcess(t, "127.0.0.1:0")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr output
	reader, writer := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"tail", "cpu", "--from", address, "--backfill=2s"}, writer, &stderr)
	}()
	lines := bufio.NewScanner(reader)
	var last metric.TimestampMs
	read := func(events int) {
		for range events {
			if !lines.Scan() {
				t.Fatalf("the tail ended: %s", stderr.String())
			}
			var event metric.Event
			must(t, json.Unmarshal(lines.Bytes(), &event))
			if event.Timestamp <= last {
				t.Fatalf("%s comes after %d", lines.Text(), last)
			}
			last = event.Timestamp
		}
	}
	read(25)
	for kill := range 2 {
		must(t, server.Process.Kill())
		_ = server.Wait()
		server, _ = startProcess(t, address)
		read(25)
		said := stderr.String()
		if strings.Count(said, "trying again in") < kill+1 || strings.Count(said, "back at") != kill+1 || strings.Count(said, "began anew") != kill+1 {
			t.Fatalf("after %d kills it said:\n%s", kill+1, said)
		}
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	must(t, writer.Close())
}

// newTail is a tail that prints into a text.
func newTail(stdout, stderr io.Writer) *tail {
	address, _ := client.ParseAddress("http://vitals.test")
	made := &tail{out: bufio.NewWriter(stdout), stderr: stderr, address: address, hosts: make(map[string][]column)}
	made.print = made.printLine
	return made
}

func TestTailInATerminal(t *testing.T) {
	t.Parallel()
	var stdout, stderr output
	tail := newTail(&stdout, &stderr)
	tail.named = true
	series := func(name string, unit metric.Unit) metric.Series { return metric.Series{Metric: name, Unit: unit} }
	catalog := []metric.Series{series("cpu", metric.Percent), series("memory.used", metric.Bytes), series("network.receive", metric.BytesPerSecond)}
	at := metric.TimestampMs(1_700_000_000_123)
	none := []float64{0}[0] / []float64{0}[0]
	for _, frame := range []wire.Frame{
		wire.Catalog{Host: "web-1", Series: catalog},
		wire.Snapshot{Host: "web-1", Seq: 1, Timestamps: []metric.TimestampMs{at}, Columns: []wire.Column{{23.64}, {none}, {48_200_000}}},
		wire.Update{Host: "web-1", Seq: 2, Timestamp: at + 1000, Columns: []uint32{1}, Values: wire.Column{512 << 20}},
		wire.Gap{Host: "web-1", From: 3, To: 5, Dropped: 3},
		wire.HostState{State: wire.Silent, Host: metric.Host{Name: "web-1"}, Since: at},
	} {
		must(t, tail.take(frame))
	}
	clock := at.Time().Format(time.TimeOnly)
	next := (at + 1000).Time().Format(time.TimeOnly)
	want := clock + "  web-1  cpu                   23.6 %\n" +
		clock + "  web-1  network.receive       48.2 MB/s\n" +
		next + "  web-1  memory.used            512 MiB\n"
	if stdout.String() != want {
		t.Errorf("printed\n%swanted\n%s", stdout.String(), want)
	}
	if said := stderr.String(); said != "vitals: web-1: 3 updates are missing here\nvitals: web-1 has sent nothing since "+clock+"\n" {
		t.Errorf("said %q", said)
	}
}

func TestNothingForeignReachesTheTerminalRaw(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b[2J\u009b\u202e\u2028\U000e0041b"
	raw := regexp.MustCompile(`[^\x20-\x7e\n°\x{fffd}]`)
	for _, asJSON := range []bool{false, true} {
		var stdout, stderr output
		tail := newTail(&stdout, &stderr)
		tail.named = true
		if asJSON {
			tail.print = tail.printJSON
		}
		for _, frame := range []wire.Frame{
			wire.Catalog{Host: evil, Series: []metric.Series{{Metric: evil, Unit: metric.Unit(evil)}}},
			wire.Update{Host: evil, Seq: 1, Timestamp: 1000, Values: wire.Column{1}},
			wire.Gap{Host: evil},
			wire.HostState{State: wire.Gone, Host: metric.Host{Name: evil}},
		} {
			must(t, tail.take(frame))
		}
		tail.onLost(client.Loss{Cause: errors.New(evil)})
		err := tail.take(wire.Error{Message: evil})
		if found := raw.FindString(stdout.String() + stderr.String() + err.Error()); found != "" || stdout.String() == "" {
			t.Errorf("%q stands in %q", found, stdout.String())
		}
		var event struct{ Host, Metric string }
		if asJSON && (json.Unmarshal([]byte(stdout.String()), &event) != nil || event.Host != evil || event.Metric != evil) {
			t.Errorf("printed %s", stdout.String())
		}
	}
}

// TestValuesReadAsInTheApp has the cases of the app's own test.
func TestValuesReadAsInTheApp(t *testing.T) {
	t.Parallel()
	const gibibyte = 1 << 30
	for _, test := range []struct {
		value float64
		unit  metric.Unit
		text  string
	}{
		{23.64, "percent", "23.6 %"},
		{100, "percent", "100.0 %"},
		{-0.01, "percent", "0.0 %"},
		{23.25, "percent", "23.3 %"},
		{0, "bytes", "0 B"},
		{1023, "bytes", "1023 B"},
		{1024, "bytes", "1.0 KiB"},
		{14.2 * gibibyte, "bytes", "14.2 GiB"},
		{512 << 20, "bytes", "512 MiB"},
		{1023.97 * (1 << 20), "bytes", "1.0 GiB"},
		{1.62 * (1 << 40), "bytes", "1.62 TiB"},
		{48_200_000, "bytes/s", "48.2 MB/s"},
		{999_960, "bytes/s", "1.0 MB/s"},
		{640, "bytes/s", "640 B/s"},
		{0.5, "bytes/s", "0.5 B/s"},
		{12_345, "1/s", "12.3 k/s"},
		{61.4, "celsius", "61 °C"},
		{0.0012, "seconds", "1.2 ms"},
		{0.000_05, "seconds", "50.0 µs"},
		{12.34, "seconds", "12.3 s"},
		{1_051_200, "seconds", "12 d 4 h"},
		{11_520, "seconds", "3 h 12 min"},
		{125, "seconds", "2 min 5 s"},
		{12_345, "count", "12\u202f345"},
		{999, "count", "999"},
		{1_234_567.25, "count", "1\u202f234\u202f567.3"},
		{-1234, "count", "-1\u202f234"},
		{1, "boolean", "yes"},
		{0, "boolean", "no"},
		{1.844, "", "1.84"},
		{3, "furlongs", "3.00 furlongs"},
		{1.45, "percent", "1.4 %"},
	} {
		number, unit := formatValue(test.value, test.unit)
		if got := strings.TrimSpace(fmt.Sprint(number, " ", unit)); got != test.text {
			t.Errorf("%v %s is %q, want %q", test.value, test.unit, got, test.text)
		}
	}
}
