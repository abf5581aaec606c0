package historytest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/history"
	"vitals/internal/metric"
)

func labelsComeBack(t *testing.T, r *rig) {
	names := []string{
		`a{host=other}`, `a{__name__=x}`, `a{__metric__=y,exported_host=1,host=2}`, `a{x=\,\}\\ü "q"}`, `a.b`, `a_b`, `A`,
	}
	catalog := pushed(t, "wéb-1", names...)
	values := make([]float64, len(names))
	for i := range values {
		values[i] = float64(i)
	}
	r.append(t, taken(len(names)), row(catalog, start, values...))
	r.reopen(t)
	for i, name := range names {
		r.expect(t, "wéb-1", name, at(start, float64(i)))
	}
	series, err := r.store.Series(t.Context(), "wéb-1", metric.TimestampOf(start), metric.TimestampOf(start)+1)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(catalog.Series)
	slices.SortFunc(want, byName)
	if difference := cmp.Diff(want, series); difference != "" {
		t.Errorf("series (-want +got):\n%s", difference)
	}
}

func byName(a, b metric.Series) int {
	if a.Metric < b.Metric {
		return -1
	}
	return 1
}

func described(t *testing.T, r *rig) {
	catalog := measured(t, "web", "temperature{sensor=a}", "memory.used")
	own := pushed(t, "web", "orders{shop=1}")
	own.Series[0].Unit, own.Series[0].Help, own.Series[0].Kind = metric.Count, "Orders that wait", metric.Counter
	later := start.Add(time.Hour)
	r.set(later)
	r.append(t, taken(3), row(catalog, start, 40, 7), row(own, later, 3))
	r.reopen(t)
	all, err := r.store.Series(t.Context(), "web", 0, metric.TimestampOf(later)+1)
	if err != nil {
		t.Fatal(err)
	}
	want := []metric.Series{catalog.Series[1], own.Series[0], catalog.Series[0]}
	if difference := cmp.Diff(want, all); difference != "" {
		t.Errorf("series (-want +got):\n%s", difference)
	}
	early, err := r.store.Series(t.Context(), "web", metric.TimestampOf(start), metric.TimestampOf(later))
	if err != nil || len(early) != 2 {
		t.Errorf("series before the last sample: %v, %v", early, err)
	}
	for _, host := range []string{"nobody", ""} {
		if none, err := r.store.Series(t.Context(), host, 0, metric.TimestampOf(later)); err != nil || len(none) != 0 {
			t.Errorf("series of host %q: %v, %v", host, none, err)
		}
	}
}

func hosts(t *testing.T, r *rig) {
	described := metric.Host{Name: "web", Hostname: "web.example", OS: "Debian", CPUCount: 4, Addresses: []string{"192.0.2.1"}}
	r.store.Describe(metric.Host{Name: "nothing-yet"})
	r.store.Describe(described)
	later := start.Add(time.Minute)
	r.append(t, taken(3), row(measured(t, "web", "cpu"), start, 1), row(measured(t, "web", "cpu"), later, 2),
		row(measured(t, "db", "cpu"), later, 3))
	want := []history.PastHost{
		{Host: metric.Host{Name: "db", Hostname: "db"}, Oldest: metric.TimestampOf(later), Newest: metric.TimestampOf(later)},
		{Host: described, Oldest: metric.TimestampOf(start), Newest: metric.TimestampOf(later)},
	}
	for range 2 {
		got, err := r.store.Hosts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("hosts (-want +got):\n%s", difference)
		}
		r.reopen(t)
	}
}

func silence(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	r.append(t, taken(2), row(catalog, start, 1, 10))
	for _, host := range []string{"web", "web", "nobody"} {
		if err := r.store.Silence(t.Context(), host); err != nil {
			t.Fatal(err)
		}
	}
	later := start.Add(time.Second)
	r.append(t, taken(4), row(catalog, later, 2, 20), row(catalog, start, 1, 10))
	r.expect(t, "web", "cpu", at(start, 1), at(later, 2))
	result, err := r.store.Query(t.Context(), history.Query{
		Selection: history.Selection{Host: "web", From: metric.TimestampOf(start), To: metric.TimestampOf(later) + 1}, Points: 10,
	})
	if err != nil || len(result.Series) != 2 || len(result.Series[0].Values) != 2 {
		t.Errorf("query: %+v, %v", result, err)
	}
}

func openedAgain(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	var want []sample
	for i := range 50 {
		when := start.Add(time.Duration(i) * time.Second)
		r.append(t, taken(2), row(catalog, when, float64(i)/100, 3))
		want = append(want, at(when, familyOf("cpu").Round(float64(i)/100)))
		if i%10 == 9 {
			r.reopen(t)
		}
	}
	r.expect(t, "web", "cpu", want...)
}

func usageCounts(t *testing.T, r *rig) {
	if usage := r.store.Usage(); usage.Oldest != 0 || usage.Newest != 0 || usage.Samples != 0 || usage.BytesPerDay != 0 {
		t.Errorf("usage of an empty store: %+v", usage)
	}
	catalog := measured(t, "web", "cpu", "memory.used")
	for i := range 600 {
		r.append(t, taken(2), row(catalog, start.Add(time.Duration(i)*time.Second), float64(i%100), float64(i)))
	}
	r.reopen(t) // what was counted before counts again
	usage := r.store.Usage()
	if usage.Samples != 1200 || usage.Series != 2 || usage.Bytes <= 0 || usage.RetentionTime <= 0 || usage.RetentionBytes <= 0 {
		t.Errorf("usage: %+v", usage)
	}
	if usage.Oldest != metric.TimestampOf(start) || usage.Newest != metric.TimestampOf(start.Add(599*time.Second)) {
		t.Errorf("usage reaches from %v to %v", usage.Oldest.Time(), usage.Newest.Time())
	}
	// Two samples a second are 172,800 a day, of at least a bit and at most 16 bytes each.
	if usage.BytesPerDay < 172_800/8 || usage.BytesPerDay > 172_800*16 {
		t.Errorf("usage: %d bytes a day", usage.BytesPerDay)
	}
}
