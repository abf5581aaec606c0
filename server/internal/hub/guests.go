package hub

// push stores a tick, within what its host may hold. Hosts that nobody described share a bound: when together they hold
// more, each that stores something is cut to an equal share.
func (h *Hub) push(subject *host, topic *Topic, tick *Tick) {
	share := topic.maxBytes
	if !subject.described && h.guestBytes > uint64(h.options.MaxGuests) {
		share = uint64(h.options.MaxGuests / (len(h.hosts) + h.foldedTopics()))
	}
	topic.push(tick, share)
	if !subject.described {
		h.count(topic)
	}
}

// count brings what is known of a guest's ring up to date.
func (h *Hub) count(topic *Topic) {
	size := topic.ring.sizeBytes()
	h.guestBytes += size - topic.guest
	topic.guest = size
}

// discount forgets the bytes of a ring that is given up, or no guest's any more.
func (h *Hub) discount(topic *Topic) {
	h.guestBytes -= topic.guest
	topic.guest = 0
}

// moveOut takes a host from the guests.
func (h *Hub) moveOut(subject *host) {
	h.discount(subject.base)
	for _, topic := range subject.folded {
		h.discount(topic)
	}
}

func (h *Hub) foldedTopics() (topics int) {
	for _, used := range h.intervals {
		topics += used
	}
	return topics
}
