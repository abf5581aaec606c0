package web

import (
	"net/http"
	"strings"
	"time"

	"vitals/internal/metric"
)

// maxEchoBytes bounds what of a request's headers stands in the answer.
const maxEchoBytes = 512

// connectionAnswer is the answer of GET /api/v1/connection: the request as it came here, through whatever stands between.
type connectionAnswer struct {
	Address      string             `json:"address"`                // of the client, as limits and logs know it
	Host         string             `json:"host"`                   // the name that was asked for
	Origin       string             `json:"origin,omitempty"`       // of the page that asks
	Protocol     string             `json:"protocol"`               // of the last hop, such as HTTP/1.1
	ForwardedFor string             `json:"forwardedFor,omitempty"` // what proxies say of the client
	TrustedProxy bool               `json:"trustedProxy"`           // the last hop is a proxy that is believed
	Secure       bool               `json:"secure"`                 // the client came by https, as far as is known
	ServerTime   metric.TimestampMs `json:"serverTime"`             // unix seconds
}

func (s *Server) serveConnection(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, connectionAnswer{
		Address: s.limits.Client(r).String(), Host: clip(r.Host), Origin: clip(r.Header.Get("Origin")), Protocol: r.Proto,
		ForwardedFor: clip(strings.Join(r.Header.Values("X-Forwarded-For"), ", ")), TrustedProxy: s.limits.ViaProxy(r),
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https", ServerTime: metric.TimestampOf(time.Now()),
	})
	return nil
}

func clip(text string) string {
	if len(text) > maxEchoBytes {
		return strings.ToValidUTF8(text[:maxEchoBytes], "")
	}
	return text
}
