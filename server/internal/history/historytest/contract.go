// Package historytest is the contract of a [history.Store], as a test that every twin passes.
package historytest

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// Settings are what a store must be opened with.
type Settings struct {
	Families []metric.Family
	Clock    func() time.Time
}

// Place is where a store keeps what it is given. Open opens it, at first empty, later with all that it held; the store
// before is closed by then.
type Place interface {
	Open(testing.TB) history.Store
}

// Maker makes an empty place, which ends with the test.
type Maker func(testing.TB, Settings) Place

// Run checks the contract.
func Run(t *testing.T, newPlace Maker) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, *rig){
		"what is given comes back":                   comesBack,
		"measured values come back exactly":          measuredComesBack,
		"no value is no sample":                      noValue,
		"sparse rows":                                sparseRows,
		"columns move with their catalogue":          columnsMove,
		"equal samples are kept once":                equalOnce,
		"another value at an instant is refused":     conflicts,
		"late samples are sorted in":                 lateSortedIn,
		"late samples conflict too":                  lateConflicts,
		"samples that are too old are refused":       tooOld,
		"samples that are too new are refused":       tooNew,
		"a clock that goes back keeps all":           clockBack,
		"a clock that went far ahead":                clockAhead,
		"a clock that forgot the time":               clockForgot,
		"one name measured and pushed is one series": measuredAndPushed,
		"labels come back as they were":              labelsComeBack,
		"series are described":                       described,
		"hosts have a past":                          hosts,
		"silence is no sample":                       silence,
		"everything is there after opening again":    openedAgain,
		"usage counts":                               usageCounts,
		"buckets and raw samples":                    buckets,
		"an export ends with its receiver":           exportEnds,
		"a cancelled append stores nothing":          cancelled,
		"a closed store says so":                     closed,
		"who reads and who appends do not disturb":   readersAndAppender,
		"hosts are apart":                            hostsApart,
		"a selection is by name and by time":         selection,
	} {
		t.Run(name, func(t *testing.T) { check(t, newRig(t, newPlace)) })
	}
}

// start is when most tests begin: full minutes, so that buckets are easy to tell.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func families() []metric.Family {
	return []metric.Family{
		{
			Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Help: "Time that is not idle",
			Prometheus: "vitals_cpu_ratio",
		},
		{
			Name: "cpu.core", Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Help: "Time of one core",
			Labels: []string{"core"}, Prometheus: "vitals_cpu_core_ratio",
		},
		{Name: "memory.used", Unit: metric.Bytes, Kind: metric.Gauge, Help: "Memory in use", Prometheus: "vitals_memory_used_bytes"},
		{
			Name: "temperature", Unit: metric.Celsius, Kind: metric.Gauge, Decimals: 1, Every: 10, Help: "Temperature",
			Labels: []string{"sensor"}, Prometheus: "vitals_temperature_celsius",
		},
		{Name: "fine", Unit: metric.NoUnit, Kind: metric.Gauge, Decimals: 6, Help: "Six decimals", Prometheus: "vitals_fine"},
	}
}

// rig is a store and a clock to set.
type rig struct {
	place Place
	store history.Store
	now   time.Time    // that of the clock, for the test; set changes both
	clock atomic.Int64 // nanoseconds; a store may ask for the time whenever it likes
}

func (r *rig) set(now time.Time) {
	r.now = now
	r.clock.Store(now.UnixNano())
}

func newRig(t *testing.T, newPlace Maker) *rig {
	r := &rig{}
	r.set(start)
	clock := func() time.Time { return time.Unix(0, r.clock.Load()) }
	r.place = newPlace(t, Settings{Families: families(), Clock: clock})
	r.store = r.place.Open(t)
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// reopen closes the store and opens it again.
func (r *rig) reopen(t *testing.T) {
	t.Helper()
	if err := r.store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	r.store = r.place.Open(t)
}

// measured makes a catalogue of series of families.
func measured(t testing.TB, host string, names ...string) *hub.Catalog {
	t.Helper()
	catalog := &hub.Catalog{Host: host}
	for _, text := range names {
		name, err := metric.ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		catalog.Series = append(catalog.Series, familyOf(name.Family).Describe(name))
	}
	return catalog
}

// pushed makes a catalogue of series that somebody pushed.
func pushed(t testing.TB, host string, names ...string) *hub.Catalog {
	t.Helper()
	catalog := measured(t, host, names...)
	for i := range catalog.Series {
		catalog.Series[i].Custom, catalog.Series[i].Every = true, 0
	}
	return catalog
}

func familyOf(name string) metric.Family {
	for _, family := range families() {
		if family.Name == name {
			return family
		}
	}
	return metric.Family{Name: name, Kind: metric.Gauge}
}

func row(catalog *hub.Catalog, at time.Time, values ...float64) history.Row {
	return history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at), Values: values}
}

// append appends rows and checks what became of their samples.
func (r *rig) append(t *testing.T, want history.Appended, rows ...history.Row) {
	t.Helper()
	done, err := r.store.Append(t.Context(), rows)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if done != want {
		t.Errorf("append: %+v, want %+v", done, want)
	}
}

// taken is what becomes of so many samples when all is well.
func taken(samples int) history.Appended { return history.Appended{Samples: samples} }

// sample is one of a series.
type sample struct {
	at    metric.TimestampMs
	value float64
}

func at(when time.Time, value float64) sample { return sample{metric.TimestampOf(when), value} }

// all reads every sample of a host by the names of its series.
func (r *rig) all(t *testing.T, host string) map[string][]sample {
	t.Helper()
	return r.read(t, history.Selection{Host: host, From: math.MinInt64 / 2, To: math.MaxInt64 / 2})
}

func (r *rig) read(t *testing.T, selection history.Selection) map[string][]sample {
	t.Helper()
	found := make(map[string][]sample)
	err := r.store.Export(context.Background(), selection, func(piece history.ExportPiece) error {
		for i, timestamp := range piece.Timestamps {
			found[piece.Series.Metric] = append(found[piece.Series.Metric], sample{timestamp, piece.Values[i]})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return found
}

// expect checks that a series has exactly these samples, to the bit.
func (r *rig) expect(t *testing.T, host, name string, want ...sample) {
	t.Helper()
	got := r.all(t, host)[name]
	same := slices.EqualFunc(got, want, func(a, b sample) bool {
		return a.at == b.at && math.Float64bits(a.value) == math.Float64bits(b.value)
	})
	if !same {
		t.Errorf("%s of %s: %v, want %v", name, host, got, want)
	}
}
