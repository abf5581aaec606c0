package stream

import (
	"container/list"
	"sync"

	"vitals/internal/hub"
)

// maxPieceBytes bounds what is kept of encoded pasts, for all viewers together. Ten minutes of 100 series are 1 MB.
const maxPieceBytes = 16 << 20

// maxPieces bounds what small pieces hold beside their bytes: the ticks and the view that name them stay in memory with them.
const maxPieces = 1 << 10

// pieceCache keeps the pieces of the past that were asked for last, so that a thousand viewers who come back at once cost
// one encoding.
type pieceCache struct {
	maxBytes int

	mu     sync.Mutex
	pieces map[pieceKey]*list.Element // of *piece
	recent *list.List                 // the one asked for last is in front
	bytes  int
}

// pieceKey names a piece: ticks and views never change.
type pieceKey struct {
	view        *view
	first, last *hub.Tick
	from        uint64
}

// piece is a snapshot frame as it travels, made by whoever asks first.
type piece struct {
	key   pieceKey
	once  sync.Once
	bytes []byte
	held  int // what the cache counts for it; guarded by the cache
}

func newPieceCache(maxBytes int) *pieceCache {
	return &pieceCache{maxBytes: maxBytes, pieces: make(map[pieceKey]*list.Element), recent: list.New()}
}

// get finds the piece or has it made.
func (c *pieceCache) get(key pieceKey, make func() []byte) []byte {
	element := c.find(key)
	wanted := element.Value.(*piece)
	wanted.once.Do(func() {
		wanted.bytes = make()
		c.count(element)
	})
	return wanted.bytes
}

func (c *pieceCache) find(key pieceKey) *list.Element {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, known := c.pieces[key]
	if known {
		c.recent.MoveToFront(element)
		return element
	}
	element = c.recent.PushFront(&piece{key: key})
	c.pieces[key] = element
	return element
}

// count adds a piece that has been made and lets go of the oldest ones beyond the bound.
func (c *pieceCache) count(element *list.Element) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := element.Value.(*piece)
	if c.pieces[made.key] != element {
		return // forgotten while it was made
	}
	made.held = cap(made.bytes)
	c.bytes += made.held
	for c.bytes > c.maxBytes || c.recent.Len() > maxPieces {
		oldest := c.recent.Remove(c.recent.Back()).(*piece)
		delete(c.pieces, oldest.key)
		c.bytes -= oldest.held
	}
}

// forget lets go of all pieces: nobody is there who could share them.
func (c *pieceCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.pieces)
	c.recent.Init()
	c.bytes = 0
}
