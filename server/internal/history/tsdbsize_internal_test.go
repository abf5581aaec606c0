package history

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// sized is a store whose upkeep runs only when a test says so, and what is appended to it: a random value of each series
// every ten seconds.
type sized struct {
	t       *testing.T
	store   *TSDB
	clock   *movingClock
	catalog *hub.Catalog
	random  *rand.Rand
}

func newSized(t *testing.T, maxBytes int64, series int) *sized {
	t.Helper()
	clock := newMovingClock(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	s := &sized{
		t: t, clock: clock, catalog: &hub.Catalog{Host: "web"}, random: rand.New(rand.NewPCG(1, 2)),
		store: openWide(t, Options{RetentionBytes: maxBytes, Clock: clock.now, Sync: SyncPolicy(time.Hour), UpkeepEach: never}),
	}
	s.store.current.upkeep.end()
	for i := range series {
		name := fmt.Sprintf("a%d", i)
		s.catalog.Series = append(s.catalog.Series, metric.Series{Metric: name, Family: name, Custom: true})
	}
	return s
}

// pass appends for so long, and has the upkeep run at the end.
func (s *sized) pass(duration time.Duration) {
	s.t.Helper()
	var rows []Row
	for range duration / (10 * time.Second) {
		s.clock.move(10 * time.Second)
		row := Row{Catalog: s.catalog, Timestamp: metric.TimestampOf(s.clock.now())}
		for range s.catalog.Series {
			row.Values = append(row.Values, float64(s.random.IntN(1000)))
		}
		rows = append(rows, row)
	}
	if done, err := s.store.Append(s.t.Context(), rows); err != nil || done.TooOld+done.Conflicts > 0 {
		s.t.Fatalf("%+v, %v", done, err)
	}
	s.store.keepUp(s.t.Context(), s.store.current)
}

// TestHistoryStaysBelowItsSize appends several times what fits, of few series and of so many that the log of two hours alone
// would take more.
func TestHistoryStaysBelowItsSize(t *testing.T) {
	const maxBytes, factor = 1 << 20, 1.5
	for series, between := range map[int]time.Duration{10: 2 * time.Hour, 100: 20 * time.Minute} {
		s := newSized(t, maxBytes, series)
		for range 50 {
			s.pass(between)
			if kept := keptBytes(s.store.options); kept > maxBytes {
				t.Fatalf("%d series: %d bytes are kept", series, kept)
			}
		}
		usage := s.store.Usage()
		goesBack := time.Duration(usage.Newest-usage.Oldest) * time.Millisecond
		if off := usage.Reach.Seconds() / goesBack.Seconds(); off < 1/factor || off > factor {
			t.Errorf("%d series: history goes back %v, and says %v", series, goesBack, usage.Reach)
		}
		if goesBack > 40*between {
			t.Errorf("%d series: it goes back %v, nothing had to go", series, goesBack)
		}
	}
}
