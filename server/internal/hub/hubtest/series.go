package hubtest

import (
	"errors"
	"math"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

func positionsCount(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	for want := uint64(1); want <= 3; want++ {
		position, _ := bus.Publish(update("a", int(want), 1))
		if position.Seq != want || position.Epoch != bus.Epoch() {
			t.Errorf("got position %+v, expected seq %d of epoch %s", position, want, bus.Epoch())
		}
	}
	if position, _ := bus.Publish(update("b", 1, 1)); position.Seq != 1 {
		t.Errorf("another host begins at %d", position.Seq)
	}
	if other := newBus(t, hub.Options{}); other.Epoch() == bus.Epoch() {
		t.Error("two buses have the same epoch")
	}
}

func hostsKeepOrder(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	bus.Describe(metric.Host{Name: "own", Hostname: "own.example"})
	publish(bus, "second", 1, 1)
	bus.Describe(metric.Host{Name: "second", Kernel: "Linux"})
	hosts := bus.Hosts()
	if len(hosts) != 2 || hosts[0].Hostname != "own.example" || hosts[1].Kernel != "Linux" {
		t.Errorf("got %+v", hosts)
	}
}

func catalogGrows(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Families: []metric.Family{{Name: "cpu", Unit: metric.Percent, Help: "busy"}}})
	publish(bus, "a", 1, 1)
	before, _ := bus.Catalog("a")
	later := update("a", 2, 2)
	later.Events = append(later.Events, metric.Event{Metric: "disk{device=sdb}", Value: 7})
	bus.Publish(later)
	after, _ := bus.Catalog("a")
	if len(before.Series) != 1 || before.Series[0].Unit != metric.Percent || before.Series[0].Help != "busy" {
		t.Errorf("first catalogue: %+v", before.Series)
	}
	if len(after.Series) != 2 || after.Series[0].Metric != "cpu" || after.Series[1].Labels["device"] != "sdb" {
		t.Errorf("second catalogue: %+v", after.Series)
	}
	if _, known := bus.Catalog("nobody"); known {
		t.Error("an unknown host has a catalogue")
	}
}

func hints(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{Families: []metric.Family{{Name: "cpu", Unit: metric.Percent, Help: "busy", Kind: metric.Gauge, Every: 5}}})
	pushed := tickOf("a", 1, metric.Event{Metric: "room.temp", Value: 21}, metric.Event{Metric: "cpu", Value: 1},
		metric.Event{Metric: "plain", Value: 1})
	pushed.Series = []metric.Series{
		{Metric: "cpu", Custom: true},
		{Metric: "room.temp", Unit: "furlongs", Help: "in the room", Custom: true},
		{Metric: "unused", Custom: true},
	}
	bus.Publish(pushed)
	pushed.Series = []metric.Series{{Metric: "room.temp", Unit: "other"}} // said once
	bus.Publish(pushed)
	catalog, _ := bus.Catalog("a")
	expect(t, "series", names(catalog), []string{"room.temp", "cpu", "plain"})
	temperature, cpu, plain := catalog.Series[0], catalog.Series[1], catalog.Series[2]
	if temperature.Unit != "furlongs" || temperature.Help != "in the room" || !temperature.Custom || temperature.Kind != metric.Gauge {
		t.Errorf("described: %+v", temperature)
	}
	if cpu.Unit != metric.Percent || cpu.Help != "busy" || !cpu.Custom || cpu.Every != 0 {
		t.Errorf("pushed, of a known family: %+v", cpu)
	}
	if plain.Custom || plain.Unit != metric.NoUnit {
		t.Errorf("not described: %+v", plain)
	}
}

func sparseRows(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	bus.Publish(wide("a", 1, 0, 10))
	bus.Publish(tickOf("a", 2, metric.Event{Metric: "series7", Value: 1}, metric.Event{Metric: "series2", Value: 2},
		metric.Event{Metric: "series7", Value: 3}))
	bus.Publish(wide("a", 3, 5, 10))
	bus.Publish(tickOf("a", 4))
	past := pastOf(t, bus, "a", hub.Wish{Backfill: time.Hour}).Past
	if len(past) != 4 {
		t.Fatalf("%d rows", len(past))
	}
	if past[0].Columns != nil || len(past[0].Values) != 10 || past[2].Columns != nil || !math.IsNaN(past[2].Values[0]) {
		t.Errorf("rows of at least half of the series are not full: %+v, %+v", past[0], past[2])
	}
	expect(t, "columns", past[1].Columns, []int32{2, 7})
	expect(t, "values", past[1].Values, []float64{2, 3})
	if past[3].Columns == nil || len(past[3].Values) != 0 {
		t.Errorf("an empty update: %+v", past[3])
	}
	if at, has := past[1].Column(7); at != 1 || !has {
		t.Errorf("column 7 is at %d, %v", at, has)
	}
	if _, has := past[1].Column(3); has {
		t.Error("a column that is not there was found")
	}
}

func badEventsAreLeftOut(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{})
	bad := update("a", 1, math.NaN())
	bad.Events = append(bad.Events, metric.Event{Metric: "not a name", Value: 1}, metric.Event{Metric: "good", Value: 3},
		metric.Event{Metric: "inf", Value: math.Inf(1)})
	_, rejected := bus.Publish(bad)
	expectRejected(t, rejected, map[int]error{0: hub.ErrNotFinite, 1: hub.ErrBadName, 3: hub.ErrNotFinite})
	catalog, _ := bus.Catalog("a")
	expect(t, "series", names(catalog), []string{"good"})

	position, rejected := bus.Publish(tickOf("a", 2, metric.Event{Metric: "good", Value: math.Inf(-1)}))
	expectRejected(t, rejected, map[int]error{0: hub.ErrNotFinite})
	expect(t, "position of nothing", position, metric.Position{})
	_, rejected = bus.Publish(tickOf("new", 2, metric.Event{Metric: "", Value: 1}))
	expectRejected(t, rejected, map[int]error{0: hub.ErrBadName})
	_, rejected = bus.Publish(tickOf("not a host", 2, metric.Event{Metric: "a", Value: 1}, metric.Event{Metric: "b", Value: 1}))
	expectRejected(t, rejected, map[int]error{0: hub.ErrBadHost, 1: hub.ErrBadHost})
	if hosts := bus.Hosts(); len(hosts) != 1 {
		t.Errorf("hosts came of nothing: %+v", hosts)
	}
	if position, _ := bus.Publish(update("a", 3, 1)); position.Seq != 2 {
		t.Errorf("the next position is %d, expected 2", position.Seq)
	}
}

func expectRejected(t *testing.T, rejected []hub.Rejection, want map[int]error) {
	t.Helper()
	if len(rejected) != len(want) {
		t.Errorf("%d rejections, expected %d", len(rejected), len(want))
	}
	for _, rejection := range rejected {
		if !errors.Is(rejection.Err, want[rejection.Index]) {
			t.Errorf("event %d: %v, expected %v", rejection.Index, rejection.Err, want[rejection.Index])
		}
	}
}

func seriesAreBounded(t *testing.T, newBus Maker) {
	const most, names = 50, 70_000
	bus := newBus(t, hub.Options{MaxSeries: most})
	_, rejected := bus.Publish(wide("a", 1, 0, names))
	if len(rejected) != names-most || !errors.Is(rejected[0].Err, hub.ErrTooManySeries) || rejected[0].Index != most {
		t.Errorf("%d rejections, the first %+v", len(rejected), rejected[0])
	}
	if _, rejected := bus.Publish(wide("a", 2, 0, most)); len(rejected) > 0 {
		t.Errorf("known series do not go on: %v", rejected[0].Err)
	}
	if _, rejected := bus.Publish(wide("b", 2, 0, most)); len(rejected) > 0 {
		t.Errorf("another host suffers: %v", rejected[0].Err)
	}
}

func sortsApart(t *testing.T, newBus Maker) {
	const most = 5
	bus := newBus(t, hub.Options{MaxSeries: most})
	pushed := wide("a", 1, 0, most+1)
	for _, event := range pushed.Events {
		pushed.Series = append(pushed.Series, metric.Series{Metric: event.Metric, Custom: true})
	}
	_, rejected := bus.Publish(pushed)
	expectRejected(t, rejected, map[int]error{most: hub.ErrTooManySeries})
	_, rejected = bus.Publish(wide("a", 2, 100, 100+most+1))
	expectRejected(t, rejected, map[int]error{most: hub.ErrTooManySeries})
}

func hostsAreBounded(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{MaxHosts: 2})
	publish(bus, "a", 1, 1)
	publish(bus, "b", 1, 1)
	_, rejected := bus.Publish(update("c", 1, 1))
	expectRejected(t, rejected, map[int]error{0: hub.ErrTooManyHosts})
	bus.Describe(metric.Host{Name: "sampled"})
	for _, host := range []string{"a", "b", "sampled"} {
		if _, rejected := bus.Publish(update(host, 2, 1)); len(rejected) > 0 {
			t.Errorf("%s: %v", host, rejected[0].Err)
		}
	}
	bus.Describe(metric.Host{Name: "a"}) // makes room for one more
	if _, rejected := bus.Publish(update("c", 3, 1)); len(rejected) > 0 {
		t.Error(rejected[0].Err)
	}
}

func totalIsBounded(t *testing.T, newBus Maker) {
	bus := newBus(t, hub.Options{MaxTotal: 10})
	bus.Publish(wide("a", 1, 0, 6))
	_, rejected := bus.Publish(wide("b", 1, 0, 6))
	expectRejected(t, rejected, map[int]error{4: hub.ErrTooManyTotal, 5: hub.ErrTooManyTotal})
	_, rejected = bus.Publish(wide("c", 1, 0, 1))
	expectRejected(t, rejected, map[int]error{0: hub.ErrTooManyTotal})
	bus.Describe(metric.Host{Name: "sampled"})
	if _, rejected := bus.Publish(wide("sampled", 1, 0, 6)); len(rejected) > 0 {
		t.Errorf("what sensors measure finds no room: %v", rejected[0].Err)
	}
	pushed := wide("sampled", 1, 10, 11)
	pushed.Series = []metric.Series{{Metric: "series10", Custom: true}}
	_, rejected = bus.Publish(pushed)
	expectRejected(t, rejected, map[int]error{0: hub.ErrTooManyTotal})
}
