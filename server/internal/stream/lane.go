package stream

import (
	"sync"
	"sync/atomic"

	"vitals/internal/hub"
)

// lane is one goroutine that writes to the viewers that were given to it, each without waiting. There are as many lanes
// as processors. A lane is told of new ticks by the hub, once a topic, however many of its viewers follow it.
type lane struct {
	bell chan struct{} // holds one token: something is due

	viewers atomic.Int64 // how many were given to it

	mu      sync.Mutex
	rosters map[*hub.Topic]*roster // who follows what
	wide    roster                 // who follows all hosts
	due     []*roster              // whose viewers are to be visited
	all     bool                   // everybody is
}

var _ hub.Waker = (*lane)(nil)

// roster is the viewers of a lane who follow one topic.
type roster struct {
	topic *hub.Topic
	seats []*seat
	isDue bool
}

// seat is a viewer's place on a roster. It is guarded by the lane.
type seat struct {
	viewer *viewer
	roster *roster // nil without a place
	number int
}

func newLane() *lane {
	return &lane{bell: make(chan struct{}, 1), rosters: make(map[*hub.Topic]*roster)}
}

// Wake implements [hub.Waker].
func (l *lane) Wake(topic *hub.Topic) {
	l.mu.Lock()
	if followers, followed := l.rosters[topic]; followed {
		l.visit(followers)
	}
	l.visit(&l.wide)
	l.mu.Unlock()
	l.ring()
}

// wakeAll has all viewers visited, whatever they follow.
func (l *lane) wakeAll() {
	l.mu.Lock()
	l.all = true
	l.mu.Unlock()
	l.ring()
}

func (l *lane) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// visit puts a roster on the list; the caller holds mu.
func (l *lane) visit(followers *roster) {
	if !followers.isDue && len(followers.seats) > 0 {
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
		case <-l.bell:
		}
		round = l.takeDue(round[:0], everybody)
		for _, viewer := range round {
			viewer.wake()
		}
		clear(round) // a viewer that has gone is not held
	}
}

// takeDue appends the viewers of all rosters that are due.
func (l *lane) takeDue(round []*viewer, everybody func([]*viewer) []*viewer) []*viewer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all {
		l.all = false
		round = everybody(round)
	}
	for _, followers := range l.due {
		followers.isDue = false
		for _, seat := range followers.seats {
			round = append(round, seat.viewer)
		}
	}
	clear(l.due)
	l.due = l.due[:0]
	return round
}

// sit gives a seat a place among the followers of a topic.
func (l *lane) sit(topic *hub.Topic, at *seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	followers, exists := l.rosters[topic]
	if !exists {
		followers = &roster{topic: topic}
		l.rosters[topic] = followers
	}
	followers.add(at)
}

// sitWide gives a seat a place among those who follow all hosts.
func (l *lane) sitWide(at *seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wide.add(at)
}

func (r *roster) add(at *seat) {
	at.roster, at.number = r, len(r.seats)
	r.seats = append(r.seats, at)
}

// stand takes a seat's place away, if it has one. The last one takes the place that has become free.
func (l *lane) stand(at *seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := at.roster
	if r == nil {
		return
	}
	last := len(r.seats) - 1
	r.seats[at.number] = r.seats[last]
	r.seats[at.number].number = at.number
	r.seats[last] = nil
	r.seats = r.seats[:last]
	at.roster = nil
	if last == 0 && r.topic != nil {
		delete(l.rosters, r.topic)
	}
}
