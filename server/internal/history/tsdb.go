package history

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history/salvage"
	"vitals/internal/metric"
)

// Options sets a store up. Zero values take the defaults that the field comments name.
type Options struct {
	Dir            string           // the data folder; it is made if its parent exists
	RetentionTime  time.Duration    // how old samples may grow; 15 days
	RetentionBytes int64            // how much the folder may hold, the log included; 1 GiB
	Sync           SyncPolicy       // when data is made safe from a power loss; after each append
	Families       []metric.Family  // what is known of series: their names in Prometheus form, their units and decimals
	Backfill       time.Duration    // how late samples may come; an hour if that is more
	UpkeepEach     time.Duration    // how often chunks are written out of memory; a minute
	Logger         zerolog.Logger   // warnings of the library
	Clock          func() time.Time // for tests; time.Now
}

const (
	defaultRetentionTime  = 15 * 24 * time.Hour
	defaultRetentionBytes = 1 << 30
	leastLateness         = time.Hour
	defaultUpkeepEach     = time.Minute
)

func (o Options) withDefaults() Options {
	if o.RetentionTime <= 0 {
		o.RetentionTime = defaultRetentionTime
	}
	if o.RetentionBytes <= 0 {
		o.RetentionBytes = defaultRetentionBytes
	}
	if o.UpkeepEach <= 0 {
		o.UpkeepEach = defaultUpkeepEach
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// lateness is how far behind the newest sample of all hosts one may be. The newest may be ahead of the clock, and a host's
// clock behind it, by [MaxAhead] each.
func (o Options) lateness() time.Duration { return max(leastLateness, o.Backfill) + 2*MaxAhead }

// The names in the data folder.
const (
	storeFolder   = "history"        // the library's
	catalogueFile = "catalogue.json" // what is known of hosts and series
)

// TSDB is a [Store] in a folder of this machine: the database of Prometheus, embedded. See docs/adr/0013.
type TSDB struct {
	options   Options
	families  map[string]metric.Family
	folder    *folder
	catalogue *catalogue
	usage     *usage
	retention *retention
	guard     *salvage.Guard
	newest    newestSamples

	spoiled    atomic.Pointer[error] // why the open database should be opened anew; nil if it need not
	blocksCame atomic.Bool           // there are blocks that the open database does not know

	mu      sync.RWMutex
	current *opened // nil while it is closed or broken
	closed  bool
	cause   error // why it is broken

	appending  sync.Mutex // guards what follows
	copy       *seriesCopy
	unfinished []*opened // closed, but not all of them
	full       error     // why the open database must only be read from; nil if it can be written to
	renewed    time.Time // when it was opened anew because it was spoiled, by the monotonic clock
	hosts      map[string]*hostSeries
	future     future
}

// Open opens the store in a data folder, and makes it if there is none. Errors name the folder and what to do. That there
// is no space is none: the store is there, and opens by itself once there is.
func Open(options Options) (*TSDB, error) {
	options = options.withDefaults()
	t := &TSDB{
		options:  options,
		families: make(map[string]metric.Family, len(options.Families)),
		hosts:    make(map[string]*hostSeries),
	}
	for _, family := range options.Families {
		t.families[family.Name] = family
	}
	folder, err := prepareFolder(options)
	if err != nil {
		return nil, err
	}
	t.folder = folder
	t.usage = newUsage(options)
	t.usage.found(folder.damage...)
	t.retention = newRetention(options)
	t.guard = salvage.NewGuard(storeFolder, options.Clock, t.usage.found, t.spoil)
	t.copy = &seriesCopy{root: options.Dir}
	catalogue, damage, err := openCatalogue(options, t.families)
	if err != nil {
		t.folder.release()
		return nil, err
	}
	t.catalogue = catalogue
	t.usage.found(damage...)
	t.future.read(options)
	switch err := t.open(); {
	case spaceIsMissing(err):
		t.cause = writeError(err) // the first append with space for it opens it
	case err != nil:
		t.catalogue.close()
		t.folder.release()
		return nil, err
	}
	t.forgetHosts()
	return t, nil
}

// forgetHosts drops the descriptions of hosts whose past is over. Those with samples that will come back are kept.
func (t *TSDB) forgetHosts() {
	if len(t.future.ends) > 0 {
		return
	}
	querier, err := t.Queryable().Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return
	}
	defer func() { _ = querier.Close() }() // it was read only
	if names, _, err := querier.LabelValues(context.Background(), HostLabel, nil); err == nil {
		t.catalogue.keepOnly(names)
	}
}

// Close implements [Store].
func (t *TSDB) Close() error {
	t.appending.Lock()
	defer t.appending.Unlock()
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return t.finish()
	}
	t.closed = true
	t.mu.Unlock()
	err := t.retire(ErrClosed)
	err = errors.Join(err, t.finish())
	t.catalogue.close()
	t.folder.release()
	return err
}

// Describe implements [Store].
func (t *TSDB) Describe(host metric.Host) { t.catalogue.describe(host) }

func (o Options) storeDir() string { return filepath.Join(o.Dir, storeFolder) }

func (o Options) quarantine() *salvage.Quarantine {
	return salvage.NewQuarantine(o.Dir, o.Clock, o.Logger)
}
