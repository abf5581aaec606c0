package stream

// outbox is what has been made for a viewer and is not written yet: chunks of whole messages. A chunk that was begun is
// finished before anything else is written.
type outbox struct {
	chunks [][]byte
	next   int // the chunk that is being written
	offset int // how much of it has been
}

// add takes a chunk that nobody will change; an empty one is none.
func (o *outbox) add(chunk []byte) {
	if len(chunk) > 0 {
		o.chunks = append(o.chunks, chunk)
	}
}

func (o *outbox) isEmpty() bool { return o.next == len(o.chunks) }

// head is what is to be written next.
func (o *outbox) head() []byte { return o.chunks[o.next][o.offset:] }

func (o *outbox) length() int { return len(o.chunks) - o.next }

// advance notes that so much of head has been written.
func (o *outbox) advance(length int) {
	o.offset += length
	if o.offset < len(o.chunks[o.next]) {
		return
	}
	o.chunks[o.next] = nil
	o.next, o.offset = o.next+1, 0
	if o.isEmpty() {
		o.chunks, o.next = o.chunks[:0], 0
	}
}
