package stream

import (
	"slices"
	"strings"
	"sync"
	"time"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// kind is what viewers must have in common, beside their globs, to share bytes.
type kind struct {
	transport transport
	shape     shape
	format    format
	envelope  bool // values come with the least and the greatest of their interval
	named     bool // plain events name their host
	// conflation is the interval that slow viewers get instead of what they asked for, where ids tell it.
	conflation time.Duration
}

// hasIDs reports whether messages say how to come back.
func (k kind) hasIDs() bool { return k.transport == transportEvents && k.shape != shapeSession }

// groups keeps one group for each kind of viewer and filter that is there now. All viewers of a group share their bytes.
type groups struct {
	framing func(kind) framing
	pieces  *pieceCache

	mu   sync.Mutex
	held map[groupKey]*group
}

type groupKey struct {
	kind  kind
	globs string // sorted, so that their order makes no difference
}

func newGroups(framing func(kind) framing) *groups {
	return &groups{framing: framing, pieces: newPieceCache(maxPieceBytes), held: make(map[groupKey]*group)}
}

// acquire finds the group of a kind and globs or makes it. The caller gives it back with release.
func (g *groups) acquire(of kind, globs []metric.Glob) *group {
	key := groupKey{of, joinGlobs(globs)}
	g.mu.Lock()
	defer g.mu.Unlock()
	found, exists := g.held[key]
	if !exists {
		found = &group{
			kind: of, key: key, globs: globs, codec: codecOf(of.format), framing: g.framing(of), pieces: g.pieces,
			views: make(map[string][]*view),
		}
		g.held[key] = found
	}
	found.viewers++
	return found
}

func (g *groups) release(held *group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if held.viewers--; held.viewers == 0 {
		delete(g.held, held.key)
	}
}

func joinGlobs(globs []metric.Glob) string {
	words := make([]string, 0, len(globs))
	for _, glob := range globs {
		words = append(words, string(glob))
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "\n")
}

// group is a kind and a filter.
type group struct {
	kind
	key     groupKey
	globs   []metric.Glob // none means all
	codec   wire.Codec
	framing framing
	pieces  *pieceCache
	viewers int // guarded by groups.mu

	mu    sync.Mutex
	views map[string][]*view // by host; that of the newest catalogue is the last
}

// A group keeps the views of the newest catalogues of each host, and forgets all when it has seen so many hosts: each view
// holds ticks as they travel, and a host gets a new catalogue with each series that appears. Those in use are made again.
const (
	maxViewsOfHost = 4
	maxViewedHosts = 1024
)

// view is the group's sight of one catalogue.
func (g *group) view(catalog *hub.Catalog) *view {
	g.mu.Lock()
	defer g.mu.Unlock()
	known, isKnown := g.views[catalog.Host]
	for _, found := range known {
		if found.catalog == catalog {
			return found
		}
	}
	if !isKnown && len(g.views) >= maxViewedHosts {
		clear(g.views)
	}
	if len(known) == maxViewsOfHost {
		known = slices.Delete(known, 0, 1)
	}
	made := newView(g, catalog)
	g.views[catalog.Host] = append(known, made)
	return made
}

func (g *group) wants(name string) bool {
	if len(g.globs) == 0 {
		return true
	}
	return slices.ContainsFunc(g.globs, func(glob metric.Glob) bool { return glob.Match(name) })
}

// appendFrame appends one frame of a session as it travels.
func (g *group) appendFrame(dst []byte, frame wire.Frame) []byte {
	return encodeFrame(dst, g.framing, g.codec, frame)
}

func encodeFrame(dst []byte, framing framing, codec wire.Codec, frame wire.Frame) []byte {
	start := len(dst)
	return framing.Seal(codec.Append(framing.Begin(dst), frame), start, messageID{})
}

func codecOf(of format) wire.Codec {
	if of == formatCBOR {
		return wire.CBOR{}
	}
	return wire.JSON{}
}
