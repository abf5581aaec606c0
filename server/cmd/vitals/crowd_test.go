package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

const (
	crowdHost   = "crowd"
	crowdSeries = 1000 // a row is some 7 KB
	crowdRows   = 150  // more than the kernel's pipes and a viewer's lag hold together
)

// throttled is a network connection that gives a KB a second, until it is let go.
type throttled struct {
	net.Conn
	free atomic.Bool
}

func (c *throttled) Read(p []byte) (int, error) {
	const bytesPerSecond = 1 << 10
	if !c.free.Load() {
		time.Sleep(time.Second)
		p = p[:min(len(p), bytesPerSecond)]
	}
	return c.Conn.Read(p)
}

// onlooker is a session of the crowd. Its rows are not decoded, for 500 of them come at once.
type onlooker struct {
	client  *streamtest.Client
	network *throttled
	last    atomic.Uint64 // the newest position that it has or was told of
	rows    uint64
	covered uint64 // positions that its rows stand for; a slow viewer may get several in one
	dropped uint64 // positions that it was told it will never get
}

// enter opens a session for the crowd's host. One that is to be slow has a small buffer, so that the kernel does not hide that.
func enter(address string, number, receiveBytes int) (*onlooker, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(attacker(number))}, Timeout: patience}
	if receiveBytes > 0 { // before the peer is told how much fits
		dialer.Control = func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(descriptor uintptr) {
				_ = unix.SetsockoptInt(int(descriptor), unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBytes) // a wish
			})
		}
	}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	network := &throttled{Conn: conn}
	network.free.Store(true)
	o := &onlooker{client: streamtest.Over(network), network: network}
	handshake := o.client.Write([]byte(sessionHandshake(address, wire.JSON{})))
	wish := o.client.Send(wire.Subscribe{Hosts: []string{crowdHost}, Backfill: new(float64)})
	return o, errors.Join(handshake, o.client.SkipHandshake(), wish)
}

// watch reads until it has a position, and wants nothing to be missing that it was not told of.
func (o *onlooker) watch(until uint64) error {
	for o.last.Load() < until {
		message, err := o.client.ReadText()
		if err != nil {
			return fmt.Errorf("after position %d: %w", o.last.Load(), err)
		}
		if err := o.note(message); err != nil {
			return err
		}
	}
	return nil
}

func (o *onlooker) note(message []byte) error {
	last := o.last.Load()
	switch {
	case bytes.HasPrefix(message, []byte(`{"type":"update"`)):
		seq, first := numberBehind(message, `"seq":`), numberBehind(message, `"from":`)
		if first == 0 {
			first = seq
		}
		if last == 0 { // the viewer came behind row 1; the mean of an interval that had begun holds what was before
			first = max(first, 2)
		} else if first != last+1 {
			return fmt.Errorf("position %d follows %d", first, last)
		}
		o.rows++
		o.covered += seq - first + 1
		o.last.Store(seq)
	case bytes.HasPrefix(message, []byte(`{"type":"gap"`)):
		frame, err := wire.JSON{}.DecodeServer(message)
		gap, isGap := frame.(wire.Gap)
		if err != nil || !isGap || last > 0 && gap.From != last+1 || gap.Dropped != gap.To-gap.From+1 {
			return fmt.Errorf("after position %d came %s, %w", last, message, err)
		}
		o.dropped += gap.Dropped
		o.last.Store(gap.To)
	}
	return nil
}

// numberBehind reads the number behind a key in the head of a row, 0 if there is none.
func numberBehind(message []byte, key string) uint64 {
	const headBytes = 100
	_, rest, found := bytes.Cut(message[:min(len(message), headBytes)], []byte(key))
	if !found {
		return 0
	}
	end := bytes.IndexAny(rest, ",}")
	number, _ := strconv.ParseUint(string(rest[:max(end, 0)]), 10, 64)
	return number
}

// publisher pushes rows of the crowd's host, each with a time of its own.
type publisher struct {
	conn    net.Conn
	answers *bufio.Reader
	address string
	begin   time.Time
}

func (p *publisher) push(row int) error {
	var body strings.Builder
	at := float64(p.begin.Add(time.Duration(row)*time.Millisecond).UnixMilli()) / 1000
	for i := range crowdSeries {
		fmt.Fprintf(&body, "{\"metric\":\"c{n=%d}\",\"value\":%d.5,\"host\":%q,\"timestamp\":%.3f}\n", i, row*i%100_000, crowdHost, at)
	}
	_ = p.conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(p.conn, pushing("/api/v1/events", body.String())); err != nil {
		return err
	}
	answer, err := http.ReadResponse(p.answers, nil)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d, %.200s: %w", answer.StatusCode, text, err)
	}
	return nil
}

// TestACrowdOfSlowViewers has as many viewers who read nothing, who read a KB a second, and who read at once. The last
// miss nothing, the throttled ones are told exactly what they miss, and the stalled ones cost little until they are cut.
func TestACrowdOfSlowViewers(t *testing.T) {
	ofEachKind := attackSize(60, 500)
	const heapBytesPerStalled, tight, small = 256 << 10, 1, 4 << 10
	program := start(t, "--interval=1s", "--log-level=debug", "--simulate-hosts=1")
	conn, err := dialFrom("127.0.8.1", program.address)
	must(t, err)
	defer conn.Close()
	source := &publisher{conn: conn, answers: bufio.NewReader(conn), address: program.address, begin: time.Now()}
	must(t, source.push(1))
	stalled := gather(t, program.address, ofEachKind, tight)
	slow := gather(t, program.address, ofEachKind, small)
	fast := gather(t, program.address, ofEachKind, 0)
	for _, onlooker := range slow {
		onlooker.network.free.Store(false)
	}
	var readers sync.WaitGroup
	defer readers.Wait()
	failures := make(chan error, 2*ofEachKind)
	for _, onlooker := range append(slices.Clip(slow), fast...) {
		readers.Go(func() { failures <- onlooker.watch(crowdRows) })
	}
	heap := heapBytes()
	for row := 2; row <= crowdRows; row++ {
		must(t, source.push(row))
		eventually(t, "the fast viewers follow", func() bool {
			for _, onlooker := range fast {
				if onlooker.last.Load() < uint64(row) {
					return false
				}
			}
			return true
		})
	}
	grown := heapBytes() - heap
	cut := strings.Count(program.stderr.String(), "took no byte for too long")
	t.Logf("%d of %d stalled viewers are still there; the heap grew by %d bytes for each of these and of the throttled ones",
		ofEachKind-cut, ofEachKind, grown/int64(max(2*ofEachKind-cut, 1)))
	if grown > int64(2*ofEachKind-cut)*heapBytesPerStalled {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	eventually(t, "the stalled viewers are cut", func() bool {
		return strings.Count(program.stderr.String(), "took no byte for too long") >= len(stalled)
	})
	for _, onlooker := range slow {
		onlooker.network.free.Store(true)
	}
	for range cap(failures) {
		must(t, <-failures)
	}
	checkCrowd(t, slow, fast)
	if cut := strings.Count(program.stderr.String(), "took no byte for too long"); cut != len(stalled) {
		t.Errorf("%d viewers were cut", cut)
	}
}

func gather(t *testing.T, address string, count, receiveBytes int) []*onlooker {
	t.Helper()
	var crowd []*onlooker
	for number := range count {
		joined, err := enter(address, number, receiveBytes)
		must(t, err)
		t.Cleanup(joined.client.CloseNow)
		crowd = append(crowd, joined)
	}
	return crowd
}

// checkCrowd compares what was published with what each viewer has and was told of.
func checkCrowd(t *testing.T, slow, fast []*onlooker) {
	t.Helper()
	var dropped uint64
	const published = crowdRows - 1 // the first row was before them
	for i, onlooker := range slow {
		if onlooker.covered+onlooker.dropped != published || onlooker.rows == published {
			t.Fatalf("throttled viewer %d has %d rows for %d positions and was told of %d dropped ones of %d",
				i, onlooker.rows, onlooker.covered, onlooker.dropped, published)
		}
		dropped += onlooker.dropped
	}
	for i, onlooker := range fast {
		if onlooker.rows != published || onlooker.dropped != 0 {
			t.Fatalf("fast viewer %d has %d rows of %d, %d were dropped", i, onlooker.rows, published, onlooker.dropped)
		}
	}
	t.Logf("of %d rows a throttled viewer was told that it misses %d; the first got %d", published, dropped/uint64(len(slow)), slow[0].rows)
}
