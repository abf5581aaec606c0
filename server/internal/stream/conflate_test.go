package stream

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// meteredConn is a connection on a line that carries so many bytes for each tick that is published.
type meteredConn struct {
	net.Conn
	mu     sync.Mutex
	raised *sync.Cond
	credit int
	free   bool // the line carries everything at once
}

// dialMetered opens a connection whose buffers hide little.
func dialMetered(t *testing.T, address string) *meteredConn {
	t.Helper()
	network, err := net.Dial("tcp", address)
	must(t, err)
	must(t, network.(*net.TCPConn).SetReadBuffer(16<<10)) // less would make the kernel slow
	metered := &meteredConn{Conn: network, credit: 1 << 10}
	metered.raised = sync.NewCond(&metered.mu)
	t.Cleanup(func() {
		metered.carry(0, true)
		_ = network.Close()
	})
	return metered
}

func (m *meteredConn) carry(bytes int, free bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.credit += bytes
	m.free = free
	m.raised.Broadcast()
}

func (m *meteredConn) Read(p []byte) (int, error) {
	m.mu.Lock()
	for !m.free && m.credit <= 0 {
		m.raised.Wait()
	}
	if !m.free {
		p = p[:min(len(p), m.credit)]
	}
	m.mu.Unlock()
	n, err := m.Conn.Read(p)
	m.mu.Lock()
	m.credit -= n
	m.mu.Unlock()
	return n, err
}

// tracker is how far a viewer has come.
type tracker struct {
	mu     sync.Mutex
	ledger streamtest.Ledger // of a session
	newest uint64            // position
	inARow int               // rows without a fold or a gap
	err    error
}

func (t *tracker) note(position uint64) {
	if t.inARow++; position != t.newest+1 {
		t.inARow = 0
	}
	t.newest = position
}

func (t *tracker) look() (newest uint64, inARow int, ledger streamtest.Ledger, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest, t.inARow, t.ledger, t.err
}

// follow reads to the end of the connection, with a reader of one message.
func (t *tracker) follow(read func() error) {
	for {
		if err := read(); err != nil {
			t.mu.Lock()
			t.err = err
			t.mu.Unlock()
			return
		}
	}
}

// followSession notes the frames of a session.
func (t *tracker) followSession(client *streamtest.Client) {
	t.follow(func() error {
		frame, err := client.Next()
		if err != nil {
			return err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if err := t.ledger.Note(frame); err != nil {
			return err
		}
		if _, isRow := frame.(wire.Update); isRow {
			t.note(t.ledger.Last)
		}
		return nil
	})
}

// followBatches notes arrays of triples, whose timestamps tell their positions.
func (t *tracker) followBatches(test *testing.T, read func() (string, error)) {
	t.follow(func() error {
		text, err := read()
		if err != nil {
			return err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.note(positionOf(decodeBatch(test, text)[0].Timestamp))
		return nil
	})
}

const ticksAhead = 40 // of a viewer that is fresh: its interval of 5, a few rows, and what is on the line

// settles publishes, with so many bytes of the line for each tick, until the condition has held for a while.
func settles(t *testing.T, bus *hub.Hub, seq *int, line *meteredConn, share int, condition func(published uint64) bool) {
	t.Helper()
	const patience, every, steady = 40 * time.Second, 2 * time.Millisecond, 300
	clock := time.NewTicker(every)
	defer clock.Stop()
	held := 0
	for deadline := time.Now().Add(patience); held < steady; <-clock.C {
		if time.Now().After(deadline) {
			t.Fatalf("not settled after %d ticks", *seq)
		}
		line.carry(share, share == 0)
		position, _ := bus.Publish(tick(*seq, lagSeries))
		*seq++
		if held++; !condition(position.Seq) {
			held = 0
		}
	}
}

// A viewer on a line that carries a third of its stream gets coarser rows, stays fresh, and can state what it has.
func TestAViewerOnASlowLineIsConflatedAndFresh(t *testing.T) {
	const sessionShare, batchShare = 150, 1300 // bytes for each tick: a third of it
	for name, form := range map[string]struct {
		share  int
		follow func(*testing.T, *meteredConn, string, *tracker)
	}{
		"session": {sessionShare, openMeteredSession},
		"plain":   {batchShare, openMeteredPlain},
		"events":  {batchShare, openMeteredEvents},
	} {
		t.Run(name, func(t *testing.T) {
			bus := newHub(hub.Options{Backfill: time.Hour})
			streams := newStreams(bus)
			streams.every, streams.calm = beatEvery/10, 1<<20
			address := serveEvents(t, streams)
			line, seen := dialMetered(t, address), &tracker{ledger: streamtest.Ledger{Host: testHost}}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				form.follow(t, line, address, seen)
			}()
			eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
			seq := 0
			settles(t, bus, &seq, line, form.share, func(published uint64) bool {
				newest, _, _, err := seen.look()
				must(t, err)
				return streams.Stats().Conflated == 1 && newest+ticksAhead > published
			})
			for _, viewer := range streams.everybody(nil) {
				viewer.pulse.calm.Store(3)
			}
			settles(t, bus, &seq, line, 0, func(uint64) bool {
				_, inARow, _, err := seen.look()
				must(t, err)
				return streams.Stats().Conflated == 0 && inARow > 0
			})
			eventually(t, "the last tick is there", func() bool { newest, _, _, _ := seen.look(); return newest == uint64(seq) })
			if _, _, ledger, _ := seen.look(); name == "session" && (ledger.Rows+ledger.Folded+ledger.Dropped != uint64(seq) ||
				ledger.Folded == 0 || ledger.Dropped != streams.Stats().Skipped) {
				t.Errorf("%d rows, %d folded, %d dropped of %d published; the server dropped %d",
					ledger.Rows, ledger.Folded, ledger.Dropped, seq, streams.Stats().Skipped)
			}
			_ = line.Close()
			<-ended
		})
	}
}

func openMeteredSession(t *testing.T, line *meteredConn, address string, seen *tracker) {
	client := streamtest.Over(line)
	_ = client.Write([]byte(streamtest.Handshake(address, "/ws", sessionHeader)))
	_ = client.Send(wire.Subscribe{Backfill: new(float64)})
	if err := client.SkipHandshake(); err != nil {
		t.Error(err)
	}
	seen.followSession(client)
}

func openMeteredPlain(t *testing.T, line *meteredConn, address string, seen *tracker) {
	client := streamtest.Over(line)
	_ = client.Write([]byte(streamtest.Handshake(address, "/ws?batch=1")))
	if err := client.SkipHandshake(); err != nil {
		t.Error(err)
	}
	seen.followBatches(t, func() (string, error) {
		text, err := client.ReadText()
		return string(text), err
	})
}

func openMeteredEvents(t *testing.T, line *meteredConn, _ string, seen *tracker) {
	_, _ = line.Write([]byte("GET /events?batch=1 HTTP/1.0\r\n\r\n"))
	parser := streamtest.NewEventParser(line) // the head of the answer is lines that it does not know
	seen.followBatches(t, func() (string, error) {
		for {
			event, err := parser.Next()
			if err != nil || event.Name == "message" {
				return event.Data, err
			}
		}
	})
}

// A viewer that reads nothing for a while on a line that carries enough gets everything as it was.
func TestAHiccupFoldsAndLosesNothing(t *testing.T) {
	const before, meanwhile, after = 50, 300, 50
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	client := openSession(t, address)
	must(t, client.Send(wire.Subscribe{Backfill: new(float64)}))
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	ledger := streamtest.Ledger{Host: testHost}
	for seq := range before + meanwhile + after {
		bus.Publish(tick(seq, lagSeries))
		if position := uint64(seq + 1); position <= before || position > before+meanwhile {
			must(t, ledger.Follow(client, func() bool { return ledger.Last == position }))
		}
	}
	if ledger.Rows != before+meanwhile+after || ledger.Folded > 0 || ledger.Dropped > 0 || streams.Stats().Conflated > 0 {
		t.Errorf("%d rows, %d folded, %d dropped", ledger.Rows, ledger.Folded, ledger.Dropped)
	}
}

// positionOf is the position of a tick by its timestamp, of a host whose ticks come one a second.
func positionOf(timestamp float64) uint64 { return uint64(timestamp-float64(testEpoch)/1000) + 1 }

func decodeBatch(t *testing.T, text string) []triple {
	var batch []triple
	if err := json.Unmarshal([]byte(text), &batch); err != nil || len(batch) == 0 {
		t.Errorf("%s: %v", text, err)
		return make([]triple, 1)
	}
	return batch
}

// Viewers of several hosts that are slow now and then, and are cut and come back by the last id, miss nothing that no gap tells.
func TestIDsOfConflatedEventsResume(t *testing.T) {
	for _, hosts := range []string{testHost + ",other", "*"} {
		t.Run(hosts, func(t *testing.T) { resumeWhileConflated(t, hosts) })
	}
}

func resumeWhileConflated(t *testing.T, hosts string) {
	const rounds, ticksEach = 120, 30
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	streams.every, streams.calm = 5*time.Millisecond, 2
	address := serveEvents(t, streams)
	seq := 0
	publish := func() {
		bus.Publish(tick(seq, 2))
		publishOther(bus, "other", seq, 2)
		seq++
	}
	for range 10 {
		publish()
	}
	have, wasFolded, lastID, conflated := map[string]uint64{}, map[string]bool{}, "", 0
	for round := range rounds {
		network, err := net.Dial("tcp", address)
		must(t, err)
		query := "batch=1&backfill=1h&host=" + hosts
		if lastID != "" {
			query += "&lastEventId=" + lastID
		}
		_, err = fmt.Fprintf(network, "GET /events?%s HTTP/1.0\r\n\r\n", query)
		must(t, err)
		must(t, network.SetReadDeadline(time.Now().Add(30*time.Second)))
		parser := streamtest.NewEventParser(network)
		eventually(t, "the viewer follows both hosts", func() bool { return viewersIn(streams) == 2 })
		for range rand.IntN(ticksEach) {
			publish()
			if rand.IntN(6) == 0 {
				makeSlow(streams)
			}
			if rand.IntN(3) == 0 {
				time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond) // for the watchdog to be anywhere
			}
		}
		for range rand.IntN(6 * ticksEach) {
			if have[testHost]+10 > uint64(seq) && have["other"]+10 > uint64(seq) {
				break
			}
			event, err := parser.Next()
			must(t, err)
			if event.Name == eventPing {
				lastID = event.ID
				continue
			}
			if event.Name == eventGap {
				var gap wire.Gap
				must(t, json.Unmarshal([]byte(event.Data), &gap))
				if gap.From != have[gap.Host]+1 {
					t.Fatalf("round %d: the gap %+v follows position %d", round, gap, have[gap.Host])
				}
				have[gap.Host], wasFolded[gap.Host] = gap.To, false
				continue
			}
			row := decodeBatch(t, event.Data)[0]
			position, folded := positionOf(row.Timestamp), strings.Count(event.ID, "-") > 1
			before := have[row.Host]
			// Who is cut right after it became slow may get a folded row of values that it has one by one; and who is cut right
			// behind a gap, which has no id, a row of what the gap told of.
			repeated := folded && position == before && !wasFolded[row.Host]
			if !repeated && (position <= before || !folded && position != before+1) {
				t.Fatalf("round %d: of %s position %d (%s, after %s) follows %d", round, row.Host, position, event.ID, lastID, before)
			}
			wasFolded[row.Host] = folded
			if have[row.Host], lastID = position, event.ID; folded {
				conflated++
			}
		}
		_ = network.Close()
		eventually(t, "the viewer is gone", func() bool { return viewersIn(streams) == 0 })
	}
	if conflated == 0 {
		t.Error("no row was folded")
	}
	t.Logf("%d of %d positions came folded", conflated, 2*seq)
}

// makeSlow has all viewers conflated, as if they had been slow for long.
func makeSlow(streams *Streams) {
	for _, viewer := range streams.everybody(nil) {
		viewer.mu.Lock()
		for _, follow := range viewer.follows {
			if !viewer.left && viewer.conflation < 5*time.Second {
				viewer.slowDown(follow)
			}
		}
		viewer.mu.Unlock()
	}
}
