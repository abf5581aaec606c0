package stream

import (
	"time"

	"vitals/internal/metric"
)

// viewerRequest is all that a viewer asks for when it comes. The zero value is the plain stream of the server's own host,
// one event of JSON a message, from now on.
type viewerRequest struct {
	transport transport
	shape     shape
	format    format

	hosts    []string // none means the server's own; a session names its hosts later and leaves this empty
	allHosts bool     // all hosts, later ones too; the plain events then name theirs
	globs    []metric.Glob

	backfill time.Duration // how much past comes first; at most what the server keeps
	interval time.Duration // values are folded over so long; 0 means every tick
	envelope bool          // the least and the greatest value of each interval too

	since  map[string]metric.Position // per host the last position that the viewer has; sessions only
	resume *resumePoint               // the last event that the viewer has; plain streams only
}

// resumePoint is what the id of an event says: the viewer has everything up to it, over all hosts.
type resumePoint struct {
	epoch  string
	serial uint64
	// part is how many events of that tick the viewer has; 0 means all of them.
	part int
	// conflation is the interval of the rows that serial counts, if the viewer got a longer one than it asked for.
	conflation time.Duration
}

// transport is how the bytes travel.
type transport byte

const (
	transportWebSocket transport = iota
	transportEvents              // an event stream, text/event-stream
)

// shape is the form in which a viewer wants a tick.
type shape byte

const (
	shapeEvents  shape = iota // one triple a message
	shapeBatch                // one array of triples a message
	shapeSession              // an update frame with columns
)

// format is how a message is encoded.
type format byte

const (
	formatJSON format = iota
	formatCBOR
)
