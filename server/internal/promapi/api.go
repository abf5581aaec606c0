package promapi

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// Options sets the API up.
type Options struct {
	// Storage is what is asked. An error of it means that history cannot be read at the moment.
	Storage storage.Queryable
	// Interval is how often the machine is sampled; it is the step of a subquery that names none.
	Interval time.Duration
	// Metadata describes the metrics by their Prometheus name; nil for none.
	Metadata func() map[string]Metadata
	// Enter asks for leave to evaluate, so that questions do not take all of the machine; nil lets all in. Its error is
	// told to the client as a 503.
	Enter   func(context.Context) (leave func(), err error)
	Version string // of this program
	Limits  Limits // what is 0 is as usual
	Clock   func() time.Time
}

// Metadata is what is known of a metric, in the words of Prometheus.
type Metadata struct {
	Type string `json:"type"` // gauge or counter
	Help string `json:"help"` //
	Unit string `json:"unit"` // empty: the name says it
	// Every says that a value comes every so many intervals; 0: nobody knows. Where it is known, series end when values are
	// missing.
	Every int `json:"-"`
}

// Limits bound what one question may cost.
type Limits struct {
	Time            time.Duration // to evaluate
	Samples         int           // held in memory at once; 16 bytes each
	Steps           int64         // of all subqueries
	ExpressionBytes int           // of an expression, or of all selectors of a request
	Words           int           // of the same: names, operators, brackets; this bounds how deep it may be nested, too
	PatternSize     int           // of all regular expressions of a request; a plain character is of size 1
	BodyBytes       int64         // of a request
	Series          int           // in a list of series, labels or values; more are cut off with a warning
	Selectors       int           // match[] in one request
}

// usual fills in what was left open.
func (l Limits) usual() Limits {
	fill(&l.Time, 5*time.Second)
	fill(&l.Samples, 4<<20)
	fill(&l.Steps, 2<<20)
	fill(&l.ExpressionBytes, 16<<10)
	fill(&l.Words, 2<<10)
	fill(&l.PatternSize, 16<<10)
	fill(&l.BodyBytes, 1<<20)
	fill(&l.Series, 20_000)
	fill(&l.Selectors, 64)
	return l
}

func fill[T comparable](field *T, usual T) {
	var none T
	if *field == none {
		*field = usual
	}
}

// API is the handler of all paths, which begin behind its mount: /api/v1/query. It may be used by many goroutines.
type API struct {
	storage  storage.Queryable
	engine   *promql.Engine
	parser   parser.Parser
	interval time.Duration
	metadata func() map[string]Metadata
	enter    func(context.Context) (func(), error)
	version  string
	limits   Limits
	clock    func() time.Time
	routes   *http.ServeMux
}

// New makes the API.
func New(options Options) *API {
	a := &API{
		parser: parser.NewParser(parser.Options{}), interval: max(options.Interval, time.Millisecond),
		metadata: options.Metadata, enter: options.Enter, version: options.Version, limits: options.Limits.usual(),
		clock: options.Clock,
	}
	if a.metadata == nil {
		a.metadata = func() map[string]Metadata { return nil }
	}
	if a.enter == nil {
		a.enter = func(context.Context) (func(), error) { return func() {}, nil }
	}
	if a.clock == nil {
		a.clock = time.Now
	}
	a.storage = readable{options.Storage, func(name string) int64 {
		return int64(a.metadata()[name].Every) * a.interval.Milliseconds()
	}}
	a.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: a.limits.Samples, Timeout: a.limits.Time, LookbackDelta: lookback, Parser: a.parser,
		EnableAtModifier: true, EnableNegativeOffset: true, // both on in a Prometheus, too
		NoStepSubqueryIntervalFn: func(int64) int64 { return a.interval.Milliseconds() },
	})
	a.routes = a.makeRoutes()
	return a
}

// ServeHTTP implements [http.Handler].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.routes.ServeHTTP(w, r) }

func (a *API) makeRoutes() *http.ServeMux {
	routes := http.NewServeMux()
	questions := map[string]question{
		"query": a.query, "query_range": a.queryRange, "query_exemplars": none[nothing],
		"labels": a.labelNames, "series": a.series,
	}
	for path, ask := range questions {
		routes.Handle("/api/v1/"+path, a.answering(ask, http.MethodGet, http.MethodPost))
	}
	reads := map[string]question{
		"label/{name}/values": a.labelValues, "metadata": a.listMetadata, "status/buildinfo": a.buildInfo,
		"rules": none[ruleGroups], "alerts": none[alerts],
	}
	for path, ask := range reads {
		routes.Handle("/api/v1/"+path, a.answering(ask, http.MethodGet))
	}
	routes.Handle("/api/v1/read", a.serving(a.remoteRead, http.MethodPost))
	routes.HandleFunc("/api/v1/write", func(w http.ResponseWriter, _ *http.Request) { WriteError(w, noRemoteWrite()) })
	routes.Handle("/federate", a.serving(a.federate, http.MethodGet))
	for _, state := range []string{"/-/healthy", "/-/ready"} {
		routes.Handle(state, a.serving(a.serveState, http.MethodGet))
	}
	routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { WriteError(w, NoSuchPath()) })
	return routes
}

// NoSuchPath is the error of a path that is none of ours.
func NoSuchPath() *Error {
	return &Error{Kind: NotFound, Message: "of Prometheus' paths there are query, query_range, query_exemplars, labels, " +
		"label/NAME/values, series, metadata, rules, alerts, status/buildinfo and read below api/v1, and federate"}
}

// noRemoteWrite is the error of a Prometheus that would write here.
func noRemoteWrite() *Error {
	return &Error{Kind: NotFound, Message: "remote_write is not taken in here; values come in as JSON, by POST to /api/v1/events " +
		"of this server, and docs/ingestion.md says how"}
}
