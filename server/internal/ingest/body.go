package ingest

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"

	"vitals/internal/wire"
)

// Bounds of a body.
const (
	maxWireBytes    = 1 << 20 // as it is sent
	maxDecodedBytes = 4 << 20 // unpacked
	maxEvents       = 100_000 // a few kilobytes of gzip may hold many more
)

var errTooManyEvents = fmt.Errorf("at most %d events are allowed in one push; push in pieces", maxEvents)

// The codes of requests that are refused as a whole.
const (
	CodeTooLarge      = "payload_too_large"
	CodeMedia         = "unsupported_media"
	CodeUnprocessable = "unprocessable"
	CodeTooManySeries = codeTooManySeries
	CodeTimeout       = "request_timeout"
	CodeBusy          = "unavailable"

	CodeStorageFull        = codeStorageFull
	CodeHistoryUnavailable = codeHistoryUnavailable
)

// Refusal is a push that was refused as a whole, or whose body failed when some of it had been taken.
type Refusal struct {
	Code        string  // for programs
	Message     string  // for people
	Field       string  // the part of the request at fault
	RetryAfterS int     // seconds after which it may be tried again; 0 when that is of no use
	Answer      *Answer // what had become of the events until then; nil when none was looked at
}

// Error is the message.
func (r *Refusal) Error() string { return r.Message }

// body is a request's body behind its bounds.
type body struct {
	io.Reader
	release func()
}

// open checks what a request says of its body, and puts the bounds around it. The caller closes it.
func (s *Service) open(w http.ResponseWriter, r *http.Request, media []string) (*body, error) {
	if err := checkMedia(r, media); err != nil {
		return nil, err
	}
	if err := s.ready(); err != nil {
		return nil, storageRefusal(err)
	}
	if r.ContentLength > maxWireBytes {
		return nil, tooLarge("Content-Length", maxWireBytes, "")
	}
	unpack := false
	encoding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ","))
	switch encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		unpack = true
	default:
		w.Header().Set("Accept-Encoding", "gzip")
		message := fmt.Sprintf("%.40q is not read here; allowed is gzip", encoding)
		return nil, &Refusal{Code: CodeMedia, Field: "Content-Encoding", Message: message}
	}
	select {
	case s.bodies <- struct{}{}:
	default:
		return nil, &Refusal{Code: CodeBusy, RetryAfterS: 1, Message: "too many pushes are being read at once; come back soon"}
	}
	opened := &body{Reader: http.MaxBytesReader(w, r.Body, maxWireBytes), release: func() { <-s.bodies }}
	if unpack {
		opened.Reader = &unpacker{packed: opened.Reader}
	}
	opened.Reader = &bounded{in: opened.Reader, left: maxDecodedBytes}
	return opened, nil
}

func (b *body) close() { b.release() }

// checkMedia wants a body of a type that is read here. No type at all is fine, and so is the one of forms: curl sends it
// with -d when it is told nothing else.
func checkMedia(r *http.Request, media []string) error {
	text := r.Header.Get("Content-Type")
	if text == "" {
		return nil
	}
	named, parameters, err := mime.ParseMediaType(text)
	if err != nil || !slices.Contains(media, named) {
		message := fmt.Sprintf("%.60q is not read here; allowed are %s", text, strings.Join(media, ", "))
		return &Refusal{Code: CodeMedia, Field: "Content-Type", Message: message}
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return &Refusal{Code: CodeMedia, Field: "Content-Type", Message: fmt.Sprintf("the charset must be utf-8, is %.40q", charset)}
	}
	return nil
}

// unpacker reads gzip. It begins when it is first read, because that can fail.
type unpacker struct {
	packed io.Reader
	plain  *gzip.Reader
}

// Read implements [io.Reader].
func (u *unpacker) Read(p []byte) (int, error) {
	if u.plain == nil {
		plain, err := gzip.NewReader(u.packed)
		if err != nil {
			return 0, badGzip(err)
		}
		u.plain = plain
	}
	n, err := u.plain.Read(p)
	return n, badGzip(err)
}

var errBadGzip = errors.New("the body is not gzip, or is broken off")

// badGzip tells what is wrong with the packing from an end and from what is wrong with the connection.
func badGzip(err error) error {
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF), isCorrupt(err):
		return errBadGzip
	}
	return err
}

// bounded is a reader that fails, rather than ends, when there is more.
type bounded struct {
	in   io.Reader
	left int
}

var errUnpackedTooLarge = errors.New("the body is too large unpacked")

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if len(p) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.in.Read(p)
	if n > b.left {
		return b.left, errUnpackedTooLarge
	}
	b.left -= n
	return n, err
}

// explain turns what ended a body too early into what the client is told.
func explain(err error) *Refusal {
	var larger *http.MaxBytesError
	switch {
	case errors.As(err, &larger):
		return tooLarge("body", maxWireBytes, "")
	case errors.Is(err, errUnpackedTooLarge):
		return tooLarge("body", maxDecodedBytes, " unpacked")
	case errors.Is(err, errPointTooLong), errors.Is(err, errTooManyEvents):
		return &Refusal{Code: CodeTooLarge, Field: "body", Message: err.Error()}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Refusal{Code: CodeTimeout, Field: "body", Message: "the body came too slowly"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Refusal{Code: wire.CodeBadRequest, Field: "body", Message: "the body is shorter than announced"}
	}
	return &Refusal{Code: wire.CodeBadRequest, Field: "body", Message: clip(err.Error())}
}

func tooLarge(field string, most int, how string) *Refusal {
	return &Refusal{Code: CodeTooLarge, Field: field, Message: fmt.Sprintf("at most %d bytes are allowed%s; push in pieces", most, how)}
}

// isCorrupt reports whether packed data makes no sense.
func isCorrupt(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt
}
