package stream

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// eventSocket is a viewer of an event stream: a network connection of which the HTTP server has been relieved, as of a
// WebSocket's. So its viewer costs no buffers of the server's, its bytes are shared, and its lane writes without waiting.
// The answer has no length and ends with the connection, which every version of HTTP/1 understands.
type eventSocket struct {
	net.Conn
	viewer *viewer
	left   allowance
}

// ServeEvents answers GET /events: the plain stream, or a session's frames, as the query asks. HEAD is answered with the head
// alone. The error, a [*wire.FieldError], [ErrStopping] or what Admit gave, is for the caller to answer; with nil the
// answer is given.
func (s *Streams) ServeEvents(w http.ResponseWriter, r *http.Request) error {
	request, err := s.parseEvents(r)
	if err != nil {
		return err
	}
	setEventHeaders(w.Header())
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	leave, err := s.enter(r)
	if err != nil {
		clearEventHeaders(w.Header())
		return err
	}
	network, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		leave()
		clearEventHeaders(w.Header())
		return fmt.Errorf("open event stream: %w", err)
	}
	head := eventHead(w.Header())
	if tcp, isTCP := network.(*net.TCPConn); isTCP {
		tune(tcp)
	}
	socket := &eventSocket{Conn: network, left: newAllowance(s.limits)}
	socket.viewer = s.newViewer(lineOf(network), request, s.peer(r))
	go func() { // not the handler's goroutine: its stack and all that the request holds can go
		defer leave()
		socket.serve(request, head)
	}()
	return nil
}

func (s *Streams) parseEvents(r *http.Request) (viewerRequest, error) {
	request, err := s.parseRequest(r, transportEvents)
	if err != nil {
		return viewerRequest{}, err
	}
	return request, s.checkHosts(request)
}

// checkHosts refuses hosts that are not there while there is a status to say so. A session is told by a frame, as on a
// WebSocket: its other hosts are there, and it hears when this one comes. So is a browser that comes back, by a goodbye: it
// takes any status but 200 for a no for ever, and the host may only not have been heard of since the server started.
func (s *Streams) checkHosts(request viewerRequest) error {
	if request.shape == shapeSession || request.resume != nil {
		return nil
	}
	for _, host := range request.hosts {
		if _, known := s.bus.Catalog(host); !known {
			return unknownHost("host", host)
		}
	}
	return nil
}

// eventHeaders keep an event stream an event stream: no proxy may hold it back, change, pack or keep it. Connection says
// that the answer ends with the connection.
var eventHeaders = [...][2]string{
	{"Content-Type", "text/event-stream; charset=utf-8"},
	{"Cache-Control", "no-cache, no-transform"},
	{"X-Accel-Buffering", "no"},
	{"Connection", "close"},
}

func setEventHeaders(header http.Header) {
	for _, line := range eventHeaders {
		header.Set(line[0], line[1])
	}
}

func clearEventHeaders(header http.Header) {
	for _, line := range eventHeaders {
		header.Del(line[0])
	}
}

// eventHead is the head of the answer. It says HTTP/1.1 to HTTP/1.0 too, as RFC 9110 (6.2) wants.
func eventHead(header http.Header) []byte {
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\nDate: " + time.Now().UTC().Format(http.TimeFormat) + "\r\n")
	_ = header.Write(&head) // a buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}

// serve runs a viewer to its end.
func (s *eventSocket) serve(request viewerRequest, head []byte) {
	v := s.viewer
	v.log("viewer came", nil)
	v.mu.Lock()
	v.outbox.add(eventFraming{}.Opening(head))
	v.mu.Unlock()
	v.begin(request)
	v.streams.add(v)
	defer v.streams.remove(v)
	s.listen()
	v.leave()
	cause := v.ending.Load().cause
	if wanted, is := errors.AsType[*closing](cause); is {
		_, _ = v.lastWords(v.framing.Goodbye(nil, wanted)) // the viewer may be gone by now
	}
	_ = s.Conn.Close()
	v.log("viewer went", cause)
}

// listen waits for the end of the viewer. Nothing is expected of it but that it leaves; what it says is limited and dropped.
func (s *eventSocket) listen() {
	var dropped [64]byte
	for s.viewer.ending.Load() == nil {
		n, err := s.Conn.Read(dropped[:])
		switch {
		case err != nil:
			s.viewer.end(err)
		case !spend(s.left.bytes, n):
			s.viewer.streams.counts.cut(cutFlood)
			s.viewer.end(errManyBytes)
		}
	}
}
