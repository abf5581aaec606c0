package hub

import (
	"slices"
	"time"

	"vitals/internal/metric"
)

// The roster is the hosts that there are. A host that has left it is kept for as long as somebody follows it.

// Hosts implements [Bus].
func (h *Hub) Hosts() []metric.Host {
	h.mu.RLock()
	defer h.mu.RUnlock()
	hosts := make([]metric.Host, 0, len(h.order))
	for _, listed := range h.order {
		hosts = append(hosts, listed.status())
	}
	return hosts
}

// names are those of the hosts that there are.
func (h *Hub) names() map[string]bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	names := make(map[string]bool, len(h.order))
	for _, listed := range h.order {
		names[listed.name] = true
	}
	return names
}

// find is the host of that name, or a new one that the hub does not know yet. The lock must be held.
func (h *Hub) find(name string) (found *host, isNew bool) {
	if known, exists := h.hosts[name]; exists {
		return known, false
	}
	// Positions of an epoch never come again, not even when a host of the same name comes after the first was forgotten.
	return &host{
		name: name, description: metric.Host{Name: name, Hostname: name},
		base: h.newTopic(name, 0, h.highestForgotten), folded: make(map[time.Duration]*Topic), columns: newColumns(name),
	}, true
}

// list puts a host among those that there are, if it is not there yet. The lock must be held.
func (h *Hub) list(subject *host) (came bool) {
	if subject.listed {
		return false
	}
	if _, kept := h.hosts[subject.name]; !kept {
		h.hosts[subject.name] = subject
		subject.slot = h.takeSlot()
	}
	if !subject.described {
		h.undescribed++
	}
	subject.listed = true
	now := h.wall()
	subject.presence = presence{heard: h.advance(h.options.Clock()), heardAt: now}
	h.order = append(h.order, subject)
	h.roster.Add(1)
	h.tell(HostLive, subject, now)
	return true
}

func (h *Hub) takeSlot() int {
	if free := slices.Index(h.slots, false); free >= 0 {
		h.slots[free] = true
		return free
	}
	h.slots = append(h.slots, true)
	return len(h.slots) - 1
}

// unlist takes a host from those that there are. The lock must be held.
func (h *Hub) unlist(subject *host, now metric.TimestampMs) {
	subject.listed = false
	h.undescribed--
	h.order = slices.DeleteFunc(h.order, func(listed *host) bool { return listed == subject })
	h.roster.Add(1)
	h.tell(HostGone, subject, now)
}

// forget drops all of a host that has left and that nobody follows. The lock must be held.
func (h *Hub) forget(subject *host) {
	h.highestForgotten = max(h.highestForgotten, subject.base.lastSeq())
	h.uncountHost(subject)
	h.slots[subject.slot] = false
	delete(h.hosts, subject.name)
}
