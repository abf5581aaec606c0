package historytest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// appendSeconds appends a sample each second from now on, and moves the clock along.
func (r *rig) appendSeconds(t *testing.T, first float64, seconds int) (want []sample) {
	t.Helper()
	catalog := measured(t, "web", "memory.used")
	for i := range seconds {
		value := first + float64(i)
		r.append(t, taken(1), row(catalog, r.now, value))
		want = append(want, at(r.now, value))
		r.set(r.now.Add(time.Second))
	}
	return want
}

// clockBack sets the clock back by an hour: samples of now are sorted in.
func clockBack(t *testing.T, r *rig) {
	before := r.appendSeconds(t, 0, 30)
	r.set(start.Add(-time.Hour))
	after := r.appendSeconds(t, 100, 30)
	r.expect(t, "web", "memory.used", append(after, before...)...)
	r.reopen(t)
	r.expect(t, "web", "memory.used", append(after, before...)...)
}

// clockAhead lets the clock be ten years ahead for a while: what is measured then does not keep later samples out, and
// what was measured before stays.
func clockAhead(t *testing.T, r *rig) {
	before := r.appendSeconds(t, 0, 30)
	r.set(start.AddDate(10, 0, 0))
	r.appendSeconds(t, 100, 30)
	r.set(start.Add(time.Minute))
	after := r.appendSeconds(t, 200, 30)
	r.expect(t, "web", "memory.used", append(before, after...)...)
	if damaged := r.store.Usage().Damaged; len(damaged) != 1 {
		t.Errorf("what was put aside is not told: %v", damaged)
	}
	r.reopen(t)
	r.expect(t, "web", "memory.used", append(before, after...)...)
}

// clockForgot lets a machine start with a clock that stands ten years back until it is set: what was there comes back.
func clockForgot(t *testing.T, r *rig) {
	want := r.appendSeconds(t, 0, 30)
	late := measured(t, "web", "memory.used")
	r.append(t, taken(1), row(late, start.Add(500*time.Millisecond), 7))
	want = slices.Insert(want, 1, at(start.Add(500*time.Millisecond), 7))
	r.set(start.AddDate(-10, 0, 0))
	r.expect(t, "web", "memory.used", want...)
	old := r.appendSeconds(t, 100, 30)
	r.expect(t, "web", "memory.used", old...)
	r.set(start.Add(3 * time.Hour))
	want = append(want, r.appendSeconds(t, 200, 30)...)
	r.reopen(t)
	r.append(t, history.Appended{Conflicts: 1}, row(late, r.now.Add(-time.Second), 5))
	got := r.read(t, history.Selection{Host: "web", From: metric.TimestampOf(start), To: metric.TimestampOf(r.now)})
	if difference := cmp.Diff(want, got["memory.used"], cmp.AllowUnexported(sample{})); difference != "" {
		t.Errorf("samples (-want +got):\n%s", difference)
	}
}
