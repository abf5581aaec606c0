package stream

import (
	"testing"

	"vitals/internal/hub"
)

// The bound is one of memory, and what is encoded step by step takes more of it than it is long.
func TestThePieceCacheCountsWhatItHolds(t *testing.T) {
	const maxBytes, pieceBytes = 1000, 100
	cache := newPieceCache(maxBytes)
	for range 100 {
		key := pieceKey{first: &hub.Tick{}}
		cache.get(key, func() []byte { return make([]byte, 1, pieceBytes) })
	}
	if kept := len(cache.pieces); kept != maxBytes/pieceBytes || cache.recent.Len() != kept || cache.bytes != maxBytes {
		t.Errorf("%d pieces are kept, %d bytes are counted", kept, cache.bytes)
	}
}

// Filters that fit nearly nothing make pieces of a few bytes, each of which holds two ticks and a view.
func TestThePieceCacheHoldsFewPiecesHoweverSmall(t *testing.T) {
	cache := newPieceCache(maxPieceBytes)
	for range 3 * maxPieces {
		cache.get(pieceKey{view: &view{}, first: &hub.Tick{}}, func() []byte { return nil })
	}
	if kept := len(cache.pieces); kept != maxPieces || cache.recent.Len() != kept {
		t.Errorf("%d pieces are kept", kept)
	}
}
