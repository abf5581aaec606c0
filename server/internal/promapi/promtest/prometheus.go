package promtest

import (
	"bytes"
	"context"
	"os"
	"os/exec" //nolint:depguard // only tests import this room, and a Prometheus to compare with is another program
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long something may take that is sure to come.
const patience = 30 * time.Second

// Start runs a Prometheus with an empty store of its own until the test ends, and returns its URL. The configuration is the
// text of prometheus.yml.
func Start(t testing.TB, configuration string, flags ...string) string {
	t.Helper()
	program := find(t, "prometheus")
	folder := t.TempDir()
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	command := exec.Command(program, append([]string{
		"--config.file=" + file, "--storage.tsdb.path=" + filepath.Join(folder, "data"), "--web.listen-address=127.0.0.1:0",
	}, flags...)...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it must not outlive the tests
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // that it ended is all there is to know
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
	})
	return "http://" + log.await(t, ended)
}

// Promtool runs promtool and returns what it prints, or its complaint and that it failed.
func Promtool(t testing.TB, arguments ...string) (printed string, ok bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, find(t, "promtool"), arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stderr.String() + stdout.String(), false
	}
	return stdout.String(), true
}

// find looks for a program, and skips the test without it.
func find(t testing.TB, name string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s on this machine to compare with; Debian's package prometheus has it", name)
	}
	return program
}

// lines collects the log of a Prometheus.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (l *lines) Write(piece []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(piece)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits until it serves and finds out where.
func (l *lines) await(t testing.TB, ended <-chan struct{}) (address string) {
	t.Helper()
	listening := regexp.MustCompile(`address=(127\.0\.0\.1:[1-9][0-9]*)`)
	deadline := time.After(patience)
	for {
		text := l.String()
		if found := listening.FindStringSubmatch(text); found != nil && regexp.MustCompile("ready to receive").MatchString(text) {
			return found[1]
		}
		select {
		case <-ended:
			t.Fatalf("prometheus ended: %s", l)
		case <-deadline:
			t.Fatalf("prometheus did not start: %s", l)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
