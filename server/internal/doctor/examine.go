package doctor

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"vitals/internal/client"
	"vitals/internal/wire"
)

// Options say what to examine.
type Options struct {
	Address client.Address
	Timeout time.Duration // for each check
	Idle    time.Duration // how long a quiet stream is watched; 0 for not at all
	// Network opens connections, for tests without a network; the usual way, proxies of the environment included, if nil.
	Network func(ctx context.Context, network, address string) (net.Conn, error)
}

// examination is one run over all checks. Each check adds its findings.
type examination struct {
	options    Options
	address    client.Address
	http       *http.Client
	report     *Report
	site       site
	connection connection // what the server says of our requests
	hello      *wire.Hello
	offset     time.Duration // the server's clock minus ours
	trip       time.Duration // the smallest round trip
}

// Examine makes all checks. When the server cannot be reached at all, those that need it are left out.
func Examine(ctx context.Context, options Options) *Report {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	if options.Network != nil {
		transport.DialContext, transport.Proxy = options.Network, nil
	}
	defer transport.CloseIdleConnections()
	e := &examination{
		options: options, address: options.Address, report: &Report{URL: client.Printable(options.Address.String())},
		http: &http.Client{Transport: transport, CheckRedirect: followNothing},
	}
	path := e.address.Path()
	e.site = site{
		Name: client.Printable(e.address.Hostname()), Path: client.Printable(path),
		Bare: client.Printable(strings.TrimSuffix(path, "/")), Proxy: "127.0.0.1",
	}
	if !e.within(ctx, e.checkReachable) {
		return e.report
	}
	for _, check := range []func(context.Context) bool{
		e.checkBase, e.checkOrigin, e.checkWebSocket, e.checkProtocol, e.checkClock, e.checkCompression, e.checkEvents, e.checkForwarded,
	} {
		e.within(ctx, check)
	}
	e.checkIdle(ctx)
	return e.report
}

func followNothing(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// within bounds a check in time.
func (e *examination) within(ctx context.Context, check func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	defer cancel()
	return check(ctx)
}

// find adds a finding, with the lines for its problems. It reports whether all is well.
func (e *examination) find(check string, verdict Verdict, message string, problems ...problem) bool {
	finding := Finding{Check: check, Verdict: verdict, Message: client.Printable(message)}
	for _, which := range problems {
		finding.Mends = append(finding.Mends, e.site.mendsFor(which)...)
	}
	e.report.Findings = append(e.report.Findings, finding)
	return verdict == Pass
}

// proxy is what stands before the server, for a sentence.
func (e *examination) proxy() string {
	if e.report.Proxy != "" {
		return "the proxy (" + e.report.Proxy + ")"
	}
	return "a proxy"
}
