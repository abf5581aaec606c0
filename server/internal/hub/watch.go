package hub

import (
	"slices"

	"vitals/internal/metric"
)

// HostState says whether a host is heard of.
type HostState string

// The states of a host.
const (
	HostLive   HostState = "live"   // it came, or sends again
	HostSilent HostState = "silent" // it has sent nothing for longer than it usually does
	HostGone   HostState = "gone"   // it has left: nobody described it, and the last of its series has ended
)

// HostChange tells that a host is in another state than before.
type HostChange struct {
	State HostState
	Host  metric.Host
	Since metric.TimestampMs // by the hub's clock: when it came or came back, sent last, left
}

type watcher struct{ told func(HostChange) }

// WatchHosts implements [Bus].
func (h *Hub) WatchHosts(told func(HostChange)) (stop func()) {
	added := &watcher{told}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers = append(h.watchers, added)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.watchers = slices.DeleteFunc(h.watchers, func(w *watcher) bool { return w == added })
	}
}

// tell calls the watchers. The lock must be held: that keeps changes in order, and in step with Hosts.
func (h *Hub) tell(state HostState, subject *host, since metric.TimestampMs) {
	if len(h.watchers) == 0 {
		return
	}
	change := HostChange{State: state, Host: subject.status(), Since: since}
	for _, watcher := range h.watchers {
		watcher.told(change)
	}
}
