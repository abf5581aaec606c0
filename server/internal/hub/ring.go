package hub

import (
	"sort"
	"time"
)

// ring holds the newest ticks of a topic, row by row. It grows as needed; bounds are its owner's.
type ring struct {
	ticks []*Tick // row r stands at r % len; the length is a power of two
	first uint64  // the oldest row; rows count from 1
	next  uint64  // the row that comes next; equal to first while the ring is empty
}

const leastRing = 8

func newRing() ring { return ring{ticks: make([]*Tick, leastRing), first: 1, next: 1} }

func (r *ring) len() int { return int(r.next - r.first) }

// at is the tick of a row that the ring holds.
func (r *ring) at(row uint64) *Tick { return r.ticks[row&uint64(len(r.ticks)-1)] }

func (r *ring) oldest() *Tick { return r.at(r.first) }

func (r *ring) newest() *Tick { return r.at(r.next - 1) }

// push makes the tick the newest.
func (r *ring) push(tick *Tick) {
	if r.len() == len(r.ticks) {
		r.resize(2 * len(r.ticks))
	}
	tick.row = r.next
	r.ticks[tick.row&uint64(len(r.ticks)-1)] = tick
	r.next++
}

// dropOldest lets go of the oldest tick, and of the room that a past burst took.
func (r *ring) dropOldest() {
	r.ticks[r.first&uint64(len(r.ticks)-1)] = nil
	r.first++
	if len(r.ticks) > leastRing && r.len() < len(r.ticks)/4 {
		r.resize(len(r.ticks) / 2)
	}
}

func (r *ring) resize(size int) {
	ticks := make([]*Tick, size)
	for row := r.first; row < r.next; row++ {
		ticks[row&uint64(size-1)] = r.at(row)
	}
	r.ticks = ticks
}

// bound drops the oldest ticks that are too old or too many bytes; the newest always stays. It returns the last dropped one.
func (r *ring) bound(age time.Duration, bytes uint64) (dropped *Tick) {
	newest := r.newest()
	for r.len() > 1 {
		oldest := r.oldest()
		if newest.age-oldest.age < age && r.sizeBytes() <= bytes {
			break
		}
		dropped = oldest
		r.dropOldest()
	}
	return dropped
}

// sizeBytes is what all its ticks take.
func (r *ring) sizeBytes() uint64 {
	if r.len() == 0 {
		return 0
	}
	return r.newest().endBytes - r.oldest().endBytes + r.oldest().sizeBytes()
}

// search is the first row from the given one on for which found holds, or next; found must not turn false again.
func (r *ring) search(from uint64, found func(*Tick) bool) uint64 {
	from = max(from, r.first)
	return from + uint64(sort.Search(int(r.next-from), func(i int) bool { return found(r.at(from + uint64(i))) }))
}

// since copies the ticks from a row on.
func (r *ring) since(row uint64) []*Tick {
	if row >= r.next {
		return nil
	}
	ticks := make([]*Tick, 0, r.next-row)
	for ; row < r.next; row++ {
		ticks = append(ticks, r.at(row))
	}
	return ticks
}
