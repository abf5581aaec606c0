package history

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"
)

// retention says which blocks the library may delete. It knows only blocks that the library has written.
type retention struct {
	maxAge   time.Duration
	maxBytes int64
	dir      string
	age      ageClock

	mu sync.Mutex
	db *tsdb.DB // nil while it is closed
}

func newRetention(options Options) *retention {
	return &retention{
		maxAge: options.RetentionTime, maxBytes: options.RetentionBytes, dir: options.Dir,
		age: ageClock{clock: options.Clock, patience: clockPatience},
	}
}

// opened is told of a database whose newest sample is of that time.
func (r *retention) opened(db *tsdb.DB, newest int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.db = db
	r.age.begin(newest)
}

func (r *retention) closed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.db = nil
}

// beyond implements tsdb.BlocksToDeleteFunc. While a folder is being opened nothing is deleted.
func (r *retention) beyond(blocks []*tsdb.Block) map[ulid.ULID]struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	deletable := make(map[ulid.ULID]struct{})
	if r.db == nil {
		return deletable
	}
	newestFirst := slices.SortedFunc(slices.Values(blocks), func(a, b *tsdb.Block) int {
		return cmp.Compare(b.MaxTime(), a.MaxTime())
	})
	oldest, room := int64(math.MinInt64), r.room()
	if now, trusted := r.age.now(); trusted {
		oldest = now.Add(-r.maxAge).UnixMilli()
	}
	for _, block := range newestFirst {
		room -= block.Size()
		if block.Meta().Compaction.Deletable || block.MaxTime() <= oldest || room < 0 {
			deletable[block.Meta().ULID] = struct{}{}
		}
	}
	return deletable
}

// How the size is parted.
const (
	logPart   = 4  // one part in four is for the log at most, and the chunks of the newest hours
	sparePart = 10 // one in ten is for what is there twice while it is written anew
)

// forLog is how much the log may take, and the chunks of the newest hours.
func (r *retention) forLog() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.maxBytes / logPart
}

// room is how much blocks may take: what all else leaves. Where a log cannot be shortened it leaves them a quarter. The lock
// must be held.
func (r *retention) room() int64 {
	return max(r.maxBytes-r.maxBytes/sparePart-r.db.Head().Size()-descriptionBytes(r.dir), r.maxBytes/4)
}

// reach is how far back history will reach when so many bytes come in a day: as far as blocks have room and the head goes
// back, or as long as is asked for.
func (r *retention) reach(bytesPerDay int64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.db == nil || bytesPerDay <= 0 {
		return r.maxAge
	}
	head := r.db.Head()
	ms := float64(r.room())/float64(bytesPerDay)*float64((24*time.Hour).Milliseconds()) + float64(head.MaxTime()-head.MinTime())
	return time.Duration(min(ms, float64(r.maxAge.Milliseconds()))) * time.Millisecond
}

// ageClock tells how old things are, as long as the clock can be trusted. A clock that leaps, or that is far beyond what is
// stored, may be wrong, and what is deleted for its age would be gone when it is set right: it has to be steady for a day
// first. Until then only size deletes.
type ageClock struct {
	clock    func() time.Time
	patience time.Duration

	before      time.Time // by the clock
	passed      time.Time // by the monotonic clock, at the same moment
	trustedFrom time.Time // by the monotonic clock
}

const (
	clockPatience = 24 * time.Hour
	clockLeap     = time.Hour
)

// begin compares the clock with the newest sample that is stored.
func (a *ageClock) begin(newest int64) {
	a.before, a.passed = a.wall(), time.Now()
	if ahead := a.before.UnixMilli() - newest; newest > 0 && time.Duration(ahead)*time.Millisecond > a.patience {
		a.trustedFrom = a.passed.Add(a.patience)
	}
}

// now is the time, and whether it can be trusted.
func (a *ageClock) now() (time.Time, bool) {
	now, passed := a.wall(), time.Now()
	if leap := now.Sub(a.before) - passed.Sub(a.passed); leap.Abs() > clockLeap {
		a.trustedFrom = passed.Add(a.patience)
	}
	a.before, a.passed = now, passed
	return now, !passed.Before(a.trustedFrom)
}

// wall is the time without the reading of the monotonic clock, by which two times would be compared that have one: it does
// not leap.
func (a *ageClock) wall() time.Time { return a.clock().Round(0) }
