package hub

// push stores a tick, within what its host may hold. Hosts that nobody described share a bound: when together they hold
// more, each that stores something is cut to an equal share.
func (h *Hub) push(subject *host, topic *Topic, tick *Tick) {
	share := topic.maxBytes
	if !subject.described && h.undescribedBytes > uint64(h.options.MaxUndescribedBytes) {
		share = uint64(h.options.MaxUndescribedBytes / (len(h.hosts) + h.foldedTopics()))
	}
	topic.push(tick, share)
	if !subject.described {
		h.count(topic)
	}
}

// count brings what is known of the ring of such a host up to date.
func (h *Hub) count(topic *Topic) {
	size := topic.ring.sizeBytes()
	h.undescribedBytes += size - topic.counted
	topic.counted = size
}

// uncount forgets the bytes of a ring that is given up, or whose host is described now.
func (h *Hub) uncount(topic *Topic) {
	h.undescribedBytes -= topic.counted
	topic.counted = 0
}

// uncountHost does so with all rings of a host.
func (h *Hub) uncountHost(subject *host) {
	h.uncount(subject.base)
	for _, topic := range subject.folded {
		h.uncount(topic)
	}
}

func (h *Hub) foldedTopics() (topics int) {
	for _, used := range h.intervals {
		topics += used
	}
	return topics
}
