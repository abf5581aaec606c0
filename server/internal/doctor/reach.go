package doctor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"vitals/internal/client"
)

// checkReachable asks for something that only Vitals answers. Nothing else makes sense when this fails.
func (e *examination) checkReachable(ctx context.Context) bool {
	told, got, isVitals, err := e.askConnection(ctx, e.address)
	if err != nil {
		return e.find("reachable", Fail, client.Explain(err))
	}
	e.report.Proxy = proxyOf(got.header)
	if isVitals {
		e.connection = told
		// It goes into a command line that people paste into a shell, so nothing but an address will do.
		if peer, err := netip.ParseAddr(told.Address); err == nil && !told.TrustedProxy {
			e.site.Proxy = peer.WithZone("").String()
		}
		return e.find("reachable", Pass, "Vitals answers at "+e.address.String()+e.through())
	}
	return e.explainAnswer(ctx, got)
}

func (e *examination) through() string {
	if e.report.Proxy == "" {
		return ""
	}
	return ", through " + e.report.Proxy
}

// explainAnswer says why an answer is not that of Vitals, or why Vitals refused.
func (e *examination) explainAnswer(ctx context.Context, got answer) bool {
	refusal := got.refusal()
	switch {
	case refusal.Code == "forbidden" && refusal.Field == "Host":
		return e.explainHost(refusal)
	case refusal.Code != "" && refusal.Code != "not_found":
		return e.find("reachable", Fail, "Vitals refuses: "+refusal.Message)
	case got.status >= http.StatusMultipleChoices && got.status < http.StatusBadRequest:
		return e.find("reachable", Fail, fmt.Sprintf("the answer leads elsewhere, to %.200s; ask there", got.header.Get("Location")))
	case got.status == http.StatusUnauthorized, got.status == http.StatusProxyAuthRequired:
		return e.find("reachable", Fail,
			e.proxy()+" wants a login; no secrets are sent from here, so ask behind it or let this machine pass")
	case got.status >= http.StatusInternalServerError:
		return e.find("reachable", Fail, fmt.Sprintf("%s answers %d: it does not reach Vitals", e.proxy(), got.status), problemUpstream)
	}
	return e.explainPath(ctx, got)
}

// explainHost tells a proxy that asks under another name from a server that was not told its name.
func (e *examination) explainHost(refusal *client.Refusal) bool {
	seen := quoted(refusal.Message)
	if seen != "" && !strings.EqualFold(seen, e.address.Hostname()) {
		problems := []problem{problemHeaders, problemAllowHost}
		if net.ParseIP(e.address.Hostname()) != nil { // Vitals answers under addresses always
			problems = problems[:1]
		}
		return e.find("host", Fail,
			fmt.Sprintf("%s asks Vitals for the name %s instead of %s", e.proxy(), seen, e.site.Name), problems...)
	}
	return e.find("host", Fail, fmt.Sprintf("Vitals does not know that it goes by the name %s", e.site.Name), problemAllowHost)
}

// quoted is the first text between quotes.
func quoted(text string) string {
	_, rest, _ := strings.Cut(text, `"`)
	inner, _, closed := strings.Cut(rest, `"`)
	if !closed {
		return ""
	}
	return inner
}

// explainPath finds out where Vitals answers instead.
func (e *examination) explainPath(ctx context.Context, got answer) bool {
	if e.site.Bare == "" {
		return e.find("base", Fail, fmt.Sprintf("something answers %d that is not Vitals%s", got.status, e.through()), problemBase)
	}
	if got.isPage() || got.refusal().Code == "not_found" {
		return e.find("base", Fail,
			fmt.Sprintf("the path %s arrives at Vitals with %s still on; the proxy must take it off, or Vitals be told of it",
				e.site.Path, e.site.Bare), problemBase)
	}
	where := "nor does it answer at /"
	if _, _, isVitals, err := e.askConnection(ctx, e.address.Root()); err == nil && isVitals {
		where = "it does at /, so the proxy lacks the path"
	}
	return e.find("base", Fail,
		fmt.Sprintf("Vitals does not answer at %s (%d%s); %s", e.site.Path, got.status, e.through(), where), problemBase)
}

// checkBase looks at the page and at the path without its closing slash, which people type.
func (e *examination) checkBase(ctx context.Context) bool {
	page, err := e.get(ctx, e.address.String())
	if err != nil {
		return e.find("base", Fail, "the page does not come: "+client.Explain(err))
	}
	if !page.isPage() && page.refusal().Code == "" {
		return e.find("base", Fail,
			fmt.Sprintf("the API answers, but %s is answered by something else (%d)", e.site.Path, page.status), problemBase)
	}
	if e.site.Bare == "" {
		return e.find("base", Pass, "everything is at /")
	}
	bare := strings.TrimSuffix(e.address.String(), "/")
	got, err := e.get(ctx, bare)
	if err != nil {
		return e.find("base", Fail, fmt.Sprintf("%s does not answer: %s", e.site.Bare, client.Explain(err)))
	}
	target, err := url.Parse(bare)
	if err == nil {
		target, err = target.Parse(got.header.Get("Location"))
	}
	isRedirect := got.status >= http.StatusMultipleChoices && got.status < http.StatusBadRequest
	if err != nil || !isRedirect || target.Path != e.address.Path() {
		return e.find("base", Warn,
			fmt.Sprintf("%s works, %s without the closing slash does not lead there (%d)", e.site.Path, e.site.Bare, got.status),
			problemBase)
	}
	return e.find("base", Pass, fmt.Sprintf("everything is at %s, and %s leads there", e.site.Path, e.site.Bare))
}

// checkOrigin asks as a page does that came from this address.
func (e *examination) checkOrigin(ctx context.Context) bool {
	_, got, isVitals, err := e.askConnection(ctx, e.address, "Origin", e.address.Origin())
	switch {
	case err != nil:
		return e.find("origin", Fail, client.Explain(err))
	case !isVitals && got.refusal().Field == "Origin":
		return e.find("origin", Fail,
			fmt.Sprintf("%s asks Vitals for %s instead of %s, so that Vitals takes its own page for a stranger's and refuses it",
				e.proxy(), e.connection.Host, e.address.Host()), problemHeaders)
	case !isVitals:
		return e.find("origin", Fail, fmt.Sprintf("a request of the app's own page is answered %d", got.status), problemHeaders)
	case !strings.EqualFold(e.connection.Host, e.address.Host()):
		return e.find("origin", Warn,
			fmt.Sprintf("Vitals is asked for %s instead of %s", e.connection.Host, e.address.Host()), problemHeaders)
	}
	return e.find("origin", Pass, "Vitals is asked under its name, and lets its own page read")
}
