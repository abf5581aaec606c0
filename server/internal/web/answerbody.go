package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// leastPackedBytes is from what length on an answer is packed.
const leastPackedBytes = 4 << 10

// answerBody is where a long answer is written to: packed if the client takes that and it is worth it, and for a bounded time.
// It keeps quiet about errors: they mean that the client is gone, and nothing is sent any more.
type answerBody struct {
	w       http.ResponseWriter
	mayPack bool
	head    []byte // held back until it is known whether the answer is long
	packer  *gzip.Writer
	failed  bool
}

// newAnswerBody is for an answer that takes about that much memory.
func newAnswerBody(w http.ResponseWriter, r *http.Request, answerBytes int64) *answerBody {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime(answerBytes)))
	w.Header().Add("Vary", "Accept-Encoding")
	return &answerBody{w: w, mayPack: takesGzip(r.Header)}
}

func takesGzip(header http.Header) bool {
	return slices.Contains(acceptedEncodings(strings.Join(header.Values("Accept-Encoding"), ",")), "gzip")
}

// Write implements [io.Writer].
func (b *answerBody) Write(piece []byte) (int, error) {
	if b.packer == nil && b.mayPack {
		if b.head = append(b.head, piece...); len(b.head) < leastPackedBytes {
			return len(piece), nil
		}
		b.beginPacking()
		piece, b.head = b.head, nil
	}
	b.send(piece)
	return len(piece), nil
}

func (b *answerBody) beginPacking() {
	b.w.Header().Set("Content-Encoding", "gzip")
	b.packer, _ = gzip.NewWriterLevel(b.w, gzip.BestSpeed) // the level is known
}

func (b *answerBody) send(piece []byte) {
	var to io.Writer = b.w
	if b.packer != nil {
		to = b.packer
	}
	if b.failed {
		return
	}
	_, err := to.Write(piece)
	b.failed = err != nil
}

// close sends what was held back, and ends the packing.
func (b *answerBody) close() {
	if b.packer == nil {
		b.send(b.head)
		return
	}
	if !b.failed {
		_ = b.packer.Close()
	}
}
