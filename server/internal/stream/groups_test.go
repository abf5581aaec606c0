package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
)

// asleep is woken by nothing.
type asleep struct{}

func (asleep) Wake(*hub.Topic) {}

// newestTick publishes an update and takes it from the hub as a subscriber does.
func newestTick(t *testing.T, bus *hub.Hub, update metric.Update) *hub.Tick {
	t.Helper()
	subscription := bus.Subscribe(maxLagBytes, asleep{})
	defer subscription.Close()
	if _, err := subscription.Follow(update.Host, hub.Wish{}); err != nil {
		t.Fatal(err)
	}
	bus.Publish(update)
	delivery, ready := subscription.Next()
	if !ready {
		t.Fatal("nothing was delivered")
	}
	return delivery.Tick
}

// testGroups frames as for WebSockets.
func testGroups() *groups {
	return newGroups(func(of kind) framing { return webSocketFramingOf(of.format) })
}

// texts takes the messages out of their frames.
func texts(t *testing.T, image []byte) []string {
	t.Helper()
	client := streamtest.Over(readOnly{bytes.NewReader(image)})
	var out []string
	for {
		message, err := client.ReadText()
		if errors.Is(err, io.EOF) {
			return out
		}
		must(t, err)
		out = append(out, string(message))
	}
}

// readOnly is a connection on which bytes have come.
type readOnly struct{ *bytes.Reader }

func (readOnly) Write(p []byte) (int, error)      { return len(p), nil }
func (readOnly) Close() error                     { return nil }
func (readOnly) LocalAddr() net.Addr              { return nil }
func (readOnly) RemoteAddr() net.Addr             { return nil }
func (readOnly) SetDeadline(time.Time) error      { return nil }
func (readOnly) SetReadDeadline(time.Time) error  { return nil }
func (readOnly) SetWriteDeadline(time.Time) error { return nil }

func TestViewersOfAGroupShareTheBytesOfATick(t *testing.T) {
	cache, bus := testGroups(), newHub(hub.Options{})
	newest := newestTick(t, bus, tick(1, 60))
	const viewers = 64
	found := make([]*byte, viewers)
	var group sync.WaitGroup
	for i := range viewers {
		group.Go(func() {
			image := cache.acquire(kind{shape: shapeSession}, nil).view(newest.Catalog).image(newest, 0)
			found[i] = unsafe.SliceData(image)
		})
	}
	group.Wait()
	if distinct := slices.Compact(found); len(distinct) != 1 {
		t.Errorf("%d viewers were given %d copies", viewers, len(distinct))
	}
}

func TestATickIsEncodedOnce(t *testing.T) {
	cache, bus := testGroups(), newHub(hub.Options{})
	newest := newestTick(t, bus, tick(1, 60))
	for _, form := range []shape{shapeEvents, shapeBatch, shapeSession} {
		sight := cache.acquire(kind{shape: form}, nil).view(newest.Catalog)
		first := sight.image(newest, 0)
		allocated := testing.AllocsPerRun(100, func() { sight.image(newest, 0) })
		if allocated != 0 {
			t.Errorf("shape %d: a second viewer costs %v allocations", form, allocated)
		}
		if again := sight.image(newest, 0); unsafe.SliceData(again) != unsafe.SliceData(first) {
			t.Errorf("shape %d: a second viewer was given other messages", form)
		}
	}
}

func TestAViewerFarBehindIsStillRight(t *testing.T) {
	cache, bus := testGroups(), newHub(hub.Options{})
	sight := (*view)(nil)
	var ticks []*hub.Tick
	for seq := range 3 * recentImages {
		ticks = append(ticks, newestTick(t, bus, tick(seq, 2)))
	}
	sight = cache.acquire(kind{shape: shapeSession}, nil).view(ticks[0].Catalog)
	for round := range 2 {
		for i, old := range ticks {
			wanted := fmt.Sprintf(`{"type":"update","host":"web-1","seq":%d,"timestamp":%d,"values":[%d,%d.1]}`,
				i+1, 1_690_000_000+i, i, i)
			if got := texts(t, sight.image(old, 0))[0]; got != wanted {
				t.Errorf("round %d: got %s, expected %s", round, got, wanted)
			}
		}
	}
}

func TestGroupsLiveAsLongAsTheirViewers(t *testing.T) {
	cache := testGroups()
	one := cache.acquire(kind{shape: shapeSession}, []metric.Glob{"cpu", "load.*"})
	same := cache.acquire(kind{shape: shapeSession}, []metric.Glob{"load.*", "cpu", "cpu"})
	others := []*group{
		cache.acquire(kind{shape: shapeBatch}, []metric.Glob{"cpu", "load.*"}), cache.acquire(kind{shape: shapeSession}, nil),
		cache.acquire(kind{shape: shapeSession}, []metric.Glob{"cpu"}), cache.acquire(kind{shape: shapeSession}, []metric.Glob{"cpu,load.*"}),
	}
	if one != same {
		t.Error("the same globs in another order made another group")
	}
	for i, other := range others {
		if other == one {
			t.Errorf("other wishes, number %d, share the group", i)
		}
	}
	cache.release(one)
	if cache.acquire(kind{shape: shapeSession}, []metric.Glob{"cpu", "load.*"}) != same {
		t.Error("the group went before its last viewer")
	}
	for _, held := range append(others, same, same) {
		cache.release(held)
	}
	if len(cache.held) != 0 {
		t.Errorf("%d groups are left without viewers", len(cache.held))
	}
}

func TestEveryCatalogueHasItsView(t *testing.T) {
	bus := newHub(hub.Options{})
	group := testGroups().acquire(kind{shape: shapeSession}, []metric.Glob{"cpu.core{core=1*}"})
	short, long := newestTick(t, bus, tick(1, 5)), newestTick(t, bus, tick(2, 15))
	before, after := group.view(short.Catalog), group.view(long.Catalog)
	if before == after || group.view(short.Catalog) != before || group.view(long.Catalog) != after {
		t.Error("a catalogue does not have exactly one view")
	}
	if !slices.Equal(before.columns, []int32{1}) || !slices.Equal(after.columns, []int32{1, 10, 11, 12, 13, 14}) {
		t.Errorf("columns are %v and %v", before.columns, after.columns)
	}
	if got := texts(t, after.image(long, 0))[0]; got !=
		`{"type":"update","host":"web-1","seq":2,"timestamp":1690000002,"values":[2.1,3,3.1,3.2,3.3,3.4]}` {
		t.Errorf("got %s", got)
	}
}

func TestViewsAreForgottenInTheEnd(t *testing.T) {
	group := testGroups().acquire(kind{shape: shapeSession}, nil)
	for i := range 3 * maxViewedHosts {
		group.view(&hub.Catalog{Host: testHost})
		group.view(&hub.Catalog{Host: fmt.Sprint(i)})
		if hosts, views := len(group.views), len(group.views[testHost]); hosts > maxViewedHosts || views > maxViewsOfHost {
			t.Fatalf("%d views of a host, and views of %d hosts are kept", views, hosts)
		}
	}
}

func TestPlainShapesAreExactlyTheTriples(t *testing.T) {
	bus := newHub(hub.Options{})
	newestTick(t, bus, metric.Update{Host: testHost, Timestamp: 1, Events: []metric.Event{{Metric: "silent", Value: 1}}})
	newest := newestTick(t, bus, metric.Update{Host: testHost, Timestamp: 1_690_000_000_123, Events: []metric.Event{
		{Metric: "cpu", Value: 42.3}, {Metric: `filesystem{mount=/a"<b\,c}`, Value: 0}, {Metric: "load.1m", Value: -1e-9},
	}})
	wanted := []string{
		`{"metric":"cpu","value":42.3,"timestamp":1690000000.123}`,
		`{"metric":"filesystem{mount=/a\"\u003cb\\,c}","value":0,"timestamp":1690000000.123}`,
		`{"metric":"load.1m","value":-1e-09,"timestamp":1690000000.123}`,
	}
	cache := testGroups()
	if got := texts(t, cache.acquire(kind{shape: shapeEvents}, nil).view(newest.Catalog).image(newest, 0)); !slices.Equal(got, wanted) {
		t.Errorf("events are\n%q, expected\n%q", got, wanted)
	}
	batch := []string{"[" + wanted[0] + "," + wanted[1] + "," + wanted[2] + "]"}
	if got := texts(t, cache.acquire(kind{shape: shapeBatch}, nil).view(newest.Catalog).image(newest, 0)); !slices.Equal(got, batch) {
		t.Errorf("the batch is\n%q, expected\n%q", got, batch)
	}
	silent := []metric.Glob{"silent"}
	for _, form := range []shape{shapeEvents, shapeBatch} {
		if got := cache.acquire(kind{shape: form}, silent).view(newest.Catalog).image(newest, 0); len(got) != 0 {
			t.Errorf("shape %d: a tick without wanted values is %q", form, got)
		}
	}
}

func TestAnUpdateIsAnEighthOfTheEvents(t *testing.T) {
	bus := newHub(hub.Options{})
	update := metric.Update{Host: testHost, Timestamp: 1_690_000_000_123}
	for i := range 60 {
		name := fmt.Sprintf("network.interface.receive{interface=eth%d}", i)
		update.Events = append(update.Events, metric.Event{Metric: name, Value: float64(i*7%100) + 0.3})
	}
	newest, cache := newestTick(t, bus, update), testGroups()
	session := len(cache.acquire(kind{shape: shapeSession}, nil).view(newest.Catalog).image(newest, 0))
	batch := len(cache.acquire(kind{shape: shapeBatch}, nil).view(newest.Catalog).image(newest, 0))
	t.Logf("60 series: %d bytes as an update, %d as a batch of triples", session, batch)
	if session > 512 || batch < 8*session {
		t.Errorf("an update has %d bytes, the same triples %d", session, batch)
	}
}
