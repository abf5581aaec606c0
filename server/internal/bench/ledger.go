package bench

// Ledger is what viewers saw between two moments. Counts are ticks: rows of the stream.
type Ledger struct {
	Deliveries int `json:"deliveries"`
	Bytes      int `json:"bytes"`      // on the connections, heads of messages included, those of TCP not
	Gaps       int `json:"gaps"`       // announcements of dropped ticks
	Dropped    int `json:"dropped"`    // ticks that were announced as dropped
	Lost       int `json:"lost"`       // ticks that are missing without a word
	Duplicates int `json:"duplicates"` // ticks that came twice
	Closed     int `json:"closed"`     // connections that the server ended
}

// arrived takes note of a row that stands for the positions from first to last; 0 for streams without positions.
func (v *viewer) arrived(ledger *Ledger, first, last uint64) {
	ledger.Deliveries++
	if last == 0 {
		return
	}
	switch {
	case v.position == 0: // the first row; what was before it is unknown
	case last <= v.position:
		ledger.Duplicates++
		return
	case first > v.position+1:
		ledger.Lost += int(first - v.position - 1)
	}
	v.position = last
}

// announced takes note of a gap.
func (v *viewer) announced(ledger *Ledger, last, dropped uint64) {
	ledger.Gaps++
	ledger.Dropped += int(dropped)
	v.position = max(v.position, last)
}

// add sums up.
func (l *Ledger) add(other Ledger) {
	l.Deliveries += other.Deliveries
	l.Bytes += other.Bytes
	l.Gaps += other.Gaps
	l.Dropped += other.Dropped
	l.Lost += other.Lost
	l.Duplicates += other.Duplicates
	l.Closed += other.Closed
}
