package stream

import (
	"slices"
	"strings"
	"sync"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// encodeCache keeps one group for each kind of viewer that is there now. All viewers of a group share their bytes.
type encodeCache struct {
	codec wire.JSON

	mu     sync.Mutex
	groups map[string]*group
}

func newEncodeCache() *encodeCache { return &encodeCache{groups: make(map[string]*group)} }

// acquire finds the group of a shape and globs or makes it. The caller gives it back with release.
func (c *encodeCache) acquire(form shape, globs []metric.Glob) *group {
	key := groupKey(form, globs)
	c.mu.Lock()
	defer c.mu.Unlock()
	found, exists := c.groups[key]
	if !exists {
		found = &group{key: key, shape: form, globs: globs, codec: c.codec, views: make(map[*hub.Catalog]*view)}
		c.groups[key] = found
	}
	found.viewers++
	return found
}

func (c *encodeCache) release(g *group) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.viewers--; g.viewers == 0 {
		delete(c.groups, g.key)
	}
}

// groupKey is the same for the same globs in any order.
func groupKey(form shape, globs []metric.Glob) string {
	words := make([]string, 0, len(globs))
	for _, glob := range globs {
		words = append(words, string(glob))
	}
	slices.Sort(words)
	return string(rune(form)) + strings.Join(slices.Compact(words), "\n")
}

// group is a shape and a filter.
type group struct {
	key     string
	shape   shape
	globs   []metric.Glob // none means all
	codec   wire.JSON
	viewers int // guarded by encodeCache.mu

	mu    sync.Mutex
	views map[*hub.Catalog]*view
}

// A group forgets its views when it has seen so many catalogues; those in use are made again.
const maxViews = 256

// view is the group's sight of one catalogue.
func (g *group) view(catalog *hub.Catalog) *view {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found, exists := g.views[catalog]; exists {
		return found
	}
	if len(g.views) >= maxViews {
		clear(g.views)
	}
	made := newView(g, catalog)
	g.views[catalog] = made
	return made
}

func (g *group) wants(name string) bool {
	if len(g.globs) == 0 {
		return true
	}
	return slices.ContainsFunc(g.globs, func(glob metric.Glob) bool { return glob.Match(name) })
}

// view says which columns of a catalogue a group sees, and remembers the newest encoded ticks.
type view struct {
	group   *group
	catalog *hub.Catalog
	columns []int    // the catalogue's columns that the group sees
	keys    [][]byte // the constant part of each column's triple; plain shapes only

	mu     sync.Mutex
	recent [recentTicks]*encodedTick
	oldest int
}

// How many ticks of a view stay encoded. A viewer further back than this encodes for itself and those beside it.
const recentTicks = 8

func newView(g *group, catalog *hub.Catalog) *view {
	made := &view{group: g, catalog: catalog}
	for column, series := range catalog.Series {
		if !g.wants(series.Metric) {
			continue
		}
		made.columns = append(made.columns, column)
		if g.shape != shapeSession {
			made.keys = append(made.keys, g.codec.EventKey("", series.Metric))
		}
	}
	return made
}

// encodedTick is a tick's messages, made by whoever asks first.
type encodedTick struct {
	seq      uint64
	once     sync.Once
	messages [][]byte
}

// messages are the bytes of a tick, shared by all viewers of the group; nobody may change them.
func (v *view) messages(tick *hub.Tick) [][]byte {
	encoded := v.entry(tick.Seq)
	encoded.once.Do(func() { encoded.messages = v.encode(tick) })
	return encoded.messages
}

func (v *view) entry(seq uint64) *encodedTick {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, encoded := range v.recent {
		if encoded != nil && encoded.seq == seq {
			return encoded
		}
	}
	encoded := &encodedTick{seq: seq}
	v.recent[v.oldest] = encoded
	v.oldest = (v.oldest + 1) % recentTicks
	return encoded
}

func (v *view) encode(tick *hub.Tick) [][]byte {
	switch v.group.shape {
	case shapeSession:
		return [][]byte{v.encodeUpdate(tick)}
	case shapeBatch:
		return v.encodeBatch(tick)
	default:
		return v.encodeEvents(tick)
	}
}

func (v *view) encodeUpdate(tick *hub.Tick) []byte {
	const typicalValueBytes, headBytes = 9, 96
	buffer := make([]byte, 0, len(v.columns)*typicalValueBytes+headBytes)
	return v.group.codec.Append(buffer, wire.Update{
		Host: v.catalog.Host, Seq: tick.Seq, Timestamp: tick.Timestamp, Values: v.row(tick),
	})
}

// row is the tick's values of the columns that the group sees.
func (v *view) row(tick *hub.Tick) []float64 {
	if len(v.columns) == len(tick.Values) {
		return tick.Values
	}
	values := make([]float64, len(v.columns))
	for i, column := range v.columns {
		values[i] = tick.Values[column]
	}
	return values
}

// encodeEvents makes one message an event; they lie behind one another in one buffer.
func (v *view) encodeEvents(tick *hub.Tick) [][]byte {
	var buffer []byte
	var ends []int
	for i, column := range v.columns {
		if value := tick.Values[column]; value == value { // not NaN: the series has a value this tick
			buffer = v.group.codec.AppendEvent(buffer, v.keys[i], value, tick.Timestamp)
			ends = append(ends, len(buffer))
		}
	}
	messages := make([][]byte, 0, len(ends))
	start := 0
	for _, end := range ends {
		messages = append(messages, buffer[start:end:end])
		start = end
	}
	return messages
}

func (v *view) encodeBatch(tick *hub.Tick) [][]byte {
	buffer := []byte{'['}
	for i, column := range v.columns {
		if value := tick.Values[column]; value == value { // not NaN: the series has a value this tick
			if len(buffer) > 1 {
				buffer = append(buffer, ',')
			}
			buffer = v.group.codec.AppendEvent(buffer, v.keys[i], value, tick.Timestamp)
		}
	}
	if len(buffer) == 1 {
		return nil
	}
	return [][]byte{append(buffer, ']')}
}
