package hub

import "sync"

// Waker is told when a topic that one of its subscriptions follows has something new.
type Waker interface {
	// Wake is called by Publish and Sweep and must return at once. One waker may serve thousands of subscriptions: a topic
	// tells each distinct waker once. Wakers are compared, so pass a pointer. Call Next once after Follow: what was
	// published meanwhile may have been told before the caller knew the topic. A call may still come right after Unfollow.
	Wake(*Topic)
}

// wakerSet counts how many subscriptions each waker has here.
type wakerSet struct {
	mu     sync.Mutex
	counts map[Waker]int
	list   []Waker // the keys of counts; nil when they have changed. Never written to: it is read without the lock
}

func (s *wakerSet) add(waker Waker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = make(map[Waker]int)
	}
	if s.counts[waker]++; s.counts[waker] == 1 {
		s.list = nil
	}
}

func (s *wakerSet) remove(waker Waker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts[waker]--; s.counts[waker] <= 0 {
		delete(s.counts, waker)
		s.list = nil
	}
}

func (s *wakerSet) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.counts) == 0
}

func (s *wakerSet) snapshot() []Waker {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil && len(s.counts) > 0 {
		s.list = make([]Waker, 0, len(s.counts))
		for waker := range s.counts {
			s.list = append(s.list, waker)
		}
	}
	return s.list
}

// wake calls the wakers without the lock, so that they may follow and unfollow under locks of their own.
func (s *wakerSet) wake(topic *Topic) {
	for _, waker := range s.snapshot() {
		waker.Wake(topic)
	}
}
