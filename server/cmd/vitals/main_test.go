package main

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	for _, entry := range os.Environ() { // the settings of whoever runs the tests are not those of the tests
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "VITALS_") {
			_ = os.Unsetenv(name)
		}
	}
	goleak.VerifyTestMain(m)
}

const patience = 30 * time.Second

// output is what the program writes; it may be read meanwhile.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program is a run of the whole program.
type program struct {
	address        string // host:port
	stdout, stderr output
	cancel         context.CancelFunc
	ended          chan struct{}
	code           int // valid when ended is closed
}

// start runs the program on a free port, with a simulated machine unless the arguments say otherwise. It is stopped with
// the test at the latest.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	return startAfter(t, func() {}, args...)
}

// startAfter is start with something that is done before, by the thread that begins.
func startAfter(t *testing.T, before func(), args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{cancel: cancel, ended: make(chan struct{})}
	standard := []string{"serve", "--source=simulate", "--static=none", "--interval=100ms", "--backfill=5s", "--listen=127.0.0.1:0"}
	go func() {
		defer close(p.ended)
		before()
		p.code = run(ctx, append(standard, args...), &p.stdout, &p.stderr)
	}()
	t.Cleanup(func() { p.stop() })
	eventually(t, "the program says where it is", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("it ended with %d: %s", p.code, p.stderr.String())
		default:
		}
		return strings.HasSuffix(p.stdout.String(), "\n")
	})
	_, text, _ := strings.Cut(strings.TrimSpace(p.stdout.String()), "Vitals is at ")
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		t.Fatalf("it says %q", p.stdout.String())
	}
	p.address = address.Host
	return p
}

// stop does what SIGTERM does, waits, and gives the exit code.
func (p *program) stop() int {
	p.cancel()
	<-p.ended
	return p.code
}

// runToEnd runs the program with arguments that make it end by itself.
func runToEnd(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errors output
	code = run(ctx, args, &out, &errors)
	if ctx.Err() != nil {
		t.Fatalf("%v did not end by itself: %s", args, out.String())
	}
	return code, out.String(), errors.String()
}

// takenPort is an address on which something else listens.
func takenPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	const pause = 5 * time.Millisecond
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
