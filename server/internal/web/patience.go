package web

import (
	"net/http"
	"time"
)

// How fast an answer must be read.
const (
	leastBytesPerSecond = 32 << 10
	leastPatience       = 10 * time.Second // that every client has, however slow
	mostPatience        = 30 * time.Second // that a client can earn by having read fast
)

// patience is how much longer a client may take to read. What it reads earns it time, and while it is waited for that runs
// down; the time in which an answer is made does not count. So a client that stalls is cut off soon, and one that always
// takes a little at the last moment is too.
type patience struct {
	w       http.ResponseWriter
	control *http.ResponseController
	left    time.Duration
}

func newPatience(w http.ResponseWriter) *patience {
	return &patience{w, http.NewResponseController(w), leastPatience}
}

// Write implements [io.Writer].
func (p *patience) Write(piece []byte) (int, error) {
	began := time.Now()
	earned := time.Duration(len(piece)) * time.Second / leastBytesPerSecond
	p.left = min(p.left+earned, mostPatience)
	_ = p.control.SetWriteDeadline(began.Add(p.left)) // that it cannot be set is so in tests
	written, err := p.w.Write(piece)
	p.left -= time.Since(began)
	return written, err
}
