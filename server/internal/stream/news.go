package stream

import (
	"slices"
	"sync"
	"sync/atomic"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// maxNews is of how many hosts the newest state is kept. There are fewer hosts at a time; those that left are forgotten
// first.
const maxNews = 4096

// news is the newest state of each host that changed, for sessions to be told. A session that is behind is told the newest
// state only, so what it has to get is bounded by the number of hosts.
type news struct {
	version atomic.Uint64 // grows with every change

	mu     sync.Mutex
	states map[string]*hostState
}

// hostState is the newest change of a host.
type hostState struct {
	version uint64
	frame   wire.HostState
	images  map[kind][]byte // as it travels
}

func newNews() *news { return &news{states: make(map[string]*hostState)} }

// note takes a change from the hub. It returns at once.
func (n *news) note(change hub.HostChange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	version := n.version.Load() + 1
	n.states[change.Host.Name] = &hostState{
		version: version,
		frame:   wire.HostState{State: wire.State(change.State), Host: change.Host, Since: change.Since},
		images:  make(map[kind][]byte),
	}
	if len(n.states) > maxNews {
		n.forgetOldest()
	}
	n.version.Store(version)
}

func (n *news) forgetOldest() {
	oldest := ""
	for host, state := range n.states {
		if oldest == "" || state.version < n.states[oldest].version {
			oldest = host
		}
	}
	delete(n.states, oldest)
}

// since appends what changed after a version, oldest first, as it travels to viewers of a kind. It gives the version that
// they know then.
func (n *news) since(version uint64, of kind, encode func(wire.Frame) []byte) (images [][]byte, now uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var changed []*hostState
	for _, state := range n.states {
		if state.version > version {
			changed = append(changed, state)
		}
	}
	slices.SortFunc(changed, func(a, b *hostState) int { return int(a.version) - int(b.version) })
	for _, state := range changed {
		image, made := state.images[of]
		if !made {
			image = encode(state.frame)
			state.images[of] = image
		}
		images = append(images, image)
	}
	return images, n.version.Load()
}

// prepareNews tells a session which hosts changed.
func (v *viewer) prepareNews() bool {
	if v.kind.shape != shapeSession || v.streams.news.version.Load() == v.news {
		return false
	}
	var images [][]byte
	images, v.news = v.streams.news.since(v.news, v.kind, func(frame wire.Frame) []byte {
		return encodeFrame(nil, v.framing, v.codec, frame)
	})
	for _, image := range images {
		v.outbox.add(image)
	}
	return true
}
