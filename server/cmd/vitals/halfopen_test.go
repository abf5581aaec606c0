package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// island is a network of its own. What is done on it is done by one thread, which ends with the test.
type island struct {
	do     chan func()
	thread int
}

// newIsland makes a network, or skips the test where that is not allowed.
func newIsland(t *testing.T) *island {
	t.Helper()
	made := &island{do: make(chan func())}
	begun := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		made.thread = unix.Gettid()
		begun <- unix.Unshare(unix.CLONE_NEWNET)
		for task := range made.do {
			task()
		}
	}()
	t.Cleanup(func() { close(made.do) })
	if err := <-begun; err != nil {
		t.Skipf("networks cannot be made here: %v", err)
	}
	return made
}

// network is a file that stands for it.
func (i *island) network() string {
	return fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), i.thread)
}

// run does something on the island and waits for it.
func (i *island) run(task func() error) error {
	ended := make(chan error)
	i.do <- func() { ended <- task() }
	return <-ended
}

// ip runs the command of this name on the island.
func (i *island) ip(t *testing.T, arguments string) {
	t.Helper()
	var said []byte
	err := i.run(func() (err error) {
		said, err = exec.CommandContext(t.Context(), "ip", strings.Fields(arguments)...).CombinedOutput()
		return err
	})
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no command ip")
	}
	if err != nil {
		t.Skipf("ip %s: %v: %s", arguments, err, said)
	}
}

// TestAPeerThatVanishesIsFreed takes the line away from under viewers, so that nothing tells the server: no close, no reset.
// It must find out by itself, whether it sends all the while or has nothing to say.
func TestAPeerThatVanishesIsFreed(t *testing.T) {
	t.Parallel()
	const serverSide, viewerSide = "10.201.0.1", "10.201.0.2"
	home, away := newIsland(t), newIsland(t)
	home.ip(t, "link set lo up")
	home.ip(t, "link add home type veth peer name away")
	home.ip(t, "link set away netns "+away.network())
	home.ip(t, "addr add "+serverSide+"/24 dev home")
	home.ip(t, "link set home up")
	away.ip(t, "addr add "+viewerSide+"/24 dev away")
	away.ip(t, "link set away up")

	program := startOn(t, home, "--listen="+serverSide+":0", "--log-level=debug")
	dial := func(from *island, path string, headers ...string) *streamtest.Client {
		var client *streamtest.Client
		must(t, from.run(func() (err error) {
			client, err = streamtest.Dial(program.address, path, headers...)
			return err
		}))
		t.Cleanup(client.CloseNow)
		return client
	}
	session := "Sec-WebSocket-Protocol: " + wire.SubprotocolJSON
	vanishing := []*streamtest.Client{dial(away, "/ws"), dial(away, "/ws", session), dial(away, "/ws?metrics=nothing")}
	staying := dial(home, "/ws?metrics=cpu")
	for _, client := range []*streamtest.Client{vanishing[0], vanishing[1], staying} {
		_, err := client.ReadText()
		must(t, err)
	}
	away.ip(t, "link set away down")
	const allowed = 2 * time.Minute // it is 20 s, on a machine that has time
	for deadline := time.Now().Add(allowed); strings.Count(program.stderr.String(), "viewer went") < len(vanishing); {
		if time.Now().After(deadline) {
			t.Fatalf("not all are freed: %s", program.stderr.String())
		}
		_, err := staying.ReadText() // who stays is not disturbed
		must(t, err)
	}
	if gone := strings.Count(program.stderr.String(), "viewer went"); gone != len(vanishing) {
		t.Errorf("%d viewers are gone: %s", gone, program.stderr.String())
	}
}

// startOn runs the program on an island.
func startOn(t *testing.T, where *island, args ...string) *program {
	t.Helper()
	network, err := os.Open(where.network())
	must(t, err)
	defer func() { _ = network.Close() }()
	entered := make(chan error, 1)
	p := startAfter(t, func() {
		runtime.LockOSThread() // what listens is made by this thread
		entered <- unix.Setns(int(network.Fd()), unix.CLONE_NEWNET)
	}, args...)
	must(t, <-entered)
	return p
}
