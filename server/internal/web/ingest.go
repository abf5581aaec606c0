package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"vitals/internal/ingest"
)

// writing makes a handler of a function that only answers POST and may fail. A page of another origin may not write,
// unless its origin was allowed: a browser would send what it wants without asking first.
func (s *Server) writing(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.mayWrite(w, r); err != nil {
			s.writeError(w, r, err)
			return
		}
		if err := serve(w, r); err != nil {
			s.writeError(w, r, err)
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
	routes.Handle("/api/v1/events", s.writing(s.limits.Requests(s.servePush)))
	routes.Handle("/api/v1/write", s.writing(s.limits.Requests(s.serveWrite)))
	routes.Handle("/api/v2/write", s.writing(s.limits.Requests(s.serveWrite)))
	routes.Handle("/api/v1/query", s.writing(s.limits.Requests(s.ingest.ServeQuery)))
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

// serveWrite answers in InfluxDB's words.
func (s *Server) serveWrite(w http.ResponseWriter, r *http.Request) error {
	err := onlyParameters(r, lineParameters...)
	if err == nil {
		err = s.ingest.ServeWrite(w, r)
	}
	if bad, isBad := errors.AsType[*apiError](err); isBad {
		err = &ingest.Refusal{Code: bad.Code, Message: bad.Field + ": " + bad.Message}
	}
	refusal, refused := errors.AsType[*ingest.Refusal](err)
	if !refused {
		return err
	}
	tellRetry(w, refusal)
	writeJSON(w, statusOf(refusal.Code), lineError{
		Error: refusal.Message, Code: refusal.Code, Message: refusal.Message, Answer: refusal.Answer,
	})
	return nil
}

func tellRetry(w http.ResponseWriter, refusal *ingest.Refusal) {
	if refusal.RetryAfterS > 0 {
		retryAfter(w, time.Duration(refusal.RetryAfterS)*time.Second)
	}
}

// lineError is an error as clients of InfluxDB read it: those of version 1 error, those of version 2 code and message.
type lineError struct {
	Error   string `json:"error"`
	Code    string `json:"code"`
	Message string `json:"message"`
	*ingest.Answer
}

// pushError is the answer to a push of which nothing was taken, or whose body failed on the way: an error as everywhere,
// and beside it the counts.
type pushError struct {
	Error *apiError `json:"error"`
	*ingest.Answer
}

// writeRefusal answers a push that was refused, with what had become of its events until then.
func (s *Server) writeRefusal(w http.ResponseWriter, refusal *ingest.Refusal) {
	tellRetry(w, refusal)
	answer := &apiError{Code: refusal.Code, Message: refusal.Message, Field: refusal.Field}
	writeJSON(w, statusOf(refusal.Code), pushError{Error: answer, Answer: refusal.Answer})
}
