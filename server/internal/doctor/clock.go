package doctor

import (
	"context"
	"fmt"
	"time"

	"vitals/internal/client"
)

const (
	clockRounds  = 5
	maxClockSkew = 2 * time.Second
	slowTrip     = time.Second
)

// checkClock compares the clocks by the smallest of a few round trips: that one says it best.
func (e *examination) checkClock(ctx context.Context) bool {
	for round := range clockRounds {
		began := time.Now()
		told, got, isVitals, err := e.askConnection(ctx, e.address)
		trip := time.Since(began)
		switch {
		case err != nil:
			return e.find("clock", Fail, client.Explain(err))
		case !isVitals:
			return e.find("clock", Fail, "a request that was answered before is refused now: "+got.refusal().Error())
		}
		if round == 0 || trip < e.trip {
			e.trip = trip
			e.offset = told.ServerTime.Time().Sub(began.Add(trip / 2))
		}
	}
	verdict := Pass
	if e.trip > slowTrip {
		verdict = Warn
	}
	e.find("latency", verdict, "a round trip takes "+milliseconds(e.trip))
	if e.offset.Abs() > maxClockSkew {
		ahead := "ahead of"
		if e.offset < 0 {
			ahead = "behind"
		}
		return e.find("clock", Warn, fmt.Sprintf("the server's clock is %.1f s %s this machine's; let both keep time by NTP",
			e.offset.Abs().Seconds(), ahead))
	}
	return e.find("clock", Pass, fmt.Sprintf("the clocks differ by %s", milliseconds(e.offset.Abs())))
}

// The address of a client that does not exist (RFC 5737), claimed to see who is believed.
const nobody = "192.0.2.66"

// checkForwarded finds out whether Vitals knows its clients from each other behind a proxy.
func (e *examination) checkForwarded(ctx context.Context) bool {
	told, _, isVitals, err := e.askConnection(ctx, e.address, "X-Forwarded-For", nobody)
	switch {
	case err != nil:
		return e.find("address", Fail, client.Explain(err))
	case !isVitals:
		return e.find("address", Fail, "a request with X-Forwarded-For is not answered by Vitals")
	case told.Address == nobody && told.ForwardedFor == nobody && e.report.Proxy == "":
		return e.find("address", Skip,
			"no proxy is seen, and this machine is one of --trusted-proxy; ask from elsewhere, or through the proxy")
	case told.Address == nobody && told.ForwardedFor == nobody: // what is behind it in the list was put there by a proxy
		return e.find("address", Fail, "anybody can claim any address by X-Forwarded-For, and is believed", problemHeaders)
	}
	isBehind := e.report.Proxy != "" || e.connection.ForwardedFor != ""
	switch {
	case e.address.Secure() && !told.Secure:
		return e.find("address", Warn, "Vitals does not know that viewers come by https: X-Forwarded-Proto is missing", problemHeaders)
	case !isBehind:
		return e.find("address", Pass, "no proxy is seen; Vitals knows you as "+e.connection.Address)
	case e.connection.ForwardedFor == "":
		return e.find("address", Warn,
			e.proxy()+" does not say for whom it asks, so that all viewers share one address and its limits", problemHeaders)
	case !told.TrustedProxy:
		return e.find("address", Warn, "Vitals does not believe whom "+e.proxy()+" asks for, so that all viewers share the address "+
			e.connection.Address+" and its limits", problemTrust)
	}
	return e.find("address", Pass, "Vitals knows you as "+e.connection.Address+", from a proxy that it trusts")
}
