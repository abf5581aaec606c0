package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// pastHostsAnswer is the answer of GET /api/v1/history/hosts.
type pastHostsAnswer struct {
	Hosts []pastHostAnswer `json:"hosts"`
}

type pastHostAnswer struct {
	Host   metric.Host        `json:"host"`
	Oldest metric.TimestampMs `json:"oldest,omitempty"` // unix seconds of its samples
	Newest metric.TimestampMs `json:"newest,omitempty"`
}

// addHistory adds the paths that tell of the past. They are there without history too, and say that it is off: the status by
// an answer, so that a page may ask without an error, the others by an error.
func (s *Server) addHistory(routes *http.ServeMux) {
	for path, serve := range map[string]failing{
		"/api/v1/history":        s.remembering(s.serveHistory),
		"/api/v1/history/status": s.serveHistoryStatus,
		"/api/v1/history/hosts":  s.remembering(s.servePastHosts),
		"/api/v1/export":         s.remembering(s.serveExport),
	} {
		routes.Handle(path, s.reading(s.limits.Requests(serve)))
	}
}

const historyOffMessage = "this server keeps no history; start it with --history on"

// remembering answers only where there is history.
func (s *Server) remembering(serve failing) failing {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.history == nil {
			return &apiError{Code: codeHistoryOff, Message: historyOffMessage, Field: "path"}
		}
		return serve(w, r)
	}
}

// serveHistory answers with buckets or raw samples.
func (s *Server) serveHistory(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r, "host", "metrics", "from", "to", "points", "step", "summary"); err != nil {
		return err
	}
	query, err := s.readHistoryQuery(r)
	if err != nil {
		return err
	}
	place, err := s.turns.take(r.Context())
	if err != nil {
		return err
	}
	defer func() { place.end() }() // of what it has by then
	if err := s.mustKnow(r.Context(), query.Host); err != nil {
		return err
	}
	result, err := s.history.Query(r.Context(), query)
	if err != nil {
		return err
	}
	if err := place.send(r.Context(), result.Bytes()); err != nil {
		return err
	}
	return writeResult(w, r, result)
}

func (s *Server) readHistoryQuery(r *http.Request) (history.Query, error) {
	parameters := s.parametersOf(r)
	query := history.Query{Selection: s.readSelection(parameters), Summary: parameters.flag("summary")}
	query.Step, query.Points = parameters.resolution()
	return query, parameters.fault
}

// readSelection reads what is asked for; the host is the own one if none is named.
func (s *Server) readSelection(parameters *parameters) history.Selection {
	var selection history.Selection
	selection.From, selection.To = parameters.timeRange()
	selection.Metrics = parameters.globs("metrics")
	name, found := parameters.text("host")
	if hosts := s.bus.Hosts(); !found && len(hosts) > 0 {
		name = hosts[0].Name
	}
	selection.Host = name
	return selection
}

// mustKnow fails if nobody ever was called so.
func (s *Server) mustKnow(ctx context.Context, name string) error {
	if _, lives := s.bus.Catalog(name); lives {
		return nil
	}
	past, err := s.history.Hosts(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(past, func(host history.PastHost) bool { return host.Host.Name == name }) {
		return nil
	}
	message := fmt.Sprintf("no host is called %.64q; /api/v1/history/hosts lists those that have a past", name)
	return &apiError{Code: wire.CodeUnknownHost, Field: "host", Message: message}
}

func (s *Server) servePastHosts(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r); err != nil {
		return err
	}
	place, err := s.turns.take(r.Context())
	if err != nil {
		return err
	}
	defer place.end()
	past, err := s.history.Hosts(r.Context())
	if err != nil {
		return err
	}
	answer := pastHostsAnswer{Hosts: make([]pastHostAnswer, 0, len(past))}
	for _, host := range past {
		answer.Hosts = append(answer.Hosts, pastHostAnswer(host))
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// limitedParameter is what to change when a limit is reached.
func limitedParameter(limit string) string {
	switch limit {
	case history.LimitSeries:
		return "metrics"
	case history.LimitPoints, history.LimitMemory:
		return "points"
	default:
		return "from"
	}
}

// clockOr is the clock of the options, or the system's.
func clockOr(clock func() time.Time) func() time.Time {
	if clock == nil {
		return time.Now
	}
	return clock
}
