package ingest

import (
	"bufio"
	"errors"
	"io"
)

// maxEventBytes bounds one event as it is written, and one point of the line protocol.
const maxEventBytes = 64 << 10

var (
	errNotAnObject  = errors.New("an event is a JSON object such as {\"metric\":\"room.temp\",\"value\":21.3}")
	errEventTooLong = errors.New("the event has more than 65536 bytes")
	errUnclosed     = errors.New("the event is not closed by a }")

	errArrayComma = errors.New("events of an array are separated by one comma")
	errArrayOpen  = errors.New("the array is not closed by a ]")
	errArrayRest  = errors.New("nothing may follow the array")
)

// splitter cuts a body into the texts of its events: one object, an array of them, or one after the other, on lines or
// not. It holds one event at a time.
//
// Events are flat, which makes the cut robust: a { at the beginning of a line always starts an event, so that a line that
// was broken off spoils no other one.
type splitter struct {
	in      *bufio.Reader
	text    []byte // of the event that is being read
	tooLong bool   // and is not kept any further
	began   bool   // something other than white space was seen
	isArray bool
	ended   bool // the array was closed
}

func newSplitter(in io.Reader) *splitter {
	const readBytes = 8 << 10
	return &splitter{in: bufio.NewReaderSize(in, readBytes)}
}

// next gives the text of the next event, valid until the next call. A bad event comes as errNotAnObject, errEventTooLong
// or errUnclosed, and the ones behind it follow; every other error ends the body, [io.EOF] as it should.
func (s *splitter) next() ([]byte, error) {
	c, err := s.skipSpace()
	switch {
	case err != nil:
		return nil, s.atEnd(err)
	case !s.began && c == '[':
		s.began, s.isArray = true, true
		return s.firstElement()
	case s.ended:
		return nil, errArrayRest
	case s.isArray:
		return s.nextElement(c)
	case c != '{':
		s.began = true
		return nil, s.skipLine(c)
	}
	s.began = true
	return s.object()
}

// atEnd says whether the body may end here.
func (s *splitter) atEnd(err error) error {
	if errors.Is(err, io.EOF) && s.isArray && !s.ended {
		return errArrayOpen
	}
	return err
}

func (s *splitter) firstElement() ([]byte, error) {
	c, err := s.skipSpace()
	if err != nil {
		return nil, s.atEnd(err)
	}
	if c == ']' {
		s.ended = true
		return s.next()
	}
	return s.element(c)
}

// nextElement goes on behind an element, where c stands.
func (s *splitter) nextElement(c byte) ([]byte, error) {
	if c == ']' {
		s.ended = true
		return s.next()
	}
	if c != ',' {
		return nil, errArrayComma
	}
	c, err := s.skipSpace()
	if err != nil {
		return nil, s.atEnd(err)
	}
	return s.element(c)
}

func (s *splitter) element(c byte) ([]byte, error) {
	switch c {
	case '{':
		return s.object()
	case ',', ']':
		return nil, errArrayComma
	}
	return nil, s.skipElement(c)
}

// isEventFault reports whether an error is about one event only.
func isEventFault(err error) bool {
	return errors.Is(err, errNotAnObject) || errors.Is(err, errEventTooLong) || errors.Is(err, errUnclosed)
}

// object reads to the } that closes the { just read.
func (s *splitter) object() ([]byte, error) {
	s.text, s.tooLong = append(s.text[:0], '{'), false
	freshLine := false // only white space since the line began
	for depth := 1; depth > 0; {
		c, err := s.in.ReadByte()
		if err != nil {
			return nil, s.brokenOff(err, errUnclosed)
		}
		s.keep(c)
		switch c {
		case '"':
			if err := s.quoted(); err != nil {
				return nil, err
			}
		case '{', '[':
			if c == '{' && freshLine {
				return nil, errors.Join(errUnclosed, s.in.UnreadByte())
			}
			depth++
		case '}', ']':
			depth--
		}
		freshLine = c == '\n' || freshLine && isSpace(c)
	}
	if s.tooLong {
		return nil, errEventTooLong
	}
	return s.text, nil
}

// quoted reads to the quote that closes the one just read. Texts have no line breaks of their own.
func (s *splitter) quoted() error {
	for escaped := false; ; {
		c, err := s.in.ReadByte()
		if err != nil {
			return s.brokenOff(err, errUnclosed)
		}
		if c == '\n' {
			return errUnclosed
		}
		s.keep(c)
		if c == '"' && !escaped {
			return nil
		}
		escaped = c == '\\' && !escaped
	}
}

// keep remembers a byte of the event, up to the bound.
func (s *splitter) keep(c byte) {
	if len(s.text) == maxEventBytes {
		s.tooLong = true
		return
	}
	s.text = append(s.text, c)
}

// brokenOff turns the end of the body inside an event into a fault of the event; a body that fails fails as it did.
func (s *splitter) brokenOff(err, bad error) error {
	if errors.Is(err, io.EOF) {
		return bad
	}
	return err
}

// skipLine passes over something that is no object, to the end of the line.
func (s *splitter) skipLine(c byte) error {
	for c != '\n' {
		var err error
		if c, err = s.in.ReadByte(); err != nil {
			return s.brokenOff(err, errNotAnObject)
		}
	}
	return errNotAnObject
}

// skipElement passes over an element of the array that is no object and begins with c.
func (s *splitter) skipElement(c byte) error {
	s.text, s.tooLong = s.text[:0], false
	for depth := 0; ; {
		switch c {
		case '"':
			if err := s.quoted(); err != nil {
				return err
			}
		case '[', '{':
			depth++
		case ']', '}', ',':
			if depth == 0 {
				return errors.Join(errNotAnObject, s.in.UnreadByte())
			}
			if c != ',' {
				depth--
			}
		}
		var err error
		if c, err = s.in.ReadByte(); err != nil {
			return s.brokenOff(err, errNotAnObject)
		}
	}
}

// skipSpace reads on to the first byte that is no white space.
func (s *splitter) skipSpace() (byte, error) {
	for {
		c, err := s.in.ReadByte()
		if err != nil || !isSpace(c) {
			return c, err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
