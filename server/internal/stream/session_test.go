package stream

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// expect reads the next frame and wants it to be of a type.
func expect[F wire.Frame](t *testing.T, client *streamtest.Client) F {
	t.Helper()
	frame, err := client.Next()
	must(t, err)
	wanted, fits := frame.(F)
	if !fits {
		t.Fatalf("got %T %+.200v, expected %T", frame, frame, wanted)
	}
	return wanted
}

// ticking publishes ticks of so many series from the next seq on, at full speed with short rests, until the test ends.
func ticking(t *testing.T, bus *hub.Hub, series int) *atomic.Uint64 {
	t.Helper()
	return tickingEvery(t, bus, series, 2*time.Millisecond)
}

func tickingEvery(t *testing.T, bus *hub.Hub, series int, every time.Duration) *atomic.Uint64 {
	t.Helper()
	var published atomic.Uint64
	stop := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		rest := time.NewTicker(every)
		defer rest.Stop()
		for seq := 0; ; seq++ {
			select {
			case <-stop:
				return
			case <-rest.C:
				position, _ := bus.Publish(tick(seq, series))
				published.Store(position.Seq)
			}
		}
	})
	t.Cleanup(func() { close(stop); ended.Wait() })
	return &published
}

func TestASessionBeginsWithItsPast(t *testing.T) {
	bus := newHub(hub.Options{})
	for seq := range 10 {
		bus.Publish(tick(seq, 3))
	}
	address := serveStreams(t, newStreams(bus))
	client, hello, err := streamtest.OpenSession(address, "/ws")
	must(t, err)
	defer client.CloseNow()
	if hello.Epoch != bus.Epoch() || len(hello.Hosts) != 1 || hello.Hosts[0].Name != testHost || hello.Interval != 1 || hello.Protocol != 1 {
		t.Errorf("hello is %+v", hello)
	}
	must(t, client.Send(wire.Subscribe{}))
	if catalog := expect[wire.Catalog](t, client); catalog.Host != testHost || len(catalog.Series) != 3 {
		t.Errorf("catalogue is %+v", catalog)
	}
	if past := expect[wire.Snapshot](t, client); past.Seq != 1 || len(past.Timestamps) != 10 || past.Columns[2][9] != 9.2 {
		t.Errorf("snapshot is %+v", past)
	}
	bus.Publish(tick(10, 3))
	if update := expect[wire.Update](t, client); update.Seq != 11 || update.Values[0] != 10 {
		t.Errorf("update is %+v", update)
	}
}

func TestANewSeriesIsDescribedBeforeItsFirstValue(t *testing.T) {
	bus := newHub(hub.Options{})
	address := serveStreams(t, newStreams(bus))
	all, some := openSession(t, address), openSession(t, address)
	must(t, all.Send(wire.Subscribe{}))
	must(t, some.Send(wire.Subscribe{Metrics: []string{"cpu.core{core=2}"}}))
	for _, client := range []*streamtest.Client{all, some} {
		if catalog := expect[wire.Catalog](t, client); len(catalog.Series) != 0 || catalog.Series == nil {
			t.Errorf("the first catalogue is %+v", catalog)
		}
	}
	for round, series := range []int{2, 2, 5, 5} {
		bus.Publish(tick(round, series))
	}
	for _, columns := range []int{2, 2, 5, 5} {
		frame, err := all.Next()
		must(t, err)
		if catalog, isCatalog := frame.(wire.Catalog); isCatalog {
			if len(catalog.Series) != columns || catalog.Series[columns-1].Metric != seriesName(columns-1) {
				t.Errorf("the catalogue is %+v", catalog)
			}
			frame, err = all.Next()
			must(t, err)
		}
		if update, isUpdate := frame.(wire.Update); !isUpdate || len(update.Values) != columns {
			t.Errorf("got %+v, expected an update of %d columns", frame, columns)
		}
	}
	ledger := streamtest.Ledger{Host: testHost}
	must(t, ledger.Follow(some, func() bool { return ledger.Last == 4 }))
	if len(ledger.Columns) != 1 || ledger.Columns[0].Metric != "cpu.core{core=2}" {
		t.Errorf("the filtered session sees %+v", ledger.Columns)
	}
}

func TestResumeAfterRandomCutsSeesEveryPositionOnce(t *testing.T) {
	const series, cuts = 20, 20
	bus := newHub(hub.Options{Backfill: time.Hour})
	address := serveStreams(t, newStreams(bus))
	published := ticking(t, bus, series)
	chance := rand.New(rand.NewPCG(1, 2))
	ledger := streamtest.Ledger{Host: testHost}
	for range cuts {
		client := resume(t, address, bus.Epoch(), &ledger)
		frames, wanted := 0, 1+chance.IntN(30)
		must(t, ledger.Follow(client, func() bool { frames++; return frames > wanted }))
		if chance.IntN(2) == 0 {
			_ = client.Write(streamtest.Frame(streamtest.Final|streamtest.Close, nil)) // a goodbye before the cut
		}
		client.CloseNow()
		missed := published.Load() + uint64(chance.IntN(20))
		eventually(t, "ticks while nobody listens", func() bool { return published.Load() >= missed })
	}
	client := resume(t, address, bus.Epoch(), &ledger)
	defer client.CloseNow()
	end := published.Load()
	must(t, ledger.Follow(client, func() bool { return ledger.Last >= end }))
	if ledger.Rows != ledger.Last || ledger.Dropped != 0 || ledger.Restarts != 0 {
		t.Errorf("%d rows up to position %d, %d dropped, %d restarts", ledger.Rows, ledger.Last, ledger.Dropped, ledger.Restarts)
	}
}

// resume opens a session that goes on where the ledger stands.
func resume(t *testing.T, address, epoch string, ledger *streamtest.Ledger) *streamtest.Client {
	t.Helper()
	client, _, err := streamtest.OpenSession(address, "/ws")
	must(t, err)
	var subscribe wire.Subscribe
	if ledger.Last > 0 {
		subscribe.Since = map[string]metric.Position{testHost: {Epoch: epoch, Seq: ledger.Last}}
	}
	must(t, client.Send(subscribe))
	return client
}

func TestResumeBeyondMemoryIsAGap(t *testing.T) {
	bus := newHub(hub.Options{Interval: time.Second, Backfill: 10 * time.Second})
	for seq := range 25 {
		bus.Publish(tick(seq, 2))
	}
	address := serveStreams(t, newStreams(bus))
	tests := map[string]struct {
		since  metric.Position
		gap    *wire.Gap
		first  uint64 // of the snapshot, 0 for none
		length int
	}{
		"the newest":       {metric.Position{Epoch: bus.Epoch(), Seq: 25}, nil, 0, 0},
		"one behind":       {metric.Position{Epoch: bus.Epoch(), Seq: 24}, nil, 25, 1},
		"the oldest kept":  {metric.Position{Epoch: bus.Epoch(), Seq: 15}, nil, 16, 10},
		"one too old":      {metric.Position{Epoch: bus.Epoch(), Seq: 14}, &wire.Gap{From: 15, To: 15, Dropped: 1}, 16, 10},
		"long ago":         {metric.Position{Epoch: bus.Epoch(), Seq: 3}, &wire.Gap{From: 4, To: 15, Dropped: 12}, 16, 10},
		"before all":       {metric.Position{Epoch: bus.Epoch(), Seq: 0}, &wire.Gap{From: 1, To: 15, Dropped: 15}, 16, 10},
		"the future":       {metric.Position{Epoch: bus.Epoch(), Seq: 26}, &wire.Gap{}, 16, 10},
		"the far future":   {metric.Position{Epoch: bus.Epoch(), Seq: 1<<53 - 1}, &wire.Gap{}, 16, 10},
		"another epoch":    {metric.Position{Epoch: "another", Seq: 20}, &wire.Gap{}, 16, 10},
		"another, shorter": {metric.Position{Epoch: "another", Seq: 1}, &wire.Gap{}, 16, 10},
	}
	for name, wanted := range tests {
		t.Run(name, func(t *testing.T) {
			client := openSession(t, address)
			must(t, client.Send(wire.Subscribe{Since: map[string]metric.Position{testHost: wanted.since}}))
			expect[wire.Catalog](t, client)
			if wanted.gap != nil {
				wanted.gap.Type, wanted.gap.Host = wire.TypeGap, testHost
				if gap := expect[wire.Gap](t, client); gap != *wanted.gap {
					t.Errorf("gap is %+v, expected %+v", gap, *wanted.gap)
				}
			}
			if wanted.first > 0 {
				if past := expect[wire.Snapshot](t, client); past.Seq != wanted.first || len(past.Timestamps) != wanted.length {
					t.Errorf("%d rows from %d, expected %d from %d", len(past.Timestamps), past.Seq, wanted.length, wanted.first)
				}
			}
			must(t, client.Send(wire.Ping{ID: 1}))
			expect[wire.Pong](t, client)
		})
	}
}

func TestBackfillIsWhatWasAskedFor(t *testing.T) {
	bus := newHub(hub.Options{Backfill: time.Minute})
	for seq := range 25 {
		bus.Publish(tick(seq, 2))
	}
	address := serveStreams(t, newStreams(bus))
	for seconds, rows := range map[float64]int{0: 0, 0.5: 1, 1: 1, 1.5: 2, 10: 10, 1e6: 25} {
		client := openSession(t, address)
		must(t, client.Send(wire.Subscribe{Backfill: &seconds}))
		expect[wire.Catalog](t, client)
		if rows > 0 {
			if past := expect[wire.Snapshot](t, client); len(past.Timestamps) != rows || past.Seq != uint64(26-rows) {
				t.Errorf("%v s of past are %d rows from %d, expected %d", seconds, len(past.Timestamps), past.Seq, rows)
			}
		}
		must(t, client.Send(wire.Ping{}))
		expect[wire.Pong](t, client)
	}
}

func TestMistakesOfASubscriberAreToldAndTheSessionGoesOn(t *testing.T) {
	bus := newHub(hub.Options{})
	bus.Publish(tick(1, 1))
	client := openSession(t, serveStreams(t, newStreams(bus)))
	long := strings.Repeat("é", 120)
	must(t, client.Send(wire.Subscribe{Hosts: []string{"nobody", testHost, long}}))
	if told := expect[wire.Error](t, client); told.Code != wire.CodeUnknownHost || told.Field != "hosts[0]" {
		t.Errorf("told %+v", told)
	}
	expect[wire.Catalog](t, client)
	expect[wire.Snapshot](t, client)
	if told := expect[wire.Error](t, client); told.Code != wire.CodeUnknownHost || told.Field != "hosts[2]" || len(told.Message) > 400 {
		t.Errorf("told %+v", told)
	}
	bus.Publish(tick(2, 1))
	if update := expect[wire.Update](t, client); update.Seq != 2 {
		t.Errorf("update is %+v", update)
	}
}

func TestPingIsAnswered(t *testing.T) {
	client := openSession(t, serveStreams(t, newStreams(newHub(hub.Options{}))))
	before := metric.TimestampOf(time.Now())
	for _, id := range []uint64{0, 7, 1<<53 - 1} {
		must(t, client.Send(wire.Ping{ID: id}))
		if pong := expect[wire.Pong](t, client); pong.ID != id || pong.Time < before || pong.Time > metric.TimestampOf(time.Now()) {
			t.Errorf("ping %d is answered %+v", id, pong)
		}
	}
}

func TestASubscriptionIsReplacedAndEnded(t *testing.T) {
	bus := newHub(hub.Options{})
	bus.Describe(metric.Host{Name: "db-1"})
	streams := newStreams(bus)
	client := openSession(t, serveStreams(t, streams))
	other := func(seq int) metric.Update {
		update := tick(seq, 2)
		update.Host = "db-1"
		return update
	}
	bus.Publish(tick(1, 2))
	must(t, client.Send(wire.Subscribe{}))
	expect[wire.Catalog](t, client)
	expect[wire.Snapshot](t, client)

	must(t, client.Send(wire.Subscribe{
		Hosts: []string{testHost, "db-1"}, Metrics: []string{"*core=1}"},
		Since: map[string]metric.Position{testHost: {Epoch: bus.Epoch(), Seq: 1}},
	}))
	if catalog := expect[wire.Catalog](t, client); catalog.Host != testHost || len(catalog.Series) != 1 {
		t.Errorf("the new catalogue is %+v", catalog)
	}
	expect[wire.Catalog](t, client)
	bus.Publish(tick(2, 2))
	if update := expect[wire.Update](t, client); update.Seq != 2 || len(update.Values) != 1 || update.Values[0] != 2.1 {
		t.Errorf("after the new wish came %+v", update)
	}
	must(t, client.Send(wire.Unsubscribe{Hosts: []string{testHost, "nobody"}}))
	must(t, client.Send(wire.Ping{ID: 1}))
	expect[wire.Pong](t, client)
	bus.Publish(tick(3, 2))
	bus.Publish(other(1))
	expect[wire.Catalog](t, client)
	if update := expect[wire.Update](t, client); update.Host != "db-1" || update.Seq != 1 {
		t.Errorf("after one host was left came %+v", update)
	}
	must(t, client.Send(wire.Unsubscribe{}))
	must(t, client.Send(wire.Ping{ID: 2}))
	expect[wire.Pong](t, client)
	bus.Publish(other(2))
	must(t, client.Send(wire.Ping{ID: 3}))
	if pong := expect[wire.Pong](t, client); pong.ID != 3 {
		t.Errorf("got %+v", pong)
	}
	if held := groupsHeld(streams); held != 0 {
		t.Errorf("%d groups are held by a session without a subscription", held)
	}
}

func TestThePlainStreamIsTriples(t *testing.T) {
	bus := newHub(hub.Options{})
	streams := newStreams(bus)
	address := serveStreams(t, streams)
	tests := map[string][]string{
		"/ws": {
			`{"metric":"cpu.core{core=0}","value":1,"timestamp":1690000001}`,
			`{"metric":"cpu.core{core=1}","value":1.1,"timestamp":1690000001}`,
		},
		"/ws?metrics=*1}": {`{"metric":"cpu.core{core=1}","value":1.1,"timestamp":1690000001}`},
		"/ws?batch=1": {
			`[{"metric":"cpu.core{core=0}","value":1,"timestamp":1690000001},{"metric":"cpu.core{core=1}","value":1.1,"timestamp":1690000001}]`,
		},
	}
	clients := make(map[string]*streamtest.Client)
	for path := range tests {
		client, err := streamtest.Dial(address, path)
		must(t, err)
		defer client.CloseNow()
		clients[path] = client
	}
	eventually(t, "all viewers are in", func() bool { return viewersIn(streams) == len(tests) })
	bus.Publish(tick(1, 2))
	for path, wanted := range tests {
		for _, message := range wanted {
			got, err := clients[path].ReadText()
			must(t, err)
			if string(got) != message {
				t.Errorf("%s sends %s, expected %s", path, got, message)
			}
		}
	}
}
