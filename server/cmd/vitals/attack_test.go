package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// attackSize is how large an attack is: the usual size keeps the tests quick, ATTACKS=full in the environment asks for all.
func attackSize(usual, full int) int {
	if os.Getenv("ATTACKS") == "full" {
		return full
	}
	return usual
}

// attacker is one of a thousand loopback addresses, so that limits of an address do not keep an attack small. Each that was
// seen is remembered for a while.
func attacker(number int) string {
	return fmt.Sprintf("127.7.%d.%d", number/200%5+1, number%200+1)
}

// neighbour watches beside an attack and must not notice it: a session and an event stream that miss nothing.
type neighbour struct {
	session *streamtest.Client
	events  *streamtest.EventClient
	own     string // the host that it follows
	rows    atomic.Uint64
	ticks   atomic.Uint64 // of the event stream
	leaves  atomic.Bool
	ended   sync.WaitGroup
	failure atomic.Pointer[error] // the first
}

// moveIn opens a neighbour and waits until it sees something.
func moveIn(t *testing.T, address string) *neighbour {
	t.Helper()
	session, hello, err := streamtest.OpenSession(address, "/ws")
	must(t, err)
	must(t, session.Send(wire.Subscribe{Backfill: new(float64)}))
	events, err := streamtest.OpenEvents(address, "/events?metrics=cpu")
	must(t, err)
	n := &neighbour{session: session, events: events, own: hello.Hosts[0].Name}
	t.Cleanup(n.close)
	n.ended.Go(func() { n.fail(n.watchSession()) })
	n.ended.Go(func() { n.fail(n.watchEvents()) })
	n.mustSeeMore(t)
	return n
}

func (n *neighbour) fail(err error) {
	if !n.leaves.Load() {
		n.failure.CompareAndSwap(nil, &err)
	}
}

func (n *neighbour) watchSession() error {
	var last uint64
	for {
		frame, err := n.session.Next()
		if err != nil {
			return fmt.Errorf("the session: %w", err)
		}
		switch frame := frame.(type) {
		case wire.Gap, wire.Error:
			return fmt.Errorf("the session is told %+v", frame)
		case wire.Update:
			first := frame.Seq
			if frame.From > 0 {
				first = frame.From
			}
			if last > 0 && first != last+1 {
				return fmt.Errorf("the session: position %d follows %d", first, last)
			}
			last = frame.Seq
			n.rows.Add(1)
		}
	}
}

func (n *neighbour) watchEvents() error {
	for {
		event, err := n.events.NextValue()
		if err != nil {
			return fmt.Errorf("the event stream: %w", err)
		}
		if event.Name != "message" {
			return fmt.Errorf("the event stream is told %+v", event)
		}
		n.ticks.Add(1)
	}
}

// mustSeeMore waits until both streams have brought something new.
func (n *neighbour) mustSeeMore(t *testing.T) {
	t.Helper()
	rows, ticks := n.rows.Load(), n.ticks.Load()
	eventually(t, "the neighbour sees more", func() bool {
		n.check(t)
		return n.rows.Load() > rows && n.ticks.Load() > ticks
	})
}

func (n *neighbour) check(t *testing.T) {
	t.Helper()
	if failure := n.failure.Load(); failure != nil {
		t.Fatalf("the neighbour noticed the attack: %v", *failure)
	}
}

func (n *neighbour) close() {
	n.leaves.Store(true)
	n.session.CloseNow()
	n.events.CloseNow()
	n.ended.Wait()
}

// baseline is what the program, and the test with it, holds.
type baseline struct {
	goroutines, files int
	heapBytes         int64
}

func takeBaseline(t *testing.T) baseline {
	t.Helper()
	return baseline{goroutines: runtime.NumGoroutine(), files: openFiles(t), heapBytes: heapBytes()}
}

func heapBytes() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// mustBeRestored waits until no goroutine and no file is held beyond the baseline, and the heap is about what it was.
func (b baseline) mustBeRestored(t *testing.T) {
	t.Helper()
	const heapGrowthBytes = 5 << 20
	eventually(t, "no goroutine of the attack is left", func() bool { return runtime.NumGoroutine() <= b.goroutines })
	eventually(t, "no file of the attack is left", func() bool { return openFiles(t) <= b.files })
	if grown := heapBytes() - b.heapBytes; grown > heapGrowthBytes {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// attack plays so many moves, several at the same time, and gives up after some failures.
func attack(t *testing.T, moves int, move func(number int) error) {
	t.Helper()
	const atOnce, mostFailures = 16, 20
	var next, failures atomic.Int64
	var attackers sync.WaitGroup
	for range atOnce {
		attackers.Go(func() {
			for number := next.Add(1); number <= int64(moves) && failures.Load() < mostFailures; number = next.Add(1) {
				if err := move(int(number)); err != nil {
					failures.Add(1)
					t.Errorf("move %d: %v", number, err)
				}
			}
		})
	}
	attackers.Wait()
}

// dialAs opens a connection as one of the attackers.
func dialAs(number int, address string) (*net.TCPConn, error) {
	conn, err := dialFrom(attacker(number), address)
	if err != nil {
		return nil, err
	}
	tcp, isTCP := conn.(*net.TCPConn)
	if !isTCP {
		return nil, errors.New("no TCP connection")
	}
	return tcp, nil
}

// sessionHandshake asks for a session in a format.
func sessionHandshake(address string, codec wire.Codec) string {
	return streamtest.Handshake(address, "/ws", "Sec-WebSocket-Protocol: "+codec.Subprotocol())
}

// mustLogNoFault wants a log without errors: a panic that was caught, or an answer 500.
func mustLogNoFault(t *testing.T, program *program) {
	t.Helper()
	for line := range strings.Lines(program.stderr.String()) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "panic") {
			t.Errorf("the log says %s", line)
		}
	}
}
