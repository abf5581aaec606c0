package stream

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"vitals/internal/wire"
)

// ServeWebSocket answers GET /ws: a session if the client offers one of its subprotocols, else the plain stream that the
// query asks for. The error, a [*wire.FieldError], [ErrStopping] or what Admit gave, is for the caller to answer; with nil
// the answer is given.
func (s *Streams) ServeWebSocket(w http.ResponseWriter, r *http.Request) error {
	request, err := s.parseWebSocket(r)
	if err != nil {
		return err
	}
	if err := checkHandshake(w.Header(), r); err != nil {
		return err
	}
	leave, err := s.enter(r)
	if err != nil {
		return err
	}
	socket, err := s.accept(w, r, request)
	if err != nil {
		leave()
		s.logger.Debug().Err(err).Str("remote", s.peer(r)).Msg("handshake refused")
		return nil // the library has answered
	}
	go func() { // not the handler's goroutine: its stack and all that the request holds can go
		defer leave()
		socket.serve(request)
	}()
	return nil
}

// serve runs a viewer to its end.
func (s *socket) serve(request viewerRequest) {
	v := s.viewer
	v.log("viewer came", nil)
	v.begin(request)
	v.streams.add(v)
	defer v.streams.remove(v)
	for v.ending.Load() == nil {
		message, err := s.read()
		if err == nil {
			err = v.hear(message)
		}
		if err != nil {
			v.end(err)
		}
	}
	v.leave()
	end := v.ending.Load()
	s.close(end)
	v.log("viewer went", end.cause)
}

func (v *viewer) log(event string, cause error) {
	v.streams.logger.Debug().Str("remote", v.peer).Func(func(line *zerolog.Event) {
		line.Bool("session", v.kind.shape == shapeSession).AnErr("cause", cause)
	}).Msg(event)
}

// hear takes a message of the client.
func (v *viewer) hear(message []byte) error {
	if v.kind.shape != shapeSession {
		return &closing{websocket.StatusPolicyViolation, "the plain stream takes no messages; sessions do, by " + wire.SubprotocolJSON}
	}
	frame, err := v.codec.DecodeClient(message)
	if err != nil {
		return v.refuseFrame(err)
	}
	return v.obey(context.Background(), frame)
}

// parseWebSocket reads what a WebSocket is to be.
func (s *Streams) parseWebSocket(r *http.Request) (viewerRequest, error) {
	request, err := s.parseRequest(r, transportWebSocket)
	if err != nil {
		return viewerRequest{}, err
	}
	offered := offeredSubprotocols(r.Header)
	for _, subprotocol := range offered { // the client's order is its wish
		if format, known := formatOf(subprotocol); known {
			request.shape, request.format = shapeSession, format
			break
		}
	}
	if len(offered) > 0 && request.shape != shapeSession {
		return viewerRequest{}, &wire.FieldError{
			Code: "unsupported_protocol", Field: "Sec-WebSocket-Protocol",
			Message: "this server speaks " + wire.SubprotocolJSON + " and " + wire.SubprotocolCBOR +
				", and the plain stream without a subprotocol",
		}
	}
	return request, s.checkHosts(request)
}

// formatOf is the format of a session's subprotocol.
func formatOf(subprotocol string) (of format, known bool) {
	switch subprotocol {
	case wire.SubprotocolJSON:
		return formatJSON, true
	case wire.SubprotocolCBOR:
		return formatCBOR, true
	}
	return formatJSON, false
}
