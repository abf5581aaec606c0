package stream

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// A tick may be published at any moment of a lane's round, a chaser's end or a command. Each must arrive without the next
// one pushing it.
func TestNoTickIsLeftBehind(t *testing.T) {
	const viewers, rounds = 8, 200
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	var seen [viewers]atomic.Uint64
	var readers sync.WaitGroup
	for i := range viewers {
		client := openSession(t, address)
		must(t, client.Send(wire.Subscribe{}))
		readers.Go(func() {
			ledger := streamtest.Ledger{Host: testHost}
			if err := ledger.Follow(client, func() bool { seen[i].Store(ledger.Last); return ledger.Last == rounds }); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "all viewers are in", func() bool { return viewersIn(streams) == viewers })
	for seq := range rounds {
		position, _ := bus.Publish(tick(seq, 3)) // nothing follows until everybody has it
		for i := range seen {
			for deadline := time.Now().Add(10 * time.Second); seen[i].Load() < position.Seq; runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatalf("viewer %d has not got position %d", i, position.Seq)
				}
			}
		}
	}
	readers.Wait()
}

func TestTwoHundredViewersComeGoAndChangeTheirMinds(t *testing.T) {
	const viewers = 200
	bus := newHub(hub.Options{Backfill: time.Hour}) // nothing is forgotten meanwhile
	for _, host := range []string{"db-1", "db-2"} {
		bus.Describe(metric.Host{Name: host})
	}
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	tickingEvery(t, bus, 20, 20*time.Millisecond)
	var guests sync.WaitGroup
	for number := range viewers {
		guests.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(number), 7))
			if err := wander(address, chance); err != nil {
				t.Error(err)
			}
		})
	}
	guests.Wait()
	eventually(t, "all viewers are gone", func() bool { return len(streams.everybody(nil)) == 0 })
	checkNothingIsHeld(t, streams)
}

// wander keeps a session through changes of what it follows, and checks the positions that it sees all the while.
func wander(address string, chance *rand.Rand) error {
	client, hello, err := streamtest.OpenSession(address, "/ws")
	if err != nil {
		return err
	}
	defer client.CloseNow()
	var last uint64
	for range 5 {
		wish := wire.Subscribe{Hosts: []string{testHost, "db-1"}[:1+chance.IntN(2)]}
		if chance.IntN(2) == 0 {
			wish.Metrics = []string{fmt.Sprintf("*core=%d}", chance.IntN(20))}
		}
		if last > 0 {
			wish.Since = map[string]metric.Position{testHost: {Epoch: hello.Epoch, Seq: last}}
		}
		if err := client.Send(wish); err != nil {
			return err
		}
		ledger, rows := streamtest.Ledger{Host: testHost}, 0
		if err := followNew(client, &ledger, func() bool { rows++; return rows > 2+chance.IntN(5) && ledger.Last > 0 }); err != nil {
			return err
		}
		if last = ledger.Last; chance.IntN(4) == 0 {
			if err := client.Send(wire.Unsubscribe{}); err != nil {
				return err
			}
			last = 0
		}
	}
	return nil
}

// followNew skips what still comes of the wish before, up to the catalogue of the new one.
func followNew(client *streamtest.Client, ledger *streamtest.Ledger, until func() bool) error {
	for {
		frame, err := client.Next()
		if err != nil {
			return err
		}
		if catalog, is := frame.(wire.Catalog); is && catalog.Host == ledger.Host {
			ledger.Columns = catalog.Series
			break
		}
	}
	return ledger.Follow(client, until)
}

func checkNothingIsHeld(t *testing.T, streams *Streams) {
	t.Helper()
	if held := groupsHeld(streams); held != 0 {
		t.Errorf("%d groups are held", held)
	}
	for i, lane := range streams.lanes {
		lane.mu.Lock()
		if count := lane.viewers.Load(); count != 0 || len(lane.audiences) != 0 || len(lane.wide.members) != 0 {
			t.Errorf("lane %d has %d viewers, %d audiences", i, count, len(lane.audiences))
		}
		lane.mu.Unlock()
	}
}

func TestAbusiveConnectsLeaveNothingBehind(t *testing.T) {
	streams := newStreams(newHub(hub.Options{}))
	address := serveStreams(t, streams)
	openSession(t, address) // the lanes and the watchdog stay
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	const rounds, atOnce = 60, 10
	for range rounds {
		var abusers sync.WaitGroup
		for kind := range atOnce {
			abusers.Go(func() { abuse(address, kind) })
		}
		abusers.Wait()
	}
	eventually(t, "goroutines are back to where they were", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "files are back to where they were", func() bool { return openFiles(t) <= files })
}

// abuse connects and leaves in some bad way.
func abuse(address string, kind int) {
	network, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer network.Close()
	if kind%2 == 0 {
		_ = network.(*net.TCPConn).SetLinger(0)
	}
	handshake := []byte(streamtest.Handshake(address, "/ws", sessionHeader))
	text := streamtest.Frame(streamtest.Final|streamtest.Text, []byte(`{"type":"subscribe"}`))
	pieces := [][]byte{nil, handshake[:20], handshake, append(handshake, text[:7]...), append(handshake, text...)}
	_, _ = network.Write(pieces[kind/2]) // the server may have cut it
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(files)
}

// takers are events that a test takes from clients.
type takers struct{ peers, names []string }

func (p *takers) Publish(_ context.Context, peer string, events []wire.PushedEvent) wire.Published {
	p.peers = append(p.peers, peer)
	for _, event := range events {
		p.names = append(p.names, event.Metric)
	}
	return wire.Published{Accepted: len(events)}
}

func TestPublishIsHandedOnAndAnswered(t *testing.T) {
	taker := &takers{}
	bus := newHub(hub.Options{})
	streams := New(Options{
		Bus: bus, Interval: time.Second, Publisher: taker, Peer: func(*http.Request) string { return "somebody" },
	})
	client := openSession(t, serveStreams(t, streams))
	must(t, client.Send(wire.Publish{ID: 7, Events: []wire.PushedEvent{{Metric: "room.temp", Value: 21}}}))
	if answer := expect[wire.Published](t, client); answer.ID != 7 || answer.Accepted != 1 {
		t.Errorf("answered %+v", answer)
	}
	if fmt.Sprint(taker.peers, taker.names) != "[somebody] [room.temp]" {
		t.Errorf("handed on %v of %v", taker.names, taker.peers)
	}
}

func TestPublishIsRefusedWhereNobodyTakesIt(t *testing.T) {
	client := openSession(t, serveStreams(t, newStreams(newHub(hub.Options{}))))
	must(t, client.Send(wire.Publish{ID: 7, Events: []wire.PushedEvent{{Metric: "room.temp", Value: 21}}}))
	if told := expect[wire.Error](t, client); told.Field != "type" || told.Message == "" {
		t.Errorf("told %+v", told)
	}
	must(t, client.Send(wire.Ping{ID: 1}))
	expect[wire.Pong](t, client)
}

func TestSessionsAreToldOfHosts(t *testing.T) {
	bus := newHub(hub.Options{})
	client := openSession(t, serveStreams(t, newStreams(bus)))
	bus.Describe(metric.Host{Name: "late", Hostname: "late"})
	if told := expect[wire.HostState](t, client); told.State != wire.Live || told.Host.Name != "late" {
		t.Errorf("told %+v", told)
	}
}

func TestAPlainViewerFollowsAHostThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hub.New(hub.Options{SeriesIdle: time.Minute})
		push := func(value float64) {
			bus.Publish(metric.Update{
				Host: "attic", Timestamp: metric.TimestampOf(time.Now()), Events: []metric.Event{{Metric: "room.temp", Value: value}},
				Series: []metric.Series{{Metric: "room.temp", Custom: true}},
			})
		}
		push(1)
		streams := newStreams(bus)
		ours, theirs := net.Pipe()
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(streamtest.Handshake("vitals", "/ws?host=attic"))))
		must(t, err)
		must(t, streams.ServeWebSocket(&pipeAnswer{network: theirs, header: http.Header{}}, request))
		client := streamtest.Over(ours)
		client.Patience = 24 * time.Hour
		messages := make(chan string, 10)
		go func() {
			defer close(messages)
			for {
				message, err := client.ReadText()
				if err != nil {
					return
				}
				messages <- string(message)
			}
		}()
		for minute := range 3 {
			synctest.Wait()
			time.Sleep(time.Minute)
			bus.Sweep(time.Now())
			if _, known := bus.Catalog("attic"); !known {
				break
			} else if minute == 2 {
				t.Error("the host has not left")
			}
		}
		synctest.Wait()
		push(2)
		if got := <-messages; !strings.HasPrefix(got, `{"metric":"room.temp","value":2,`) {
			t.Errorf("got %s", got)
		}
		client.CloseNow()
		streams.present.Wait()
	})
}

func TestNewsAreTheNewestOfEachHost(t *testing.T) {
	log := newNews()
	change := func(host string, state hub.HostState) {
		log.note(hub.HostChange{State: state, Host: metric.Host{Name: host}})
	}
	encoded := 0
	encode := func(frame wire.Frame) []byte {
		encoded++
		state := frame.(wire.HostState)
		return []byte(state.Host.Name + " " + string(state.State))
	}
	for range 100 {
		change("a", hub.HostSilent)
		change("b", hub.HostLive)
		change("a", hub.HostLive)
	}
	for range 3 { // three sessions
		changed, now := log.since(0)
		var told []string
		for _, state := range changed {
			told = append(told, string(log.image(state, kind{}, encode)))
		}
		if got := fmt.Sprintf("%s %d", told, now); got != "[b live a live] 300" {
			t.Errorf("told %s", got)
		}
	}
	if encoded != 2 {
		t.Errorf("encoded %d times", encoded)
	}
	for i := range 2 * maxNews {
		change(fmt.Sprint(i), hub.HostGone)
	}
	if len(log.states) > maxNews {
		t.Errorf("%d hosts are remembered", len(log.states))
	}
}

func TestAViewerIsAdmittedAndLeavesOnce(t *testing.T) {
	var in, out atomic.Int32
	refusal := &wire.FieldError{Code: "too_many_connections", Message: "full"}
	streams := New(Options{Bus: newHub(hub.Options{}), Interval: time.Second, Admit: func(*http.Request) (func(), error) {
		if in.Load() == 1 {
			return nil, refusal
		}
		in.Add(1)
		return func() { out.Add(1) }, nil
	}})
	address := serveStreams(t, streams)
	client := openSession(t, address)
	if _, _, err := streamtest.OpenSession(address, "/ws"); err == nil {
		t.Error("a second viewer was let in")
	}
	client.CloseNow()
	eventually(t, "it has left", func() bool { return out.Load() == 1 })
	streams.present.Wait()
	if out.Load() != 1 {
		t.Errorf("it left %d times", out.Load())
	}
}

func TestGoodbyesAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const viewers = 1000
		streams := newStreams(newHub(hub.Options{}))
		var mu sync.Mutex
		var after []time.Duration
		var clients sync.WaitGroup
		var start time.Time
		for range viewers {
			client := pipeViewer(t, streams, sessionHeader)
			clients.Go(func() {
				if code := streamtest.CodeOf(client.ReadToEnd()); code != 1012 {
					t.Errorf("closed with %d", code)
				}
				mu.Lock()
				after = append(after, time.Since(start))
				mu.Unlock()
				client.CloseNow()
			})
		}
		synctest.Wait()
		start = time.Now()
		must(t, streams.Shutdown(t.Context()))
		clients.Wait()
		early := 0
		for _, delay := range after {
			if delay < 500*time.Millisecond {
				early++
			}
		}
		if len(after) != viewers || early < viewers*4/10 || early > viewers*6/10 {
			t.Errorf("%d of %d viewers were told in the first half second of one", early, len(after))
		}
	})
}

func TestAPieceOfThePastIsEncodedOnceAndTheRestForgotten(t *testing.T) {
	cache := newPieceCache(100)
	made := 0
	get := func(number uint64, size int) {
		image := cache.get(pieceKey{from: number}, func() []byte { made++; return make([]byte, size) })
		if len(image) != size {
			t.Errorf("piece %d has %d bytes, expected %d", number, len(image), size)
		}
	}
	for range 50 {
		get(1, 30)
		get(2, 30)
	}
	if made != 2 || cache.bytes != 60 {
		t.Errorf("made %d times, %d bytes are held", made, cache.bytes)
	}
	for number := range uint64(50) {
		get(100+number, 30)
		get(1, 30) // asked for again and again
	}
	if made != 52 || cache.bytes > 100 || len(cache.pieces) != 3 {
		t.Errorf("made %d times, %d bytes of %d pieces are held", made, cache.bytes, len(cache.pieces))
	}
	if get(7, 1000); cache.bytes > 100 {
		t.Errorf("%d bytes are held", cache.bytes)
	}
	if cache.forget(); len(cache.pieces) != 0 || cache.bytes != 0 || cache.recent.Len() != 0 {
		t.Error("something is left")
	}
}

func TestViewersOfThePastShareItsPieces(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	for seq := range 500 {
		bus.Publish(tick(seq, 60))
	}
	start := pastOf(t, bus)
	sight := testGroups().acquire(kind{shape: shapeSession}, nil).view(start.Catalog)
	lengths := func(ticks []*hub.Tick) (pieces []int) {
		for rest := sight.newPast(ticks, 1); len(rest.ticks) > 0; {
			piece := rest.next(sight.rowsPerPiece())
			pieces = append(pieces, len(piece))
			sight.snapshot(piece, 0)
		}
		return pieces
	}
	first := lengths(start.Past)
	held := len(sight.group.pieces.pieces)
	if later := lengths(start.Past[40:]); len(later) != len(first) || len(sight.group.pieces.pieces) != held+1 {
		t.Errorf("pieces of %v rows, then %v: %d more were encoded, expected 1", first, later, len(sight.group.pieces.pieces)-held)
	}
}

// discardLine takes everything.
type discardLine struct{}

func (discardLine) TryWrite(p []byte) (int, error) { return len(p), nil }
func (discardLine) Write(p []byte) (int, error)    { return len(p), nil }
func (discardLine) Vanished() bool                 { return false }
func (discardLine) Taken() int64                   { return 0 }
func (discardLine) Hurry(time.Duration)            {}
func (discardLine) Cut()                           {}

// steadyViewers follow the test's host and take everything.
func steadyViewers(streams *Streams, count int, request viewerRequest) []*viewer {
	viewers := make([]*viewer, count)
	for i := range viewers {
		viewers[i] = streams.newViewer(discardLine{}, request, "")
		viewers[i].begin(request)
		if request.shape == shapeSession {
			viewers[i].mu.Lock()
			viewers[i].subscribe(wire.Subscribe{Backfill: new(float64)})
			viewers[i].mu.Unlock()
			viewers[i].wake()
		}
	}
	return viewers
}

func TestASteadyTickCostsAViewerNoAllocation(t *testing.T) {
	for name, request := range map[string]viewerRequest{
		"session": {shape: shapeSession}, "session in CBOR": {shape: shapeSession, format: formatCBOR},
		"events": {}, "batch": {shape: shapeBatch}, "event stream": {transport: transportEvents},
	} {
		bus := newHub(hub.Options{})
		streams := newStreams(bus)
		for seq := range 400 {
			bus.Publish(tick(seq, 60)) // from here on the ring itself does not grow
		}
		cost := func(count int) float64 {
			viewers, seq := steadyViewers(streams, count, request), 400
			defer func() {
				for _, viewer := range viewers {
					viewer.leave()
				}
			}()
			return testing.AllocsPerRun(50, func() {
				bus.Publish(tick(seq, 60))
				seq++
				for _, viewer := range viewers {
					viewer.wake()
				}
			})
		}
		if few, many := cost(10), cost(1010); many > few+10 { // a ring may grow meanwhile
			t.Errorf("%s: 1000 viewers more cost %v allocations a tick", name, many-few)
		}
	}
}

func BenchmarkDelivery(b *testing.B) {
	const viewers = 1000
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	all := steadyViewers(streams, viewers, viewerRequest{shape: shapeSession})
	update := tick(1, 60)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		update.Timestamp += 1000
		bus.Publish(update)
		b.StartTimer()
		for _, viewer := range all {
			viewer.wake()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/viewers, "ns/delivery")
}

// Rows of which a filter sees nothing are passed over: the next row covers them, and so does a gap.
func TestPushedRowsThatAFilterDoesNotSeeAreCovered(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	bus.Publish(tick(0, 10))
	address := serveStreams(t, newStreams(bus))
	all, some := openSession(t, address), openSession(t, address)
	must(t, all.Send(wire.Subscribe{}))
	must(t, some.Send(wire.Subscribe{Metrics: []string{"cpu.core{core=1}", "door"}}))
	for seq := range 30 {
		bus.Publish(tick(3*seq+1, 10))
		for i, name := range []string{"room", "door"} { // seen by one, then by both
			bus.Publish(metric.Update{
				Host: testHost, Timestamp: testEpoch + metric.TimestampMs(3*seq+2+i)*1000,
				Events: []metric.Event{{Metric: name, Value: float64(seq)}},
				Series: []metric.Series{{Metric: name, Custom: true}},
			})
		}
	}
	const positions = 91
	for client, rows := range map[*streamtest.Client]uint64{all: positions, some: positions - 30} {
		ledger := streamtest.Ledger{Host: testHost}
		must(t, ledger.Follow(client, func() bool { return ledger.Last == positions }))
		if ledger.Dropped > 0 || ledger.Rows > positions || ledger.Rows < rows {
			t.Errorf("%d rows and %d dropped, expected %d to %d rows", ledger.Rows, ledger.Dropped, rows, positions)
		}
	}
}

// A session may ask for a coarser interval at any time; what it sees has no hole and no row twice.
func TestASessionChangesItsInterval(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	client := openSession(t, serveStreams(t, streams))
	for seq := range 40 {
		bus.Publish(tick(seq, 5))
	}
	must(t, client.Send(wire.Subscribe{}))
	ledger := streamtest.Ledger{Host: testHost}
	must(t, ledger.Follow(client, func() bool { return ledger.Last == 40 }))
	must(t, client.Send(wire.Subscribe{
		Interval: 5, Envelope: true, Since: map[string]metric.Position{testHost: {Epoch: bus.Epoch(), Seq: ledger.Last}},
	}))
	eventually(t, "it follows the folded rows", func() bool {
		for _, viewer := range streams.everybody(nil) {
			viewer.mu.Lock()
			follow := viewer.follows[testHost]
			isFolded := follow != nil && follow.group.envelope
			viewer.mu.Unlock()
			return isFolded
		}
		return false
	})
	before := ledger.Rows
	for seq := range 31 {
		bus.Publish(tick(40+seq, 5))
	}
	for ledger.Last < 65 {
		frame, err := client.Next()
		must(t, err)
		must(t, ledger.Note(frame))
		if update, is := frame.(wire.Update); is && (len(update.Min) != 5 || len(update.Max) != 5 || update.From == 0) {
			t.Errorf("a folded row is %+v", update)
		}
	}
	if rows := ledger.Rows - before; rows > 8 || ledger.Dropped > 0 {
		t.Errorf("%d folded rows, %d dropped", rows, ledger.Dropped)
	}
}
