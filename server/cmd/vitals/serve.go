package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log" //nolint:depguard // http.Server takes no other logger; its lines end in zerolog, see levelWriter
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"vitals/cmd/vitals/settings"
	"vitals/internal/collect"
	"vitals/internal/hub"
	"vitals/internal/ingest"
	"vitals/internal/limits"
	"vitals/internal/metric"
	"vitals/internal/stream"
	"vitals/internal/web"
)

const (
	headerTimeout   = 5 * time.Second  // for a request's headers
	requestTimeout  = 10 * time.Second // for all of a request, its body too; one that stalls would hold up a stop
	answerTimeout   = 30 * time.Second // for an answer; streams have deadlines of their own
	idleTimeout     = 2 * time.Minute
	maxHeaderBytes  = 16 << 10
	sweepInterval   = time.Second
	forgetInterval  = time.Minute     // between two looks for series that nobody pushes any more
	shutdownTimeout = 9 * time.Second // of the 10 s that a stop may take; viewers take 5 s, and 3 s for the last one
)

type serveCommand struct {
	settings.Settings
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run(p *process) error {
	logger, err := newLogger(c.Settings, p.stderr)
	if err != nil {
		return err
	}
	for _, variable := range settings.UnknownVariables(p.application, environment()) {
		logger.Warn().Str("variable", variable).Msg("this variable is not a setting")
	}
	app, err := c.loadApp()
	if err != nil {
		return err
	}
	source, err := c.openSource(p.ctx, logger)
	if err != nil {
		return err
	}
	limited, err := newLimits(c.Settings, logger)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	defer listener.Close()
	past, err := c.remember(p.ctx, source, logger)
	if err != nil {
		return err
	}
	defer past.close()
	a, err := newApplication(p.ctx, c.Settings, source, past, app, limited, logger)
	if err != nil {
		return err
	}
	return c.serve(p, a, listener)
}

// loadApp finds the app that the settings ask for; nil if none is wanted.
func (c *serveCommand) loadApp() (*web.App, error) {
	folder := web.EmbeddedApp()
	hint := "this program was built without the app; build it by make build, or name a folder or none by --static"
	switch c.Static {
	case "":
	case "none":
		return nil, nil
	default:
		folder, hint = os.DirFS(c.Static), "--static wants a folder with a built app: "+c.Static+" has no index.html"
	}
	app, err := web.LoadApp(folder)
	if errors.Is(err, web.ErrNoApp) || errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New(hint)
	}
	return app, err
}

// openSource makes what is sampled.
func (c *serveCommand) openSource(ctx context.Context, logger zerolog.Logger) (collect.Source, error) {
	if c.Source == "simulate" {
		return collect.NewSimulation(c.SimulateHosts, c.SimulateSeed), nil
	}
	source, err := collect.NewHost(ctx, collect.HostOptions{
		Rootfs: c.Rootfs, Disks: c.Disks, Interfaces: c.Interfaces, Filesystems: c.Filesystems,
		Interval: c.Interval, Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("read this machine: %w", err)
	}
	return source, nil
}

// application is the program put together: what is sampled, the hub that everything passes, and who is told.
type application struct {
	settings  settings.Settings
	source    collect.Source
	hub       *hub.Hub
	ingest    *ingest.Service
	streams   *stream.Streams
	web       *web.Server
	limits    *limits.Limits
	recording *recording // nil if no history is kept
	logger    zerolog.Logger
	own       string // the name of the own host
	// lastSample is when the own host was published. Once it was sampled here that is by the monotonic clock, which survives a
	// clock that is set.
	lastSample atomic.Pointer[time.Time]
}

func newApplication(
	ctx context.Context, options settings.Settings, source collect.Source, past *remembered, app *web.App, limited *limits.Limits,
	logger zerolog.Logger,
) (*application, error) {
	hosts := source.Hosts()
	a := &application{settings: options, source: source, limits: limited, own: hosts[0].Name, logger: logger}
	a.hub = hub.New(hub.Options{
		Interval: options.Interval, Backfill: options.Backfill, Families: source.Families(),
		MaxHosts: options.MaxHosts, MaxSeries: options.MaxSeriesPerHost, MaxTotal: options.MaxSeries,
	})
	sampled := make([]string, 0, len(hosts))
	for _, host := range hosts {
		a.hub.Describe(host)
		sampled = append(sampled, host.Name)
	}
	ingestOptions := ingest.Options{
		Bus: a.hub, Own: a.own, Sampled: sampled, Measured: source.Families(), Backfill: options.Backfill,
		Peer: func(r *http.Request) string { return limited.Client(r).String() }, Logger: logger,
	}
	kept := &keeper{}
	if past != nil {
		ingestOptions.Keeper = kept
	}
	a.ingest = ingest.New(ingestOptions)
	if past != nil {
		if err := a.goOn(ctx, past, kept); err != nil {
			return nil, err
		}
	}
	streamOptions := stream.Options{
		Bus: a.hub, Publisher: a.ingest, Interval: options.Interval, Backfill: options.Backfill, Version: version, Logger: logger,
		Admit: limited.Admit, Peer: func(r *http.Request) string { return limited.Client(r).String() },
	}
	if app != nil {
		streamOptions.App = app.Fingerprint()
	}
	a.streams = stream.New(streamOptions)
	webOptions := web.Options{
		Bus: a.hub, Streams: a.streams, Ingest: a.ingest, App: app, Base: options.Base, AllowOrigins: options.AllowOrigin,
		AllowHosts: append(ownNames(hosts[0], options.Listen), options.AllowHost...),
		LastSample: a.newestSample,
		Interval:   options.Interval, Limits: limited, Logger: logger,
	}
	if a.recording != nil {
		webOptions.History, webOptions.Recording = past.store, a.recording.recorder.Status
		webOptions.Prometheus = a.recording.prometheus(options, source.Families())
	}
	a.web = web.New(webOptions)
	return a, nil
}

// ownNames are the names by which this machine may be asked: its own, and the one it was told to listen on.
func ownNames(own metric.Host, listen string) []string {
	names := []string{strings.ToLower(own.Hostname)}
	if name, _, err := net.SplitHostPort(listen); err == nil && name != "" {
		names = append(names, strings.ToLower(name))
	}
	if name, err := os.Hostname(); err == nil {
		names = append(names, strings.ToLower(name))
	}
	return names
}

// publish is the sink of the sampler.
func (a *application) publish(update metric.Update) {
	a.hub.Publish(update)
	if update.Host == a.own {
		now := time.Now()
		a.lastSample.Store(&now)
	}
}

// newestSample is when the own host was published last, zero before the first time.
func (a *application) newestSample() time.Time {
	if newest := a.lastSample.Load(); newest != nil {
		return *newest
	}
	return time.Time{}
}

// sweep has the hub and ingestion do what is due by the clock, until the context ends.
func (a *application) sweep(ctx context.Context) {
	clock := time.NewTicker(sweepInterval)
	defer clock.Stop()
	for forgotten := time.Now(); ; {
		select {
		case now := <-clock.C:
			a.hub.Sweep(now)
			if now.Sub(forgotten) >= forgetInterval {
				a.ingest.Sweep(now)
				forgotten = now
			}
		case <-ctx.Done():
			return
		}
	}
}

// prefill gives a simulated past to the ring, from where it ends up to the present moment, so that a demo begins full and
// without a hole. Where history is kept only the time that the start has taken is missing.
func (a *application) prefill(ctx context.Context) {
	simulation, isSimulated := a.source.(*collect.Simulation)
	if !isSimulated {
		return
	}
	at := time.Now().Truncate(a.settings.Interval).Add(-a.settings.Backfill)
	if next := a.newestSample().Truncate(a.settings.Interval).Add(a.settings.Interval); next.After(at) {
		at = next
	}
	for tick := uint64(0); at.Before(time.Now()) && ctx.Err() == nil; tick++ {
		for _, update := range simulation.Sample(ctx, at, tick) {
			a.publish(update)
		}
		at = at.Add(a.settings.Interval)
	}
}

// serve runs all actors until the process is told to stop or one of them fails, then ends them in order.
func (c *serveCommand) serve(p *process, a *application, listener net.Listener) error {
	server := &http.Server{
		Handler: a.web, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: answerTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: log.New(levelWriter{a.logger}, "", 0),
		ConnState: a.limits.ConnState, ConnContext: a.limits.ConnContext,
	}
	if a.recording != nil {
		defer a.recording.run(p.ctx)() // ends after all that is recorded
	}
	a.prefill(p.ctx)
	actors, ctx := errgroup.WithContext(p.ctx)
	actors.Go(func() error {
		return ignore(collect.Run(ctx, c.Interval, a.source, a.publish), context.Canceled)
	})
	actors.Go(func() error {
		a.sweep(ctx)
		return nil
	})
	actors.Go(func() error {
		return ignore(server.Serve(listener), http.ErrServerClosed)
	})
	actors.Go(func() error {
		<-ctx.Done()
		return a.shutdown(server)
	})
	a.announce(p.stdout, listener)
	if err := actors.Wait(); err != nil {
		return err
	}
	a.logger.Info().Msg("stopped")
	return nil
}

// shutdown stops accepting, tells every viewer, and waits for them.
func (a *application) shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	a.logger.Info().Msg("stopping")
	var ending errgroup.Group
	ending.Go(func() error { return a.streams.Shutdown(ctx) })
	ending.Go(func() error { return server.Shutdown(ctx) })
	if err := ending.Wait(); err != nil {
		a.logger.Warn().Err(err).Msg("some connections were cut")
		return server.Close()
	}
	return nil
}

// announce prints the one line with the address to open.
func (a *application) announce(stdout io.Writer, listener net.Listener) {
	address := listener.Addr().(*net.TCPAddr)
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "localhost"
	}
	if !address.IP.IsLoopback() {
		a.logger.Warn().Stringer("address", address).Msg("anybody who reaches this address can watch; there is no login")
	}
	base := strings.TrimSuffix(a.settings.Base, "/") + "/"
	fmt.Fprintf(stdout, "Vitals is at http://%s%s\n", net.JoinHostPort(host, fmt.Sprint(address.Port)), base)
	a.logger.Info().Str("version", version).Str("source", a.settings.Source).Dur("interval", a.settings.Interval).
		Stringer("address", address).Msg("serving")
}

// levelWriter takes the lines of the standard library's server, such as broken handshakes of strangers.
type levelWriter struct{ logger zerolog.Logger }

func (w levelWriter) Write(line []byte) (int, error) {
	w.logger.Debug().Msg(strings.TrimSpace(string(line)))
	return len(line), nil
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

func environment() []string { return os.Environ() }
