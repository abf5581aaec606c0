package history

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/collect"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// trace is twelve minutes of a machine with two processors that compiles, as its sensors told it each second.
type trace struct {
	series []metric.Series
	times  []int64     // milliseconds
	values [][]float64 // NaN where a series has none
}

func readTrace(t testing.TB) trace {
	t.Helper()
	file, err := os.Open("testdata/host.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was read only
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	read := trace{series: describeAll(t, lines[0][1:])}
	for _, line := range lines[1:] {
		values := make([]float64, len(read.series))
		for i, field := range line[1:] {
			values[i] = numberIn(t, field)
		}
		read.times = append(read.times, int64(math.Round(1000*numberIn(t, line[0]))))
		read.values = append(read.values, values)
	}
	return read
}

func describeAll(t testing.TB, names []string) []metric.Series {
	t.Helper()
	families := make(map[string]metric.Family)
	for _, family := range collect.Families() {
		families[family.Name] = family
	}
	described := make([]metric.Series, len(names))
	for i, text := range names {
		name, err := metric.ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		described[i] = families[name.Family].Describe(name)
	}
	return described
}

func numberIn(t testing.TB, field string) float64 {
	t.Helper()
	if field == "" {
		return math.NaN()
	}
	number, err := strconv.ParseFloat(field, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// row is what the machine told in the n-th second after the start, the trace over and over.
func (r trace) row(catalog *hub.Catalog, start time.Time, n int) Row {
	at := n % len(r.times)
	jitter := r.times[at]%1000 - r.times[0]%1000
	return Row{Catalog: catalog, Timestamp: metric.TimestampMs(start.UnixMilli() + int64(n)*1000 + jitter), Values: r.values[at]}
}

// openWide opens a store whose clock is far enough for what a test appends.
func openWide(t testing.TB, options Options) *TSDB {
	t.Helper()
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	store, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

const twoHours = 7200 // seconds, and rows

// storeTwoHours stores two hours of hosts and writes them as a block, which it returns.
func storeTwoHours(t testing.TB, hosts int) (*TSDB, *tsdb.Block) {
	t.Helper()
	recorded, start := readTrace(t), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := openWide(t, Options{
		Families: collect.Families(), Sync: SyncPolicy(time.Hour), Clock: func() time.Time { return start.Add(2 * time.Hour) },
	})
	catalogs := make([]*hub.Catalog, hosts)
	for i := range catalogs {
		catalogs[i] = &hub.Catalog{Host: "host-" + strconv.Itoa(i), Series: recorded.series}
	}
	rows := make([]Row, hosts)
	for n := range twoHours {
		for i, catalog := range catalogs {
			rows[i] = recorded.row(catalog, start, n+37*i) // each host is in another moment
			rows[i].Timestamp = recorded.row(catalog, start, n).Timestamp
		}
		if done, err := store.Append(t.Context(), rows); err != nil || done.Conflicts+done.TooOld+done.TooNew > 0 {
			t.Fatal(done, err)
		}
	}
	head := store.current.db.Head()
	if err := store.current.db.CompactHead(tsdb.NewRangeHead(head, head.MinTime(), head.MaxTime())); err != nil {
		t.Fatal(err)
	}
	return store, store.current.db.Blocks()[0]
}

func TestRealValuesTakeTwoBytesEach(t *testing.T) {
	_, block := storeTwoHours(t, 1)
	samples := block.Meta().Stats.NumSamples
	each := float64(block.Size()) / float64(samples)
	t.Logf("%d samples take %d bytes on disk, %.2f each", samples, block.Size(), each)
	if samples < 300_000 || each > 2 {
		t.Errorf("%d samples of %.2f bytes each; at most 2 are allowed", samples, each)
	}
}
