package hub

import (
	"slices"
	"sort"
	"time"
)

// A mark is one sweep: whatever interval was due at that time and had not ended before, ended there. Each host has a
// serial of its own in it. Marks make folding a function of what is remembered: whoever folds the same ticks again later,
// with the same marks, gets the same rows under the same serials.
type mark struct {
	at     time.Duration
	serial uint64 // of the host in slot 0; the others follow
}

// marks are those of the recent past, oldest first.
type marks struct {
	list    []mark
	trimmed time.Duration // marks up to here are forgotten
}

// add remembers a mark, and forgets those that are too old for every ring.
func (m *marks) add(made mark, maxAge time.Duration) {
	stale := sort.Search(len(m.list), func(i int) bool { return made.at-m.list[i].at <= maxAge })
	if stale > len(m.list)/2 { // seldom, so that forgetting costs little
		m.trimmed = m.list[stale-1].at
		m.list = append([]mark(nil), m.list[stale:]...)
	}
	m.list = append(m.list, made)
}

// firstDue is the serial, for the host in the slot, of the first mark behind a tick's serial that is not earlier than due.
// If that mark may be forgotten, it is the serial right behind the tick's, which is kept free for that.
func (m *marks) firstDue(slot int, behind uint64, due time.Duration) (serial uint64, found bool) {
	if due <= m.trimmed {
		return behind + 1, true
	}
	i := sort.Search(len(m.list), func(i int) bool {
		return m.list[i].serial+uint64(slot) > behind && m.list[i].at >= due
	})
	if i == len(m.list) {
		return 0, false
	}
	return m.list[i].serial + uint64(slot), true
}

// clone is a copy for a reader without the lock.
func (m *marks) clone() marks { return marks{list: slices.Clone(m.list), trimmed: m.trimmed} }
