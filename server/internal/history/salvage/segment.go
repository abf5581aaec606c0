package salvage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/tsdb/record"
)

// The form of the library's log, see its wlog package: pages of 32 KiB with fragments of records. A fragment is a byte of
// type and compression, its length (2 bytes), a checksum (4 bytes) and the data. A zero byte ends a page.
const (
	logPage        = 32 << 10
	fragmentHeader = 7
	fragmentKind   = 0b00000111
	fragmentSnappy = 0b00001000
	fragmentZstd   = 0b00010000
	fragmentPacked = fragmentSnappy | fragmentZstd
	fragmentUnused = 0b11100000
	fragmentFull   = 1
	fragmentFirst  = 2
	fragmentMiddle = 3
	fragmentLast   = 4

	newestRecordKind = byte(record.FloatHistogramSamplesV2)
)

// segmentReport says what was found in a segment of the log.
type segmentReport struct {
	records int
	holes   []segmentHole
	torn    int64 // where a record begins that was cut off at the end of the file; -1 if there is none
	size    int64
}

// segmentHole is a stretch of a segment that does not verify.
type segmentHole struct {
	from, to int64
	reason   string
}

func (r segmentReport) damaged() bool { return len(r.holes) > 0 }

func (r segmentReport) reason() string {
	lost := int64(0)
	for _, hole := range r.holes {
		lost += hole.to - hole.from
	}
	first := r.holes[0]
	return fmt.Sprintf("%s at byte %d; %d of %d bytes do not verify, in %d places", first.reason, first.from, lost, r.size, len(r.holes))
}

// logRecord is a record as the log holds it: perhaps compressed, as its flags say. Its data is lent.
type logRecord struct {
	flags byte
	data  []byte
}

// scanSegment reads a segment and gives each record that verifies to the function, if there is one. After a place that does
// not verify it goes on at the next that does. Only reading errors and those of the function are errors.
func scanSegment(in io.Reader, each func(logRecord) error) (segmentReport, error) {
	s := segmentScanner{each: each, zeros: -1, report: segmentReport{torn: -1}}
	page := make([]byte, logPage)
	for {
		n, err := io.ReadFull(in, page)
		if n > 0 {
			if failed := s.page(page[:n]); failed != nil {
				return s.report, failed
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			s.end()
			return s.report, nil
		case err != nil:
			return s.report, fmt.Errorf("read the log: %w", err)
		}
	}
}

type segmentScanner struct {
	each   func(logRecord) error
	report segmentReport

	zeros   int64 // where a page ended early, with zeros; -1 if none did
	open    bool  // a record has begun and not ended
	begun   int64
	flags   byte
	pending []byte
}

func (s *segmentScanner) page(page []byte) error {
	base := s.report.size
	s.report.size += int64(len(page))
	if !allZero(page) {
		s.zeroed(base)
	}
	for at := 0; at < len(page); {
		if page[at] == 0 && allZero(page[at:]) {
			if len(page)-at > fragmentHeader && s.zeros < 0 {
				s.zeros = base + int64(at)
			}
			return nil
		}
		fragment, err := parseFragment(page, at)
		switch {
		case err == nil:
		case errors.Is(err, errCutOff) && nextFragment(page, at) == len(page):
			s.cutOff(base + int64(at))
			return nil
		default:
			next := nextFragment(page, at)
			s.hole(base+int64(at), base+int64(next), err.Error())
			at = next
			continue
		}
		if err := s.fragment(fragment, base+int64(at)); err != nil {
			return err
		}
		at += fragmentHeader + len(fragment.data)
	}
	return nil
}

// zeroed notes zeros that others follow: the library leaves no more of a page empty than what is too small for a record, but
// in the last one.
func (s *segmentScanner) zeroed(until int64) {
	if s.zeros >= 0 {
		s.hole(s.zeros, until, errZeros.Error())
		s.zeros = -1
	}
}

// fragment takes a fragment that verifies in itself. The order of fragments must be right too: their kind has no checksum.
func (s *segmentScanner) fragment(f logRecord, at int64) error {
	end := at + fragmentHeader + int64(len(f.data))
	kind, packed := f.flags&fragmentKind, f.flags&fragmentPacked
	switch begins := kind == fragmentFull || kind == fragmentFirst; {
	case begins == s.open, s.open && packed != s.flags:
		// One of two has a wrong kind, and nobody knows which: both are left out.
		s.hole(at, end, "a record of pieces that do not belong together")
		return nil
	case begins:
		s.open, s.begun, s.flags, s.pending = true, at, packed, s.pending[:0]
	}
	s.pending = append(s.pending, f.data...)
	if kind == fragmentFull || kind == fragmentLast {
		s.open = false
		return s.record(logRecord{flags: s.flags, data: s.pending}, end)
	}
	return nil
}

func (s *segmentScanner) record(record logRecord, end int64) error {
	if !plausible(record) {
		s.hole(s.begun, end, "a record of a kind that cannot be")
		return nil
	}
	s.report.records++
	if s.each == nil {
		return nil
	}
	return s.each(record)
}

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// plausible says whether a record can be packed as its flags say: they have no checksum.
func plausible(record logRecord) bool {
	switch record.flags {
	case fragmentZstd:
		return bytes.HasPrefix(record.data, zstdMagic)
	case fragmentSnappy: // the library can, we do not
		length, err := snappy.DecodedLen(record.data)
		if err != nil || length > mostRecordBytes {
			return false
		}
		_, err = snappy.Decode(nil, record.data)
		return err == nil
	}
	return len(record.data) > 0 && record.data[0] > 0 && record.data[0] <= newestRecordKind
}

// hole notes a stretch that does not verify. A record that is open cannot be completed beyond it.
func (s *segmentScanner) hole(from, to int64, reason string) {
	if s.open {
		from, s.open = min(from, s.begun), false
	}
	if last := len(s.report.holes) - 1; last >= 0 && s.report.holes[last].to >= from {
		s.report.holes[last].to = max(s.report.holes[last].to, to)
		return
	}
	s.report.holes = append(s.report.holes, segmentHole{from: from, to: to, reason: reason})
}

// cutOff notes a record that was being written when the process or the machine ended.
func (s *segmentScanner) cutOff(at int64) {
	if s.open {
		at, s.open = s.begun, false
	}
	s.report.torn = at
}

func (s *segmentScanner) end() {
	if s.open {
		s.cutOff(s.report.size)
	}
}

var (
	errCutOff      = errors.New("a record that was cut off")
	errNoFragment  = errors.New("no record where one should begin")
	errBadChecksum = errors.New("a record whose checksum is wrong")
	errBadLength   = errors.New("a record whose length cannot be")
	errZeros       = errors.New("zeros in place of records")
	castagnoli     = crc32.MakeTable(crc32.Castagnoli)
)

// parseFragment reads the fragment at a place of a page. A page that is not full is the last of its file.
func parseFragment(page []byte, at int) (logRecord, error) {
	flags := page[at]
	kind := flags & fragmentKind
	if kind < fragmentFull || kind > fragmentLast || flags&fragmentUnused != 0 || flags&fragmentPacked == fragmentPacked {
		return logRecord{}, errNoFragment
	}
	if at+fragmentHeader > logPage {
		return logRecord{}, errBadLength
	}
	if at+fragmentHeader > len(page) {
		return logRecord{}, errCutOff
	}
	length := int(binary.BigEndian.Uint16(page[at+1:]))
	end := at + fragmentHeader + length
	switch {
	case end > logPage, length == 0 && !(end == logPage && (kind == fragmentFirst || kind == fragmentMiddle)):
		// The library writes no empty records, but an empty beginning where nothing more fits into a page.
		return logRecord{}, errBadLength
	case end > len(page):
		return logRecord{}, errCutOff
	}
	data := page[at+fragmentHeader : end]
	if crc32.Checksum(data, castagnoli) != binary.BigEndian.Uint32(page[at+3:]) {
		return logRecord{}, errBadChecksum
	}
	return logRecord{flags: flags, data: data}, nil
}

// nextFragment is where the page goes on after a place that does not verify: its end if nothing more does. A length cannot be
// trusted there, so every byte might begin the next fragment. What follows it must fit as well, because data may look like one.
func nextFragment(page []byte, bad int) int {
	for at := bad + 1; at+fragmentHeader <= len(page); at++ {
		if _, err := parseFragment(page, at); err == nil && continues(page, at) {
			return at
		}
	}
	return len(page)
}

// continues says whether a fragment begins at a place, and either the page ends after it or another begins there.
func continues(page []byte, at int) bool {
	fragment, err := parseFragment(page, at)
	if err != nil {
		return false
	}
	next := at + fragmentHeader + len(fragment.data)
	if next >= len(page) || page[next] == 0 && allZero(page[next:]) {
		return true
	}
	_, err = parseFragment(page, next)
	return err == nil || errors.Is(err, errCutOff)
}

func allZero(bytes []byte) bool {
	for _, b := range bytes {
		if b != 0 {
			return false
		}
	}
	return true
}

// segmentWriter writes records in the form of the log.
type segmentWriter struct {
	out  io.Writer
	page []byte
}

func newSegmentWriter(out io.Writer) *segmentWriter {
	return &segmentWriter{out: out, page: make([]byte, 0, logPage)}
}

// write writes a record, as it is compressed already.
func (w *segmentWriter) write(record logRecord) error {
	for rest, begun := record.data, false; len(rest) > 0 || !begun; begun = true {
		if logPage-len(w.page) <= fragmentHeader {
			if err := w.flush(); err != nil {
				return err
			}
		}
		part := rest[:min(len(rest), logPage-len(w.page)-fragmentHeader, math.MaxUint16)]
		rest = rest[len(part):]
		w.page = append(w.page, fragmentKindOf(!begun, len(rest) == 0)|record.flags)
		w.page = binary.BigEndian.AppendUint16(w.page, uint16(len(part)))
		w.page = binary.BigEndian.AppendUint32(w.page, crc32.Checksum(part, castagnoli))
		w.page = append(w.page, part...)
	}
	return nil
}

func fragmentKindOf(first, last bool) byte {
	switch {
	case first && last:
		return fragmentFull
	case first:
		return fragmentFirst
	case last:
		return fragmentLast
	}
	return fragmentMiddle
}

// flush ends the page, filled up with zeros.
func (w *segmentWriter) flush() error {
	if len(w.page) == 0 {
		return nil
	}
	_, err := w.out.Write(append(w.page, make([]byte, logPage-len(w.page))...))
	w.page = w.page[:0]
	return err
}
