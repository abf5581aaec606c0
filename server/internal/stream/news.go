package stream

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// maxNews is of how many hosts the newest state is kept. There are fewer hosts at a time; those that left are forgotten
// first.
const maxNews = 1024

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

// since lists what changed after a version, oldest first, and the version that it leads to.
func (n *news) since(version uint64) (changed []*hostState, now uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, state := range n.states {
		if state.version > version {
			changed = append(changed, state)
		}
	}
	slices.SortFunc(changed, func(a, b *hostState) int { return cmp.Compare(a.version, b.version) })
	return changed, n.version.Load()
}

// image is a change as it travels to viewers of a kind, made by whoever asks first.
func (n *news) image(state *hostState, of kind, encode func(wire.Frame) []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	image, made := state.images[of]
	if !made {
		image = encode(state.frame)
		state.images[of] = image
	}
	return image
}

// prepareNews tells a session which hosts changed, and has a plain viewer follow a host anew that has come back.
func (v *viewer) prepareNews() bool {
	if v.streams.news.version.Load() == v.news {
		return false
	}
	var changed []*hostState
	changed, v.news = v.streams.news.since(v.news)
	for _, state := range changed {
		if v.kind.shape == shapeSession {
			v.outbox.add(v.streams.news.image(state, v.kind, v.encode))
		} else if follow, known := v.follows[state.frame.Host.Name]; known && follow.wanted != nil {
			v.followAnew(follow, state.frame.State)
		}
	}
	return true
}

// sinceBack is how much of a host's past a viewer gets that waited for it to come back. A host leaves when it has sent
// nothing for much longer, so this is what came with its return, and nothing of before.
const sinceBack = 30 * time.Second

// followAnew begins again with a host that left and is back.
func (v *viewer) followAnew(follow *follow, state wire.State) {
	if state == wire.Live && follow.gone {
		again := *follow.wanted
		again.hub = hub.Wish{Backfill: sinceBack, Interval: again.hub.Interval}
		v.wishes = append(v.wishes, again)
	}
	follow.gone = state == wire.Gone
}

func (v *viewer) encode(frame wire.Frame) []byte { return encodeFrame(nil, v.framing, v.codec, frame) }
