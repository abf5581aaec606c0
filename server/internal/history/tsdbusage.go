package history

import (
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"vitals/internal/metric"
)

// usage knows how much is kept.
type usage struct {
	options Options

	mu         sync.Mutex
	damaged    []Damage
	bytes      int64
	measuredAt time.Time
	samples    uint64
}

const (
	bytesMeasuredEach = 10 * time.Second
	mostDamageTold    = 100
)

func newUsage(options Options) *usage { return &usage{options: options} }

func (u *usage) found(damage ...Damage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.damaged = append(u.damaged, damage...)
	if over := len(u.damaged) - mostDamageTold; over > 0 {
		u.damaged = append([]Damage(nil), u.damaged[over:]...)
	}
}

func (u *usage) appended(samples int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.samples += uint64(samples)
}

func (u *usage) opened(*tsdb.DB) {}

// Usage implements [Store].
func (t *TSDB) Usage() Usage {
	told := t.usage.told()
	o, err := t.acquire()
	if err != nil {
		return told
	}
	defer o.release()
	told.Series = int(o.db.Head().NumSeries())
	oldest, newest := span(o.db)
	if oldest <= newest {
		told.Oldest, told.Newest = metric.TimestampMs(oldest), metric.TimestampMs(newest)
	}
	return told
}

// span is from the oldest to the newest sample; the other way round if there is none.
func span(db *tsdb.DB) (oldest, newest int64) {
	oldest, newest = db.Head().MinTime(), db.Head().MaxTime()
	for _, block := range db.BlockMetas() {
		oldest, newest = min(oldest, block.MinTime), max(newest, block.MaxTime-1)
	}
	return oldest, newest
}

func (u *usage) told() Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := time.Now(); now.Sub(u.measuredAt) >= bytesMeasuredEach {
		u.bytes, u.measuredAt = folderBytes(u.options.Dir), now
	}
	return Usage{
		Bytes: u.bytes, Samples: u.samples, RetentionTime: u.options.RetentionTime, RetentionBytes: u.options.RetentionBytes,
		Sync: u.options.Sync, Damaged: append([]Damage(nil), u.damaged...),
	}
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
