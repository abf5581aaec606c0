package history

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"vitals/internal/collect"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// BenchmarkAppend appends the rows of a second, as the recorder does it.
func BenchmarkAppend(b *testing.B) {
	for _, hosts := range []int{1, 50} {
		for _, policy := range []SyncPolicy{SyncPolicy(time.Second), 0} {
			name := fmt.Sprintf("hosts=%d/sync=%v", hosts, time.Duration(policy))
			b.Run(name, func(b *testing.B) { benchmarkAppend(b, hosts, policy) })
		}
	}
}

func benchmarkAppend(b *testing.B, hosts int, policy SyncPolicy) {
	recorded, now := readTrace(b), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := openWide(b, Options{Families: collect.Families(), Sync: policy, Clock: func() time.Time { return now }})
	rows := make([]Row, hosts)
	for i := range rows {
		rows[i].Catalog = &hub.Catalog{Host: "host-" + strconv.Itoa(i), Series: recorded.series}
	}
	samples := 0
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		now = now.Add(time.Second)
		for i := range rows {
			rows[i].Timestamp, rows[i].Values = metric.TimestampOf(now), recorded.values[(n+37*i)%len(recorded.values)]
		}
		done, err := store.Append(b.Context(), rows)
		if err != nil {
			b.Fatal(err)
		}
		samples += done.Samples
	}
	b.ReportMetric(float64(samples)/b.Elapsed().Seconds(), "samples/s")
}

// BenchmarkSyncOfNothing is what a sync takes beside that of the kernel.
func BenchmarkSyncOfNothing(b *testing.B) {
	store := openWide(b, Options{Families: collect.Families()})
	synced := store.current.log
	b.ReportAllocs()
	for b.Loop() {
		synced.dirty = true
		if err := synced.sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTwoHours stores two hours of fifty hosts: what a sample takes on disk, and what the program takes.
func BenchmarkTwoHours(b *testing.B) {
	for b.Loop() {
		store, block := storeTwoHours(b, 50)
		samples := float64(block.Meta().Stats.NumSamples)
		b.ReportMetric(float64(block.Size())/samples, "B/sample")
		b.ReportMetric(samples/float64(twoHours), "samples/row")
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen opens a store with two hours of fifty hosts in its log.
func BenchmarkOpen(b *testing.B) {
	recorded, start := readTrace(b), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	options := Options{
		Dir: b.TempDir(), Families: collect.Families(), Sync: SyncPolicy(time.Hour),
		Clock: func() time.Time { return start.Add(2 * time.Hour) },
	}
	store := openWide(b, options)
	rows := make([]Row, 50)
	for i := range rows {
		rows[i].Catalog = &hub.Catalog{Host: "host-" + strconv.Itoa(i), Series: recorded.series}
	}
	for n := range twoHours {
		for i := range rows {
			rows[i].Timestamp = metric.TimestampOf(start.Add(time.Duration(n) * time.Second))
			rows[i].Values = recorded.values[(n+37*i)%len(recorded.values)]
		}
		if _, err := store.Append(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
		if n%60 == 0 {
			store.current.db.ForceHeadMMap() // the library does it each minute
		}
	}
	resident := residentMB(b)
	for b.Loop() {
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		var err error
		if store, err = Open(options); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(resident, "MB-resident")
	_ = store.Close()
}

// residentMB is what this program keeps resident, the garbage taken out.
func residentMB(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("there is no /proc here")
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		b.Fatal(err)
	}
	return float64(resident*int64(os.Getpagesize())) / 1e6
}
