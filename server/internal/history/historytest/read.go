package historytest

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

func buckets(t *testing.T, r *rig) {
	catalog := measured(t, "web", "memory.used")
	var rows []history.Row
	for i := range 60 {
		rows = append(rows, row(catalog, start.Add(time.Duration(i)*time.Second), float64(i)))
	}
	r.append(t, taken(60), rows...)
	selection := history.Selection{Host: "web", From: metric.TimestampOf(start), To: metric.TimestampOf(start.Add(time.Minute))}
	coarse, err := r.store.Query(t.Context(), history.Query{Selection: selection, Step: 30 * time.Second, Summary: true})
	if err != nil || len(coarse.Series) != 1 || coarse.Step != 30*time.Second {
		t.Fatalf("buckets: %+v, %v", coarse, err)
	}
	series := coarse.Series[0]
	for i, want := range [][3]float64{{0, 14.5, 29}, {30, 44.5, 59}} {
		if got := [3]float64{series.Min[i], series.Mean[i], series.Max[i]}; got != want {
			t.Errorf("bucket %d: %v, want %v", i, got, want)
		}
	}
	if series.Summary == nil || series.Summary.Count != 60 || series.Summary.Last != 59 || series.Summary.Mean != 29.5 {
		t.Errorf("summary: %+v", series.Summary)
	}
	raw, err := r.store.Query(t.Context(), history.Query{Selection: selection, Points: 100})
	if err != nil || raw.Step != 0 || len(raw.Series) != 1 || len(raw.Series[0].Values) != 60 {
		t.Errorf("raw samples where they fit: %+v, %v", raw, err)
	}
	var limit *history.LimitError
	_, err = r.store.Query(t.Context(), history.Query{Selection: selection, Step: time.Millisecond})
	if !errors.As(err, &limit) || limit.Limit == "" || limit.Allowed <= 0 {
		t.Errorf("sixty thousand points: %v", err)
	}
}

func selection(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "cpu.core{core=0}", "memory.used")
	for i := range 5 {
		r.append(t, taken(3), row(catalog, start.Add(time.Duration(i)*time.Second), 1, 2, 3))
	}
	glob, err := metric.ParseGlob("cpu*")
	if err != nil {
		t.Fatal(err)
	}
	found := r.read(t, history.Selection{
		Host: "web", Metrics: []metric.Glob{glob},
		From: metric.TimestampOf(start.Add(time.Second)), To: metric.TimestampOf(start.Add(3 * time.Second)),
	})
	for _, name := range []string{"cpu", "cpu.core{core=0}"} {
		samples := found[name]
		if len(samples) != 2 || samples[0].at != metric.TimestampOf(start.Add(time.Second)) {
			t.Errorf("%s: %v", name, samples)
		}
	}
	if len(found) != 2 {
		t.Errorf("selected %v", found)
	}
}

func hostsApart(t *testing.T, r *rig) {
	for i, host := range []string{"a", "b", "a.b", "A"} {
		r.append(t, taken(1), row(measured(t, host, "memory.used"), start, float64(i)))
	}
	for i, host := range []string{"a", "b", "a.b", "A"} {
		r.expect(t, host, "memory.used", at(start, float64(i)))
	}
	if found := r.all(t, "c"); len(found) != 0 {
		t.Errorf("a host that there is not has %v", found)
	}
}

func exportEnds(t *testing.T, r *rig) {
	r.append(t, taken(2), row(measured(t, "web", "cpu", "memory.used"), start, 1, 2))
	wanted := errors.New("enough")
	calls := 0
	all := history.Selection{Host: "web", From: 0, To: math.MaxInt64 / 2}
	err := r.store.Export(t.Context(), all, func(history.ExportPiece) error {
		calls++
		return wanted
	})
	if !errors.Is(err, wanted) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = r.store.Export(ctx, all, func(history.ExportPiece) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled export: %v", err)
	}
}

func cancelled(t *testing.T, r *rig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.store.Append(ctx, []history.Row{row(measured(t, "web", "cpu"), start, 1)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	r.expect(t, "web", "cpu")
}

func closed(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu")
	r.append(t, taken(1), row(catalog, start, 1))
	for range 2 {
		if err := r.store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := r.store.Append(t.Context(), []history.Row{row(catalog, start, 1)}); !errors.Is(err, history.ErrClosed) {
		t.Errorf("append: %v", err)
	}
	if err := r.store.Silence(t.Context(), "web"); !errors.Is(err, history.ErrClosed) {
		t.Errorf("silence: %v", err)
	}
	if _, err := r.store.Hosts(t.Context()); !errors.Is(err, history.ErrClosed) {
		t.Errorf("hosts: %v", err)
	}
	r.store.Describe(metric.Host{Name: "web"})
	_ = r.store.Usage()
	r.store = r.place.Open(t)
	r.expect(t, "web", "cpu", at(start, 1))
}

// readersAndAppender is for the race detector.
func readersAndAppender(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	store, stop := r.store, make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					readSome(t, store)
				}
			}
		})
	}
	for i := range 300 {
		store.Describe(metric.Host{Name: "web", CPUCount: i})
		r.append(t, taken(2), row(catalog, start.Add(time.Duration(i)*time.Second), 1, float64(i)))
	}
	close(stop)
	readers.Wait()
}

func readSome(t *testing.T, store history.Store) {
	all := history.Selection{Host: "web", From: metric.TimestampOf(start), To: metric.TimestampOf(start.Add(time.Hour))}
	if _, err := store.Query(t.Context(), history.Query{Selection: all, Points: 100}); err != nil {
		t.Errorf("query: %v", err)
	}
	if _, err := store.Hosts(t.Context()); err != nil {
		t.Errorf("hosts: %v", err)
	}
	_ = store.Usage()
}
