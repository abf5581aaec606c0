package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const stopPatience = 10 * time.Second

// Process is a program that this one started and will stop.
type Process struct {
	PID    int
	name   string
	input  io.WriteCloser
	output *bufio.Reader
	errors *tail
	ended  chan struct{} // closed when the program is gone
	cause  error         // of the end; read it after ended
}

// Launch starts a program. It ends with the context at the latest.
func Launch(ctx context.Context, name string, arguments ...string) (*Process, error) {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopPatience
	command.Env = ownEnvironment()
	input, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	reader, writer := io.Pipe()
	started := &Process{name: name, input: input, output: bufio.NewReader(reader), errors: &tail{}, ended: make(chan struct{})}
	command.Stdout, command.Stderr = writer, started.errors
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	started.PID = command.Process.Pid
	go func() { // ends with the program
		started.cause = command.Wait()
		_ = writer.Close() // a pipe in memory
		close(started.ended)
	}()
	return started, nil
}

// ownEnvironment leaves out settings of a server that the developer has set for himself.
func ownEnvironment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "VITALS_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// Line waits for the next line that the program prints.
func (p *Process) Line() (string, error) {
	text, err := p.output.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w; its last words: %s", p.name, err, p.errors)
	}
	return strings.TrimSpace(text), nil
}

// Address reads it off the first line, which says http://HOST:PORT/. What the program prints later is dropped.
func (p *Process) Address() (string, error) {
	line, err := p.Line()
	if err != nil {
		return "", err
	}
	_, address, found := strings.Cut(line, "http://")
	if !found {
		return "", fmt.Errorf("%s does not say its address: %q", p.name, line)
	}
	p.Discard()
	return strings.TrimSuffix(address, "/"), nil
}

// Discard drops what the program prints from now on, so that it never waits for us.
func (p *Process) Discard() {
	go func() { _, _ = io.Copy(io.Discard, p.output) }() // ends with the program
}

// Stop ends the program and what it started, by their ids. A program that has ended is left alone: its id may be
// another's by now.
func (p *Process) Stop() {
	if p.HasEnded() != nil {
		return
	}
	family, _ := familyOf(p.PID) // without it only the program itself is stopped
	_ = syscall.Kill(p.PID, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopPatience):
		_ = syscall.Kill(p.PID, syscall.SIGKILL)
		<-p.ended
	}
	for _, member := range family {
		if member.pid != p.PID && member.isAlive() {
			_ = syscall.Kill(member.pid, syscall.SIGKILL)
		}
	}
}

// HasEnded reports a program that is gone before its time.
func (p *Process) HasEnded() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s ended: %w; its last words: %s", p.name, errors.Join(p.cause, io.ErrUnexpectedEOF), p.errors)
	default:
		return nil
	}
}

// tail keeps the last words of a program.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 1000

// Write implements [io.Writer].
func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(text), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// Sleep waits, or returns the context's error when that ends first.
func Sleep(ctx context.Context, duration time.Duration) error {
	select {
	case <-time.After(duration):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
