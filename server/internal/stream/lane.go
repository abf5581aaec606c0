package stream

import (
	"sync"
	"sync/atomic"

	"vitals/internal/hub"
)

// lane is one goroutine that writes to the viewers that were given to it, each without waiting. There are as many lanes
// as processors. A lane is told of new ticks by the hub, once a topic, however many of its viewers follow it.
type lane struct {
	signal chan struct{} // holds one token: something is due

	viewers atomic.Int64 // how many were given to it

	mu        sync.Mutex
	audiences map[*hub.Topic]*audience // who follows what
	wide      audience                 // who follows all hosts
	due       []*audience              // whose viewers are to be visited
	all       bool                     // everybody is
}

var _ hub.Waker = (*lane)(nil)

// audience is the viewers of a lane who follow one topic.
type audience struct {
	topic   *hub.Topic
	members []*membership
	isDue   bool
}

// membership is a viewer's place on an audience. It is guarded by the lane.
type membership struct {
	viewer   *viewer
	audience *audience // nil without a place
	number   int
}

func newLane() *lane {
	return &lane{signal: make(chan struct{}, 1), audiences: make(map[*hub.Topic]*audience)}
}

// Wake implements [hub.Waker].
func (l *lane) Wake(topic *hub.Topic) {
	l.mu.Lock()
	if followers, followed := l.audiences[topic]; followed {
		l.visit(followers)
	}
	l.visit(&l.wide)
	l.mu.Unlock()
	l.notify()
}

// wakeAll has all viewers visited, whatever they follow.
func (l *lane) wakeAll() {
	l.mu.Lock()
	l.all = true
	l.mu.Unlock()
	l.notify()
}

func (l *lane) notify() {
	select {
	case l.signal <- struct{}{}:
	default:
	}
}

// visit puts an audience on the list; the caller holds mu.
func (l *lane) visit(followers *audience) {
	if !followers.isDue && len(followers.members) > 0 {
		followers.isDue = true
		l.due = append(l.due, followers)
	}
}

// run visits whoever is due, until stop is closed.
func (l *lane) run(stop <-chan struct{}, everybody func([]*viewer) []*viewer) {
	var round []*viewer
	for {
		select {
		case <-stop:
			return
		case <-l.signal:
		}
		round = l.takeDue(round[:0], everybody)
		for _, viewer := range round {
			viewer.wake()
		}
		clear(round) // a viewer that has gone is not held
	}
}

// takeDue appends the viewers of all audiences that are due.
func (l *lane) takeDue(round []*viewer, everybody func([]*viewer) []*viewer) []*viewer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all {
		l.all = false
		round = everybody(round)
	}
	for _, followers := range l.due {
		followers.isDue = false
		for _, membership := range followers.members {
			round = append(round, membership.viewer)
		}
	}
	clear(l.due)
	l.due = l.due[:0]
	return round
}

// join puts a membership among the followers of a topic.
func (l *lane) join(topic *hub.Topic, at *membership) {
	l.mu.Lock()
	defer l.mu.Unlock()
	followers, exists := l.audiences[topic]
	if !exists {
		followers = &audience{topic: topic}
		l.audiences[topic] = followers
	}
	followers.add(at)
}

// joinWide puts a membership among those who follow all hosts.
func (l *lane) joinWide(at *membership) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wide.add(at)
}

func (r *audience) add(at *membership) {
	at.audience, at.number = r, len(r.members)
	r.members = append(r.members, at)
}

// leave takes a membership's place away, if it has one. The last one takes the place that has become free.
func (l *lane) leave(at *membership) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := at.audience
	if r == nil {
		return
	}
	last := len(r.members) - 1
	r.members[at.number] = r.members[last]
	r.members[at.number].number = at.number
	r.members[last] = nil
	r.members = r.members[:last]
	at.audience = nil
	if last == 0 && r.topic != nil {
		delete(l.audiences, r.topic)
	}
}
