package history

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vitals/internal/history/salvage"
	"vitals/internal/metric"
)

// usage knows how much is kept. What it costs to find out is paid by those who ask, and not by each of them.
type usage struct {
	options Options

	measuring sync.Mutex // held by the one who measures

	mu      sync.Mutex
	damaged []salvage.Damage
	latest  measured
	since   int // samples appended since the head was counted
}

// measured is what is found by looking.
type measured struct {
	usage   Usage
	at      time.Time // of the folder's bytes
	head    headCount
	headAt  time.Time
	headGen *opened
	blocks  int
}

const (
	bytesMeasuredEach = 10 * time.Second
	headCountedEach   = 10 * time.Minute
	leastSpan         = 5 * time.Minute // of samples, to tell how many come
	mostDamageTold    = 100
)

func newUsage(options Options) *usage { return &usage{options: options} }

func (u *usage) found(damage ...salvage.Damage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.damaged = append(u.damaged, damage...)
	if over := len(u.damaged) - mostDamageTold; over > 0 {
		u.damaged = append([]salvage.Damage(nil), u.damaged[over:]...)
	}
}

func (u *usage) appended(samples int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.since += samples
}

// Usage implements [Store].
func (t *TSDB) Usage() Usage {
	o, err := t.acquire()
	if err != nil {
		return t.usage.told()
	}
	defer o.release()
	t.usage.measure(o, t.retention)
	told := t.usage.told()
	told.Series = int(o.db.Head().NumSeries())
	oldest, newest := span(o)
	if oldest <= newest {
		told.Oldest, told.Newest = metric.TimestampMs(oldest), metric.TimestampMs(newest)
	}
	return told
}

// told is what is known without looking.
func (u *usage) told() Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	told := u.latest.usage
	told.Samples += uint64(u.since)
	told.RetentionTime, told.RetentionBytes, told.Sync = u.options.RetentionTime, u.options.RetentionBytes, u.options.Sync
	told.Reach = cmp.Or(told.Reach, u.options.RetentionTime)
	told.Damaged = append([]salvage.Damage(nil), u.damaged...)
	return told
}

// measure looks again if the last look is old. While one looks the others are told what was known.
func (u *usage) measure(o *opened, retention *retention) {
	if !u.measuring.TryLock() {
		return
	}
	defer u.measuring.Unlock()
	next, now := u.latest, time.Now() // only who measures writes latest
	if next.headGen == o && now.Sub(next.at) < bytesMeasuredEach {
		return
	}
	blocks := blockCountOf(o)
	recount := next.headGen != o || blocks.blocks != next.blocks || now.Sub(next.headAt) >= headCountedEach
	if recount {
		u.mu.Lock()
		u.since = 0
		u.mu.Unlock()
		next.head, next.headAt, next.headGen, next.blocks = countHead(o), now, o, blocks.blocks
	}
	next.at = now
	next.usage.Bytes = keptBytes(u.options)
	next.usage.Samples = blocks.samples + next.head.samples
	next.usage.BytesPerDay = bytesPerDay(blocks, next.head)
	next.usage.Reach = retention.reach(next.usage.BytesPerDay)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.latest = next
}

// bytesPerDay is what a day takes on disk: as many samples as come lately, of the size that they have in blocks, or in the
// head while there is no block.
func bytesPerDay(blocks blockCount, head headCount) int64 {
	size, samples := float64(blocks.bytes), float64(blocks.samples)
	if samples == 0 {
		size, samples = float64(head.bytes), float64(head.samples)
	}
	perMs := float64(head.samples) / float64(max(head.spanMs, 1))
	if head.spanMs < leastSpan.Milliseconds() {
		perMs = blocks.latestPerMs
	}
	if samples == 0 {
		return 0
	}
	return int64(size / samples * perMs * float64((24 * time.Hour).Milliseconds()))
}

// seriesCopyFile is the second copy of the names of series.
const seriesCopyFile = "series.log"

// keptBytes is what the retention bounds: the samples, and what describes them. What was put aside is not part of it.
func keptBytes(options Options) int64 {
	return folderBytes(options.storeDir()) + descriptionBytes(options.Dir)
}

func descriptionBytes(dir string) (sum int64) {
	for _, name := range []string{seriesCopyFile, catalogueFile} {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

// folderBytes adds up the files of a folder. Files that come or go meanwhile may be missing.
func folderBytes(dir string) (sum int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // it is gone
		}
		if info, err := entry.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
