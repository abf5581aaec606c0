package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// hostsAnswer is the answer of GET /api/v1/hosts; the first host is the server's own.
type hostsAnswer struct {
	Hosts []metric.Host `json:"hosts"`
}

// catalogAnswer is the answer of GET /api/v1/catalog: the series in the order of the stream's columns.
type catalogAnswer struct {
	Host   string          `json:"host"`
	Series []metric.Series `json:"series"`
}

// healthAnswer is the answer of the health paths.
type healthAnswer struct {
	Status string   `json:"status"`               // ok, starting or silent
	AgeS   *float64 `json:"ageSeconds,omitempty"` // of the newest sample
}

func (s *Server) serveHosts(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, hostsAnswer{Hosts: s.bus.Hosts()})
	return nil
}

// serveCatalog answers for ?host=NAME, or for the own host without.
func (s *Server) serveCatalog(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r, "host"); err != nil {
		return err
	}
	host := r.URL.Query().Get("host")
	if hosts := s.bus.Hosts(); host == "" && len(hosts) > 0 {
		host = hosts[0].Name
	}
	catalog, known := s.bus.Catalog(host)
	if !known {
		message := fmt.Sprintf("no host is called %.64q; /api/v1/hosts lists them", host)
		return &apiError{Code: wire.CodeUnknownHost, Field: "host", Message: message}
	}
	series := catalog.Series
	if series == nil {
		series = []metric.Series{}
	}
	writeJSON(w, http.StatusOK, catalogAnswer{Host: host, Series: series})
	return nil
}

func (s *Server) serveWebSocket(w http.ResponseWriter, r *http.Request) error {
	return s.streams.ServeWebSocket(w, s.limits.AsClient(r))
}

func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) error {
	return s.streams.ServeEvents(w, s.limits.AsClient(r))
}

// serveNotFound answers whatever the method: a path that is misspelt has none.
func (s *Server) serveNotFound(w http.ResponseWriter, r *http.Request) {
	s.writeError(w, r, &apiError{Code: codeNotFound, Message: "there is nothing at this path; the API is under /api/v1", Field: "path"})
}

func (s *Server) serveLive(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, healthAnswer{Status: "ok"})
	return nil
}

// serveReady says whether samples come: the server is ready from the first one on, until none has come for three
// intervals and five seconds.
func (s *Server) serveReady(w http.ResponseWriter, _ *http.Request) error {
	newest := s.lastSample()
	if newest.IsZero() {
		writeJSON(w, http.StatusServiceUnavailable, healthAnswer{Status: "starting"})
		return nil
	}
	age := time.Since(newest)
	answer := healthAnswer{Status: "ok", AgeS: new(float64)}
	*answer.AgeS = float64(age.Milliseconds()) / 1000
	status := http.StatusOK
	if age > 3*s.interval+5*time.Second {
		answer.Status, status = "silent", http.StatusServiceUnavailable
	}
	writeJSON(w, status, answer)
	return nil
}

// onlyParameters refuses query parameters that a path does not have: a misspelt one would be ignored in silence.
func onlyParameters(r *http.Request, allowed ...string) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &apiError{Code: wire.CodeBadRequest, Field: "query", Message: fmt.Sprintf("cannot be read: %.80v", err)}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) { // else the first fault would be another one each time
		if slices.Contains(allowed, name) {
			continue
		}
		message := "no such parameter; there is none here"
		if len(allowed) > 0 {
			message = "no such parameter; allowed are " + strings.Join(allowed, ", ")
		}
		return &apiError{Code: wire.CodeBadRequest, Field: clip(name, maxFieldBytes), Message: message}
	}
	return nil
}
