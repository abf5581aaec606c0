package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/ingest"
	"vitals/internal/limits"
	"vitals/internal/promapi"
	"vitals/internal/stream"
)

// Options sets the server up.
type Options struct {
	Bus     hub.Bus
	Streams *stream.Streams
	Ingest  *ingest.Service // nil for a server that takes no events
	History history.Store   // nil for a server that remembers nothing
	// Recording is how history is being written: the recorder's Status. It is asked where there is History.
	Recording    func() history.Status
	Prometheus   *promapi.Options // what is asked in PromQL, complete but for Enter; nil where there is no History
	App          *App             // nil for a server without app
	Base         string           // the path under which everything is served, such as /vitals; empty for the root
	AllowOrigins []string         // as ParseOrigin made them
	AllowHosts   []string         // names that the server goes by, beside addresses and localhost; lower case
	// LastSample is when the newest sample of the own host came, zero before the first; Interval says how often one is
	// due. Both decide whether the server is ready.
	LastSample func() time.Time
	Interval   time.Duration
	Limits     *limits.Limits   // nil for the usual ones, without trusted proxies
	Clock      func() time.Time // that questions to history mean by now; nil for the system's
	Logger     zerolog.Logger
}

// Server answers all requests.
type Server struct {
	bus          hub.Bus
	streams      *stream.Streams
	ingest       *ingest.Service
	history      history.Store
	recording    func() history.Status
	turns        *turns
	clock        func() time.Time
	crossOrigin  *http.CrossOriginProtection
	app          *App
	base         string
	allowOrigins []string
	allowHosts   []string
	lastSample   func() time.Time
	interval     time.Duration
	limits       *limits.Limits
	logger       zerolog.Logger
	pages        documentation
	handler      http.Handler
}

// New puts the routes together.
func New(options Options) *Server {
	s := &Server{
		bus: options.Bus, streams: options.Streams, ingest: options.Ingest, app: options.App, base: strings.TrimSuffix(options.Base, "/"),
		allowOrigins: options.AllowOrigins, allowHosts: options.AllowHosts, lastSample: options.LastSample,
		interval: options.Interval, limits: options.Limits, logger: options.Logger, pages: loadDocumentation(),
		history: options.History, recording: options.Recording, turns: newTurns(), clock: clockOr(options.Clock),
	}
	if s.limits == nil {
		s.limits = limits.New(limits.Options{})
	}
	s.crossOrigin = newCrossOrigin(options.AllowOrigins)
	routes := http.NewServeMux()
	routes.Handle("/ws", s.reading(s.serveWebSocket))
	routes.Handle("/events", s.reading(s.serveEvents))
	routes.Handle("/api/v1/hosts", s.reading(s.limits.Requests(s.serveHosts)))
	routes.Handle("/api/v1/catalog", s.reading(s.limits.Requests(s.serveCatalog)))
	routes.Handle("/api/v1/connection", s.reading(s.limits.Requests(s.serveConnection)))
	s.addIngestion(routes)
	s.addHistory(routes)
	s.addPrometheus(routes, options.Prometheus)
	routes.HandleFunc("/api", s.serveNotFound)
	routes.HandleFunc("/api/", s.serveNotFound)
	routes.Handle("/docs", s.reading(s.serveDocumentation))
	routes.Handle("/docs/", s.reading(s.serveDocumentation))
	routes.Handle("/livez", s.reading(s.serveLive))
	routes.Handle("/readyz", s.reading(s.serveReady))
	routes.Handle("/healthz", s.reading(s.serveReady))
	routes.Handle("/", s.reading(s.serveApp))
	s.handler = securityHeaders(s.guard(s.belowBase(s.cleanPaths(routes))))
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// belowBase takes the configured base off the path. A path without it is served too: a proxy may have taken it off.
func (s *Server) belowBase(next http.Handler) http.Handler {
	if s.base == "" {
		return next
	}
	stripped := http.StripPrefix(s.base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch asked := r.URL.EscapedPath(); { // StripPrefix wants the base as it is, in the escaped path too
		case asked == s.base:
			redirectBelow(w, r)
		case strings.HasPrefix(asked, s.base+"/"):
			stripped.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// cleanPaths refuses paths with // in them or with steps up. The router would redirect them, by a path from the root, which is
// wrong below a base and below a prefix that a proxy has taken off.
func (s *Server) cleanPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.EscapedPath()
		clean := path.Clean(asked)
		if strings.HasSuffix(asked, "/") && clean != "/" {
			clean += "/"
		}
		if asked != "" && asked != clean {
			const message = "there is nothing at a path with // or with . or .. as a step"
			s.writeError(w, r, &apiError{Code: codeNotFound, Field: "path", Message: message})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// redirectBelow sends a path without its closing slash to the one with it. The target is relative, so that it holds below
// a prefix that a proxy has taken off; http.Redirect would make it absolute.
func redirectBelow(w http.ResponseWriter, r *http.Request) {
	target := url.URL{Path: path.Base(r.URL.Path) + "/", RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", target.String())
	w.WriteHeader(http.StatusPermanentRedirect)
}

// failing is a function that answers a request, or gives an error for somebody else to answer with.
type failing = func(http.ResponseWriter, *http.Request) error

// reading makes a handler of a function that only answers GET and HEAD and may fail.
func (s *Server) reading(serve failing) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.writeError(w, r, &apiError{Code: codeMethod, Message: "only GET and HEAD are answered here", Field: "method"})
			return
		}
		if err := serve(w, r); err != nil {
			s.writeError(w, r, err)
		}
	})
}

// contentPolicy lets the page run its own files only. Connections may go anywhere, because an app may be pointed at
// another server; what they may read there is that server's decision.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"manifest-src 'self'; connect-src 'self' ws: wss: http: https:; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		if isTrustworthy(r) {
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		next.ServeHTTP(w, r)
	})
}

// isTrustworthy reports whether a browser sees the page as secure; it ignores some headers elsewhere, and complains.
func isTrustworthy(r *http.Request) bool {
	name := hostname(r.Host)
	address, err := netip.ParseAddr(name)
	isLocal := err == nil && address.IsLoopback() || name == "localhost" || strings.HasSuffix(name, ".localhost")
	return isLocal || r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
