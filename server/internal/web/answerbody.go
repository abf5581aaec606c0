package web

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	leastPackedBytes = 4 << 10 // from what length on an answer is packed
	packingLevel     = 2       // as fast as 1, and packs columns better
)

// packer gathers what comes out of gzip into pieces: it comes a few hundred bytes at a time, and each piece that is sent
// costs some.
type packer struct {
	*gzip.Writer
	packed *bufio.Writer
}

// packers are kept for the next answer: one takes more memory than most answers.
var packers = sync.Pool{New: func() any {
	packed := bufio.NewWriterSize(nil, pieceBytes)
	writer, _ := gzip.NewWriterLevel(packed, packingLevel) // the level is known
	return &packer{writer, packed}
}}

// reset begins anew, for another client.
func (p *packer) reset(client io.Writer) {
	p.packed.Reset(client)
	p.Reset(p.packed)
}

// end sends what there is.
func (p *packer) end() {
	if p.Close() == nil {
		_ = p.packed.Flush()
	}
}

// answerBody is where a long answer is written to: packed if the client takes that and it is worth it, and as long as it is read.
// It keeps quiet about errors: they mean that the client is gone, and nothing is sent any more.
type answerBody struct {
	header  http.Header
	client  io.Writer
	begin   func() error // asks for leave before anything is sent; nil for no need
	refused error        // what begin said; nothing was sent then
	mayPack bool
	head    []byte // held back until it is known whether the answer is long
	packer  *packer
	failed  bool
}

func newAnswerBody(w http.ResponseWriter, r *http.Request) *answerBody {
	w.Header().Add("Vary", "Accept-Encoding")
	return &answerBody{header: w.Header(), client: newPatience(w), mayPack: takesGzip(r.Header)}
}

func takesGzip(header http.Header) bool {
	return slices.Contains(acceptedEncodings(strings.Join(header.Values("Accept-Encoding"), ",")), "gzip")
}

// Write implements [io.Writer].
func (b *answerBody) Write(piece []byte) (int, error) {
	if b.packer == nil && b.mayPack {
		if len(b.head)+len(piece) < leastPackedBytes {
			b.head = append(b.head, piece...)
			return len(piece), nil
		}
		b.beginPacking()
		b.send(b.head)
		b.head = nil
	}
	b.send(piece)
	return len(piece), nil
}

func (b *answerBody) beginPacking() {
	b.header.Set("Content-Encoding", "gzip")
	b.packer, _ = packers.Get().(*packer)
	b.packer.reset(b.client)
}

func (b *answerBody) send(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if begin := b.begin; begin != nil {
		b.begin, b.refused = nil, begin()
		b.failed = b.refused != nil
	}
	if b.failed {
		return
	}
	to := b.client
	if b.packer != nil {
		to = b.packer
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
		b.packer.end()
	}
	b.packer.reset(nil)
	packers.Put(b.packer)
}
