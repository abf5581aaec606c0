package stream

import (
	"slices"
	"sync"
	"sync/atomic"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// view says which columns of a catalogue a group sees, and remembers the newest ticks as they travel.
type view struct {
	group   *group
	catalog *hub.Catalog
	columns []int32  // the catalogue's columns that the group sees
	places  []int32  // for each column of the catalogue its place among those, or hidden
	keys    [][]byte // the constant part of each seen column's triple; plain shapes only

	describing sync.Once
	described  []byte // the catalogue frame; sessions only

	newest atomic.Pointer[image] // where nearly everybody looks
	mu     sync.Mutex
	recent [recentImages]*image
	oldest int
}

const (
	// recentImages is how many ticks of a view are kept as they travel. A viewer further back than this makes its own, for
	// itself and those beside it.
	recentImages = 8
	hidden       = -1
)

func newView(g *group, catalog *hub.Catalog) *view {
	made := &view{group: g, catalog: catalog, places: make([]int32, len(catalog.Series))}
	hostName := ""
	if g.named {
		hostName = catalog.Host
	}
	for column, series := range catalog.Series {
		made.places[column] = hidden
		if !g.wants(series.Metric) {
			continue
		}
		made.places[column] = int32(len(made.columns))
		made.columns = append(made.columns, int32(column))
		if g.shape != shapeSession {
			made.keys = append(made.keys, g.codec.EventKey(hostName, series.Metric))
		}
	}
	return made
}

// series lists what the group sees of the catalogue.
func (v *view) series() []metric.Series {
	seen := make([]metric.Series, 0, len(v.columns))
	for _, column := range v.columns {
		seen = append(seen, v.catalog.Series[column])
	}
	return seen
}

// catalogFrame is the frame that describes the columns, as it travels.
func (v *view) catalogFrame() []byte {
	v.describing.Do(func() {
		v.described = v.group.appendFrame(nil, wire.Catalog{Host: v.catalog.Host, Series: v.series()})
	})
	return v.described
}

// looksLike reports whether a client that knows the other view's catalogue knows this one's.
func (v *view) looksLike(other *view) bool {
	return slices.EqualFunc(v.columns, other.columns, func(ours, theirs int32) bool {
		a, b := &v.catalog.Series[ours], &other.catalog.Series[theirs]
		return a.Metric == b.Metric && a.Unit == b.Unit && a.Help == b.Help && a.Kind == b.Kind
	})
}

// image is a tick as it travels, made by whoever asks first.
type image struct {
	tick  *hub.Tick
	from  uint64 // the first position that it covers, if that is not the tick's own
	once  sync.Once
	bytes []byte
}

// image is a tick's messages, one behind the other, shared by all viewers of the group; nobody may change them. There are
// none when the group sees nothing of the tick.
func (v *view) image(tick *hub.Tick, from uint64) []byte {
	found := v.newest.Load()
	if found == nil || found.tick != tick || found.from != from {
		found = v.remember(tick, from)
	}
	found.once.Do(func() { found.bytes = v.encode(tick, from) })
	return found.bytes
}

func (v *view) remember(tick *hub.Tick, from uint64) *image {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, known := range v.recent {
		if known != nil && known.tick == tick && known.from == from {
			return known
		}
	}
	made := &image{tick: tick, from: from}
	v.recent[v.oldest] = made
	v.oldest = (v.oldest + 1) % recentImages
	v.newest.Store(made)
	return made
}
