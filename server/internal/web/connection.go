package web

import (
	"net/http"
	"strings"
	"time"

	"vitals/internal/metric"
)

// What of a request stands in the answer, in bytes.
const (
	maxHeaderEchoBytes = 512
	maxFieldBytes      = 64
)

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
	header := func(lines ...string) string { return clip(strings.Join(lines, ", "), maxHeaderEchoBytes) }
	writeJSON(w, http.StatusOK, connectionAnswer{
		Address: s.limits.Client(r).String(), Host: header(r.Host), Origin: header(r.Header.Get("Origin")), Protocol: r.Proto,
		ForwardedFor: header(r.Header.Values("X-Forwarded-For")...), TrustedProxy: s.limits.ViaProxy(r),
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https", ServerTime: metric.TimestampOf(time.Now()),
	})
	return nil
}

// clip is the beginning of a text, at most so many bytes, as valid UTF-8.
func clip(text string, mostBytes int) string {
	return strings.ToValidUTF8(text[:min(len(text), mostBytes)], "")
}
