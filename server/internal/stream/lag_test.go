package stream

import (
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

const (
	lagSeries = 60
	lagRing   = 600
	// The kernel's pipes hold some 150 to 250 KB for a peer that reads nothing, which is 400 to 650 ticks; a viewer may fall
	// behind by 480. This is clearly more than both.
	lagTicks     = 2000
	lagHeapBytes = 128 << 10 // for each stalled viewer
)

// dialTight opens a session with a small receive buffer and reads nothing of it, not even the answer to its handshake.
func dialTight(t *testing.T, address string, receiveBytes int) *streamtest.Client {
	t.Helper()
	network, err := net.Dial("tcp", address)
	must(t, err)
	must(t, network.(*net.TCPConn).SetReadBuffer(receiveBytes))
	client := streamtest.Over(network)
	t.Cleanup(client.CloseNow)
	must(t, client.Write([]byte(streamtest.Handshake(address, "/ws", sessionHeader))))
	must(t, client.Send(wire.Subscribe{Backfill: new(float64)}))
	return client
}

func TestAStalledViewerHarmsNobody(t *testing.T) {
	const stalled, fast = 20, 3
	bus := newHub(hub.Options{Backfill: lagRing * time.Second})
	for seq := range lagRing {
		bus.Publish(tick(seq, lagSeries)) // from here on the ring itself does not grow
	}
	streams := newStreams(bus)
	streams.every = beatEvery / 5 // the stalled ones are cut after two seconds, not ten
	address := serveStreams(t, streams)
	for range stalled {
		dialTight(t, address, 1)
	}
	arrived, seen := make([]chan error, fast), make([]atomic.Uint64, fast)
	for i := range fast {
		client := openSession(t, address)
		must(t, client.Send(wire.Subscribe{}))
		arrived[i] = make(chan error, 1)
		go func() { arrived[i] <- followToEnd(client, &seen[i]) }()
	}
	eventually(t, "all viewers are in", func() bool { return viewersIn(streams) == stalled+fast })
	before := heapBytes()
	publishAll(t, bus, seen)
	grown := int64(heapBytes()) - int64(before)
	t.Logf("%d of %d stalled viewers are still there, each made the heap grow by %d bytes", viewersIn(streams)-fast, stalled, grown/stalled)
	if grown > stalled*lagHeapBytes {
		t.Errorf("the heap grew by %d bytes for %d stalled viewers", grown, stalled)
	}
	for i := range fast {
		must(t, <-arrived[i])
	}
	eventually(t, "the stalled viewers are cut", func() bool { return viewersIn(streams) <= fast })
}

// followToEnd wants every row of lagRing and lagTicks, without a gap.
func followToEnd(client *streamtest.Client, seen *atomic.Uint64) error {
	ledger := streamtest.Ledger{Host: testHost}
	err := ledger.Follow(client, func() bool {
		seen.Store(ledger.Last)
		return ledger.Last == lagRing+lagTicks
	})
	if err == nil && ledger.Dropped > 0 {
		err = fmt.Errorf("a fast viewer missed %d ticks", ledger.Dropped)
	}
	return err
}

// publishAll publishes lagTicks as fast as the fast viewers take them.
func publishAll(t *testing.T, bus *hub.Hub, seen []atomic.Uint64) {
	t.Helper()
	const ahead = 200 // ticks, less than a viewer may fall behind
	for seq := range lagTicks {
		position, _ := bus.Publish(tick(lagRing+seq, lagSeries))
		for i := range seen {
			eventually(t, "the fast viewers follow", func() bool { return seen[i].Load()+ahead > position.Seq })
		}
	}
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestASlowSessionIsToldExactlyWhatItMissed(t *testing.T) {
	bus := newHub(hub.Options{Backfill: lagTicks * time.Second})
	streams := newStreams(bus)
	client := dialTight(t, serveStreams(t, streams), 64<<10)
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	for seq := range lagTicks {
		bus.Publish(tick(seq, lagSeries)) // nobody reads meanwhile
	}
	must(t, client.SkipHandshake())
	ledger := streamtest.Ledger{Host: testHost}
	must(t, ledger.Follow(client, func() bool { return ledger.Last == lagTicks }))
	if ledger.Dropped == 0 || ledger.Rows+ledger.Dropped != lagTicks || streams.Stats().Skipped != ledger.Dropped {
		t.Errorf("%d rows and %d dropped of %d; the server counts %d dropped",
			ledger.Rows, ledger.Dropped, lagTicks, streams.Stats().Skipped)
	}
	t.Logf("%d received, %d dropped", ledger.Rows, ledger.Dropped)
}

func TestASlowPlainViewerGoesOnWithTheNewest(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Minute})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	client, err := streamtest.Dial(address, "/ws?batch=1")
	must(t, err)
	t.Cleanup(client.CloseNow)
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	for seq := range 10 * lagTicks {
		if bus.Publish(tick(seq, 2)); streams.Stats().Skipped > 0 {
			break
		}
	}
	newest, ok := bus.Catalog(testHost)
	if !ok || len(newest.Series) != 2 {
		t.Fatalf("catalogue is %+v", newest)
	}
	bus.Publish(tick(12_345_678, 2))
	for {
		message, err := client.ReadText()
		must(t, err)
		if string(message[:60]) == `[{"metric":"cpu.core{core=0}","value":12345678,"timestamp":1` {
			break
		}
	}
}

func TestChurnLeavesNothingBehind(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	ticking(t, bus, 5)
	var guests sync.WaitGroup
	failed := make(chan error, 400)
	for guest := range 8 {
		guests.Go(func() {
			for round := range 25 {
				failed <- visit(address, guest+round)
			}
		})
	}
	guests.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			t.Error(err)
		}
	}
	eventually(t, "all viewers are gone", func() bool { return groupsHeld(streams) == 0 })
}

// visit opens a session, changes its mind a few times and leaves in one of several ways.
func visit(address string, kind int) error {
	client, _, err := streamtest.OpenSession(address, "/ws")
	if err != nil {
		return err
	}
	defer client.CloseNow()
	for i := range kind % 4 {
		wishes := []wire.Frame{wire.Subscribe{}, wire.Subscribe{Metrics: []string{"*1}"}}, wire.Unsubscribe{}, wire.Ping{ID: uint64(i)}}
		if err := client.Send(wishes[(kind+i)%len(wishes)]); err != nil {
			return err
		}
	}
	switch kind % 3 {
	case 0:
		return client.Write(streamtest.Frame(streamtest.Final|streamtest.Close, []byte{3, 232}))
	case 1:
		return client.Network.(*net.TCPConn).SetLinger(0) // the cut is a reset
	default:
		return nil
	}
}
