package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// usualKills is how often the server is killed; KILLS says another number.
const usualKills = 50

// TestNothingAcknowledgedIsLost kills the server again and again while events are pushed by HTTP and by sessions, in time and
// late, and invented machines are sampled, and then reads all of it back. This process is the ledger: each acknowledged sample
// is there once, with its value, and there is none that was never sent. Each start is one by itself.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a server many times")
	}
	t.Parallel() // it waits for most of its time, and what it kills is a process of its own
	kills := usualKills
	if text := os.Getenv("KILLS"); text != "" {
		number, err := strconv.Atoi(text)
		must(t, err)
		kills = number
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	server := newVictim(t)
	load := beginLoad(server.address)
	for kill := range kills {
		const least, most = 50, 500
		time.Sleep(time.Duration(least+random.IntN(most-least)) * time.Millisecond) // it may be killed at any moment
		server.kill()
		load.life.Add(1)
		if server.start(t); t.Failed() {
			t.Fatalf("it does not start after kill %d of the seed %d", kill+1, seed)
		}
	}
	load.end(t)
	server.kill()
	server.start(t)
	t.Logf("seed %d: %d kills in %s; %d samples acknowledged, %.0f for each second that a server ran; %d pushes were sent again", seed,
		kills, server.alive.Round(time.Millisecond), load.acknowledged.Load(), float64(load.acknowledged.Load())/server.alive.Seconds(), load.again.Load())
	load.verify(t, server.address)
}

// victim is a server that is killed and started again, at one address and in one data folder.
type victim struct {
	program string
	data    string
	address string
	process *exec.Cmd
	began   time.Time
	alive   time.Duration
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{data: t.TempDir(), program: buildProgram(t), address: "127.0.0.1:0"}
	v.start(t)
	return v
}

// buildProgram builds the program as it is shipped, without what the tests are built with: it is started many times.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vitals")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return path
}

func (v *victim) start(t *testing.T) {
	t.Helper()
	v.process = exec.CommandContext(t.Context(), v.program, serverArguments(v.data, v.address)...)
	v.address = startCommand(t, v.process)
	v.began = time.Now()
}

func (v *victim) kill() {
	v.alive += time.Since(v.began)
	_ = v.process.Process.Kill() // it runs, or the next start says so
	_ = v.process.Wait()
}

// group ends what runs in it.
type group struct {
	sync.WaitGroup
	ending chan struct{}
}

func (g *group) hasEnded() bool {
	select {
	case <-g.ending:
		return true
	default:
		return false
	}
}
