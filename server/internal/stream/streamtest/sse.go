package streamtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Event is one event of an event stream as a browser dispatches it.
type Event struct {
	Name string // message, unless the stream says otherwise
	Data string
	ID   string // the last event id of the stream when the event was dispatched
}

// EventParser reads text/event-stream by the letter of the HTML standard (9.2.6, "Interpreting an event stream"); it shares
// no code with the writer.
type EventParser struct {
	RetryMs  int    // as the stream said last; 0 before
	LastID   string // as the stream said last
	Comments int    // comment lines so far

	reader  *bufio.Reader
	name    string
	data    []byte
	started bool // the first line was read
	afterCR bool
}

// NewEventParser parses what the reader gives.
func NewEventParser(reader io.Reader) *EventParser {
	return &EventParser{reader: bufio.NewReader(reader)}
}

// Next reads to the next event that is dispatched. An event that the stream ends in is dropped, as the standard wants.
func (p *EventParser) Next() (Event, error) {
	for {
		line, err := p.line()
		if err != nil {
			return Event{}, err
		}
		if len(line) > 0 {
			p.field(line)
			continue
		}
		if event, dispatched := p.dispatch(); dispatched {
			return event, nil
		}
	}
}

// line reads up to LF, CR LF or CR, decoded as UTF-8 without its byte order mark.
func (p *EventParser) line() (string, error) {
	var line []byte
	for {
		b, err := p.reader.ReadByte()
		if err != nil {
			return "", err
		}
		if b == '\n' && p.afterCR {
			p.afterCR = false
			continue
		}
		p.afterCR = b == '\r'
		if b == '\n' || b == '\r' {
			break
		}
		line = append(line, b)
	}
	if !p.started {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		p.started = true
	}
	return strings.ToValidUTF8(string(line), "\ufffd"), nil
}

func (p *EventParser) field(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "":
		p.Comments++
	case "event":
		p.name = value
	case "data":
		p.data = append(append(p.data, value...), '\n')
	case "id":
		if !strings.Contains(value, "\x00") {
			p.LastID = value
		}
	case "retry":
		if isDigits(value) {
			p.RetryMs, _ = strconv.Atoi(value)
		}
	}
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func (p *EventParser) dispatch() (Event, bool) {
	name, data := p.name, p.data
	p.name, p.data = "", nil
	if len(data) == 0 {
		return Event{}, false
	}
	if name == "" {
		name = "message"
	}
	return Event{Name: name, Data: string(data[:len(data)-1]), ID: p.LastID}, true
}

// EventClient reads an event stream over a connection of its own.
type EventClient struct {
	*EventParser
	Network  net.Conn
	Patience time.Duration // for each event; 30s unless it is set
	Header   http.Header
}

// StatusError is an answer that is no event stream.
type StatusError struct {
	Status int
	Header http.Header
	Body   string
}

func (e *StatusError) Error() string { return fmt.Sprintf("answered %d: %s", e.Status, e.Body) }

// OpenEvents asks for a path such as /events?batch=1 in HTTP/1.1. Each header is a line such as "Last-Event-ID: x-1". An
// answer that is no event stream is a [*StatusError].
func OpenEvents(address, path string, headers ...string) (*EventClient, error) {
	network, err := net.DialTimeout("tcp", address, dialPatience)
	if err != nil {
		return nil, err
	}
	lines := append([]string{"GET " + path + " HTTP/1.1", "Host: " + address, "Accept: text/event-stream"}, headers...)
	client, err := readEvents(network, strings.Join(lines, "\r\n")+"\r\n\r\n")
	if err != nil {
		_ = network.Close()
		return nil, err
	}
	return client, nil
}

func readEvents(network net.Conn, request string) (*EventClient, error) {
	_ = network.SetDeadline(time.Now().Add(dialPatience))
	if _, err := io.WriteString(network, request); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(network), nil)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		const maxBodyBytes = 4096
		body, _ := io.ReadAll(io.LimitReader(answer.Body, maxBodyBytes))
		return nil, &StatusError{Status: answer.StatusCode, Header: answer.Header, Body: string(body)}
	}
	return &EventClient{
		EventParser: NewEventParser(answer.Body), Network: network, Patience: dialPatience, Header: answer.Header,
	}, nil
}

// Next reads the next event; its patience holds for the whole event.
func (c *EventClient) Next() (Event, error) {
	if err := c.Network.SetReadDeadline(time.Now().Add(c.Patience)); err != nil {
		return Event{}, err
	}
	return c.EventParser.Next()
}

// NextValue skips pings.
func (c *EventClient) NextValue() (Event, error) {
	for {
		event, err := c.Next()
		if err != nil || event.Name != "ping" {
			return event, err
		}
	}
}

// ReadToEnd collects all events until the server ends the stream in order.
func (c *EventClient) ReadToEnd() ([]Event, error) {
	var events []Event
	for {
		event, err := c.Next()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, event)
	}
}

// CloseNow cuts the connection.
func (c *EventClient) CloseNow() { _ = c.Network.Close() }
