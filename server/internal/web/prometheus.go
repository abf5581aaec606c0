package web

import (
	"context"
	"errors"
	"net/http"

	"vitals/internal/promapi"
)

// prometheusPath is where readers of a Prometheus find one.
const prometheusPath = "/prometheus"

// addPrometheus adds the paths of Prometheus' API. Its questions take turns with those to history.
func (s *Server) addPrometheus(routes *http.ServeMux, options *promapi.Options) {
	serve := servePrometheusOff
	if options != nil {
		complete := *options
		complete.Enter = s.enterPrometheus
		serve = s.servePrometheus(promapi.New(complete))
	}
	limited := s.limits.Requests(serve)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := limited(w, r); err != nil {
			s.writePrometheusError(w, r, err)
		}
	})
	routes.Handle(prometheusPath, handler)
	routes.Handle(prometheusPath+"/", handler)
}

func (s *Server) servePrometheus(api *promapi.API) failing {
	below := http.StripPrefix(prometheusPath, api)
	return func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Path == prometheusPath {
			return promapi.NoSuchPath()
		}
		body := newAnswerBody(w, r)
		defer body.close()
		below.ServeHTTP(&packedWriter{ResponseWriter: w, body: body}, r.WithContext(context.WithValue(r.Context(), bodyOf{}, body)))
		if body.refused != nil {
			w.Header().Del("Content-Encoding")
		}
		return body.refused
	}
}

// bodyOf is the key of a question's answer body in its context.
type bodyOf struct{}

// enterPrometheus takes a place to work on a question. A large answer is sent as it is made: from when that begins it has its
// place among those that are sent.
func (s *Server) enterPrometheus(ctx context.Context) (leave func(), err error) {
	place, err := s.turns.take(ctx)
	if err != nil {
		return nil, err
	}
	body, _ := ctx.Value(bodyOf{}).(*answerBody) // servePrometheus sets it
	body.begin = func() error { return place.send(ctx, unknownAnswerBytes) }
	return func() {
		body.begin = nil
		place.end()
	}, nil
}

// servePrometheusOff answers where there is no history to ask.
func servePrometheusOff(http.ResponseWriter, *http.Request) error {
	return &promapi.Error{Kind: promapi.NotFound, Message: "this server keeps no history to ask; start it with --history on"}
}

// writePrometheusError answers with an error in the words of Prometheus, which have no place for a code or a field.
func (s *Server) writePrometheusError(w http.ResponseWriter, r *http.Request, err error) {
	if known, isKnown := errors.AsType[*promapi.Error](err); isKnown {
		promapi.WriteError(w, known)
		return
	}
	failed := s.explain(r, err)
	retryAfter(w, failed.wait)
	promapi.WriteError(w, &promapi.Error{Kind: promapi.Unavailable, Status: statusOf(failed.Code), Message: failed.Message})
}

// packedWriter packs an answer that succeeds and is not packed yet.
type packedWriter struct {
	http.ResponseWriter
	body *answerBody
}

// WriteHeader implements [http.ResponseWriter].
func (p *packedWriter) WriteHeader(status int) {
	p.body.mayPack = p.body.mayPack && status == http.StatusOK
	p.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (p *packedWriter) Write(piece []byte) (int, error) {
	if p.Header().Get("Content-Encoding") != "" && p.body.packer == nil {
		p.body.mayPack = false
	}
	return p.body.Write(piece)
}
