package historytest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
)

func comesBack(t *testing.T, r *rig) {
	catalog := pushed(t, "web", "a", "b{x=1}")
	values := []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, math.Pi, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e-300, 1 << 53, 1e17 + 16,
	}
	var want []sample
	for i, value := range values {
		when := start.Add(time.Duration(i)*time.Second + time.Duration(i*37)*time.Millisecond)
		r.append(t, taken(2), row(catalog, when, value, -value))
		want = append(want, at(when, value))
	}
	r.expect(t, "web", "a", want...)
	for i := range want {
		want[i].value = -want[i].value
	}
	r.expect(t, "web", "b{x=1}", want...)
}

// measuredComesBack takes values as sensors round them: all of the decimals that there are, near and far from zero.
func measuredComesBack(t *testing.T, r *rig) {
	names := []string{"cpu", "memory.used", "temperature{sensor=a}", "fine"}
	catalog := measured(t, "web", names...)
	random := rand.New(rand.NewPCG(1, 2))
	want := make(map[string][]sample)
	var rows []history.Row
	for i := range 3000 {
		when := start.Add(time.Duration(i) * 100 * time.Millisecond)
		scale := math.Pow(10, float64(random.IntN(9)))
		values := make([]float64, len(names))
		for column, series := range catalog.Series {
			values[column] = familyOf(series.Family).Round((random.Float64() - 0.5) * scale)
			want[series.Metric] = append(want[series.Metric], at(when, values[column]))
		}
		rows = append(rows, row(catalog, when, values...))
	}
	r.append(t, taken(3000*len(names)), rows...)
	for _, name := range names {
		r.expect(t, "web", name, want[name]...)
	}
}

func noValue(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	r.append(t, taken(1), row(catalog, start, math.NaN(), 5))
	r.append(t, taken(0), row(catalog, start.Add(time.Second), math.NaN(), math.NaN()))
	r.append(t, taken(0))
	r.expect(t, "web", "cpu")
	r.expect(t, "web", "memory.used", at(start, 5))
}

func sparseRows(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used", "temperature{sensor=a}")
	sparse := row(catalog, start, 7, 40.5)
	sparse.Columns = []int32{1, 2}
	r.append(t, taken(2), sparse)
	r.expect(t, "web", "cpu")
	r.expect(t, "web", "memory.used", at(start, 7))
	r.expect(t, "web", "temperature{sensor=a}", at(start, 40.5))
}

func columnsMove(t *testing.T, r *rig) {
	first := measured(t, "web", "cpu", "cpu.core{core=0}", "cpu.core{core=1}")
	second := measured(t, "web", "cpu", "cpu.core{core=1}", "memory.used")
	later := start.Add(time.Second)
	r.append(t, taken(6), row(first, start, 1, 2, 3), row(second, later, 4, 5, 6))
	r.expect(t, "web", "cpu", at(start, 1), at(later, 4))
	r.expect(t, "web", "cpu.core{core=0}", at(start, 2))
	r.expect(t, "web", "cpu.core{core=1}", at(start, 3), at(later, 5))
	r.expect(t, "web", "memory.used", at(later, 6))
}

func equalOnce(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	rows := []history.Row{row(catalog, start, 1.25, 10), row(catalog, start.Add(time.Second), 2.5, 20)}
	r.append(t, taken(4), rows...)
	r.append(t, taken(4), rows...)
	r.append(t, taken(8), append(rows, rows...)...)
	r.expect(t, "web", "cpu", at(start, 1.25), at(start.Add(time.Second), 2.5))
	r.expect(t, "web", "memory.used", at(start, 10), at(start.Add(time.Second), 20))
}

func conflicts(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	r.append(t, taken(2), row(catalog, start, 1, 10))
	r.append(t, history.Appended{Samples: 1, Conflicts: 1}, row(catalog, start, 1.01, 10))
	later := start.Add(time.Second)
	r.append(t, history.Appended{Samples: 3, Conflicts: 1}, row(catalog, later, 2, 20), row(catalog, later, 2, 21))
	r.expect(t, "web", "cpu", at(start, 1), at(later, 2))
	r.expect(t, "web", "memory.used", at(start, 10), at(later, 20))
}

func lateSortedIn(t *testing.T, r *rig) {
	catalog := pushed(t, "web", "a", "b")
	r.set(start.Add(time.Hour))
	var want []sample
	for i := range 10 {
		when := start.Add(time.Duration(i) * 2 * time.Second)
		r.append(t, taken(2), row(catalog, when, float64(2*i), 0))
	}
	var late []history.Row
	for i := 9; i >= 0; i-- {
		late = append(late, row(catalog, start.Add(time.Duration(2*i+1)*time.Second), float64(2*i+1), 0))
	}
	r.append(t, taken(20), late...)
	r.append(t, taken(20), late...)
	for i := range 20 {
		want = append(want, at(start.Add(time.Duration(i)*time.Second), float64(i)))
	}
	r.expect(t, "web", "a", want...)
	r.reopen(t)
	r.expect(t, "web", "a", want...)
}

func lateConflicts(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu")
	second := start.Add(time.Second)
	r.append(t, taken(3), row(catalog, start, 1), row(catalog, second, 2), row(catalog, start.Add(2*time.Second), 3))
	// Of a sample in the log, of one that was sorted in, and of one in the same append.
	r.append(t, history.Appended{Conflicts: 1}, row(catalog, second, 2.5))
	between := start.Add(500 * time.Millisecond)
	r.append(t, taken(1), row(catalog, between, 1.5))
	r.append(t, history.Appended{Samples: 1, Conflicts: 1}, row(catalog, between, 1.6), row(catalog, between, 1.5))
	other := start.Add(600 * time.Millisecond)
	r.append(t, history.Appended{Samples: 2, Conflicts: 1}, row(catalog, other, 1.7), row(catalog, other, 1.8), row(catalog, other, 1.7))
	r.reopen(t)
	r.append(t, history.Appended{Conflicts: 2}, row(catalog, second, 2.5), row(catalog, between, 9))
	r.expect(t, "web", "cpu",
		at(start, 1), at(between, 1.5), at(other, 1.7), at(second, 2), at(start.Add(2*time.Second), 3))
}

func tooOld(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu")
	r.append(t, taken(1), row(catalog, start, 1))
	r.append(t, taken(1), row(catalog, start.Add(-time.Hour), 2))
	r.append(t, history.Appended{Samples: 1, TooOld: 1},
		row(catalog, start.Add(-100*24*time.Hour), 3), row(catalog, start.Add(time.Second), 4))
	r.expect(t, "web", "cpu", at(start.Add(-time.Hour), 2), at(start, 1), at(start.Add(time.Second), 4))
}

func tooNew(t *testing.T, r *rig) {
	catalog := measured(t, "web", "cpu", "memory.used")
	within, beyond := start.Add(history.MaxAhead), start.Add(history.MaxAhead+time.Millisecond)
	r.append(t, history.Appended{Samples: 2, TooNew: 4},
		row(catalog, within, 1, 1), row(catalog, beyond, 2, 2), row(catalog, start.AddDate(100, 0, 0), 3, 3))
	r.append(t, taken(2), row(catalog, start, 4, 4))
	r.set(start.Add(time.Second))
	r.append(t, taken(2), row(catalog, beyond, 2, 2))
	r.expect(t, "web", "cpu", at(start, 4), at(within, 1), at(beyond, 2))
}

func measuredAndPushed(t *testing.T, r *rig) {
	second := start.Add(time.Second)
	r.append(t, taken(1), row(measured(t, "web", "cpu"), start, 1.25))
	r.append(t, taken(1), row(pushed(t, "web", "cpu"), second, math.Pi))
	r.expect(t, "web", "cpu", at(start, 1.25), at(second, math.Pi))
	series, err := r.store.Series(t.Context(), "web", metric.TimestampOf(start), metric.TimestampOf(start.Add(time.Hour)))
	if err != nil || len(series) != 1 || series[0].Metric != "cpu" {
		t.Errorf("series: %v, %v", series, err)
	}
}
