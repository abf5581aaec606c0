package limits

import (
	"container/list"
	"net/netip"

	"golang.org/x/time/rate"
)

// maxVisitors bounds the table; the rest of the bound are visitors with connections or bodies, which are bounded by themselves.
const maxVisitors = 50_000

// table remembers visitors. It is guarded by its owner's lock.
type table struct {
	max      int
	visitors map[netip.Prefix]*visitor
	idle     list.List // visitors whom nothing holds, the longest unseen at the back
}

// visitor is what is known of one address.
type visitor struct {
	address     netip.Prefix
	connections int
	bodies      int           // that are being read
	held        int           // connections and bodies
	place       *list.Element // in idle; nil while it is held
	handshakes  *rate.Limiter // each is made when it is first wanted
	requests    *rate.Limiter
	bytes       *rate.Limiter
}

func newTable(maxVisitors int) *table {
	return &table{max: maxVisitors, visitors: make(map[netip.Prefix]*visitor)}
}

// visit finds a visitor or makes one, and notes that it was seen. The table is full of what cannot be forgotten only when
// there are more connections than it has places; then it grows with them.
func (t *table) visit(address netip.Prefix) *visitor {
	if found, known := t.visitors[address]; known {
		if found.place != nil {
			t.idle.MoveToFront(found.place)
		}
		return found
	}
	if len(t.visitors) >= t.max && t.idle.Len() > 0 {
		t.forgetOldest()
	}
	made := &visitor{address: address}
	made.place = t.idle.PushFront(made)
	t.visitors[address] = made
	return made
}

func (t *table) forgetOldest() {
	oldest := t.idle.Remove(t.idle.Back()).(*visitor)
	delete(t.visitors, oldest.address)
}

// hold counts something that its visitor has here; the visitor is remembered until all have been let go.
func (t *table) hold(v *visitor) {
	v.held++
	if v.place != nil {
		t.idle.Remove(v.place)
		v.place = nil
	}
}

func (t *table) letGo(v *visitor) {
	if v.held--; v.held == 0 {
		v.place = t.idle.PushFront(v)
	}
}
