package web

import (
	"fmt"
	"net/http"

	"vitals/internal/ingest"
)

// writing makes a handler of a function that only answers POST and may fail; tell answers then. A page of another origin may
// not write, unless its origin was allowed: a browser would send what it wants without asking first.
func (s *Server) writing(serve failing, tell func(http.ResponseWriter, *http.Request, error)) http.Handler {
	limited := s.limits.Requests(serve)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.mayWrite(w, r)
		if err == nil {
			err = limited(w, r)
		}
		if err != nil {
			tell(w, r, err)
		}
	})
}

func (s *Server) mayWrite(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return &apiError{Code: codeMethod, Message: "only POST is answered here", Field: "method"}
	}
	if err := s.crossOrigin.Check(r); err != nil {
		return &apiError{Code: codeForbidden, Field: "Origin", Message: fmt.Sprintf(
			"pages from %.80q may not write to this server; start it with --allow-origin to let them", r.Header.Get("Origin"))}
	}
	return nil
}

// newCrossOrigin is the protection against pages that write in the name of who looks at them. The origins are as
// ParseOrigin made them, so none can be wrong.
func newCrossOrigin(allowed []string) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	for _, origin := range allowed {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			panic(fmt.Sprintf("web: %v", err))
		}
	}
	return protection
}

// addIngestion adds the paths that take events.
func (s *Server) addIngestion(routes *http.ServeMux) {
	if s.ingest == nil {
		return
	}
	routes.Handle("/api/v1/events", s.writing(s.servePush, s.writeError))
	routes.Handle("/api/v1/write", s.writing(s.serveWrite, s.writeLineError))
	routes.Handle("/api/v2/write", s.writing(s.serveWrite, s.writeLineError))
	routes.Handle("/api/v1/query", s.writing(s.ingest.ServeQuery, s.writeError))
}

func (s *Server) servePush(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r); err != nil {
		return err
	}
	return s.ingest.ServeEvents(w, r)
}

// lineParameters are what clients of InfluxDB send: both versions say the precision, the others choose a database, which
// there is none of here.
var lineParameters = []string{"precision", "db", "rp", "consistency", "u", "p", "org", "orgID", "bucket"}

func (s *Server) serveWrite(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r, lineParameters...); err != nil {
		return err
	}
	return s.ingest.ServeWrite(w, r)
}

// lineError is an error as clients of InfluxDB read it: those of version 1 error, those of version 2 code and message.
type lineError struct {
	Error   string `json:"error"`
	Code    string `json:"code"`
	Message string `json:"message"`
	*ingest.Answer
}

// writeLineError answers with an error in InfluxDB's words, which have no place for the field at fault but the message.
func (s *Server) writeLineError(w http.ResponseWriter, r *http.Request, err error) {
	failed := s.explain(r, err)
	message := failed.Message
	if failed.Field != "" {
		message = failed.Field + ": " + message
	}
	retryAfter(w, failed.wait)
	writeJSON(w, statusOf(failed.Code), lineError{Error: message, Code: failed.Code, Message: message, Answer: failed.answer})
}
