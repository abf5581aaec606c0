package history

import (
	"cmp"
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
	clock    func() time.Time

	mu sync.Mutex
	db *tsdb.DB // nil while it is closed
}

func newRetention(options Options) *retention {
	return &retention{maxAge: options.RetentionTime, maxBytes: options.RetentionBytes, clock: options.Clock}
}

func (r *retention) opened(db *tsdb.DB) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.db = db
}

func (r *retention) closed() { r.opened(nil) }

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
	oldest := r.clock().Add(-r.maxAge).UnixMilli()
	room := r.room()
	for _, block := range newestFirst {
		room -= block.Size()
		if block.Meta().Compaction.Deletable || block.MaxTime() <= oldest || room < 0 {
			deletable[block.Meta().ULID] = struct{}{}
		}
	}
	return deletable
}

// room is how much blocks may take: what the log leaves. A log that is larger than that leaves them a quarter.
func (r *retention) room() int64 { return max(r.maxBytes-r.db.Head().Size(), r.maxBytes/4) }
