package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ParseOrigin checks an origin that a setting allows: scheme://host or scheme://host:port, nothing behind it.
func ParseOrigin(text string) (string, error) {
	origin, err := url.Parse(text)
	if err != nil || origin.Host == "" || origin.Scheme != "http" && origin.Scheme != "https" ||
		origin.User != nil || strings.Contains(origin.Host, "*") || strings.TrimSuffix(text, "/") != origin.Scheme+"://"+origin.Host {
		return "", fmt.Errorf("%.80q is not an origin; write https://name or http://name:port, and nothing behind it", text)
	}
	return canonicalOrigin(origin), nil
}

// canonicalOrigin is in lower case and without the port that its scheme implies.
func canonicalOrigin(origin *url.URL) string {
	host := strings.ToLower(origin.Host)
	if origin.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return origin.Scheme + "://" + host
}

// guard lets a request pass only under a known host name and from a page that may ask.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knowsHost(r.Host) {
			s.writeError(w, r, &apiError{Code: codeForbidden, Field: "Host", Message: fmt.Sprintf(
				"this server does not go by the name %.80q; start it with --allow-host to make it", hostname(r.Host))})
			return
		}
		origin := r.Header.Get("Origin")
		allowed := s.allowsOrigin(origin)
		if origin != "" {
			w.Header().Add("Vary", "Origin")
		}
		if origin != "" && !allowed && !sameOrigin(origin, r.Host) && !s.isPublic(r) {
			s.writeError(w, r, &apiError{Code: codeForbidden, Field: "Origin", Message: fmt.Sprintf(
				"pages from %.80q may not read this server; start it with --allow-origin to let them", origin)})
			return
		}
		if allowed {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", "Retry-After, Content-Disposition")
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Content-Encoding, Last-Event-ID")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isPublic says whether a request is for a file that the app is made of: the same for everybody, without data, and not
// readable by a foreign page all the same. Browsers send an Origin with scripts and styles too; refused behind a proxy that
// changes Host, they would leave an empty page instead of one that says what is wrong.
func (s *Server) isPublic(r *http.Request) bool {
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	return isRead && strings.HasPrefix(strings.TrimPrefix(r.URL.Path, s.base), "/assets/")
}

// knowsHost accepts addresses and local names always, other names when they are the machine's own or were allowed. A page
// of a stranger's name that suddenly resolves to this machine (DNS rebinding) has neither.
func (s *Server) knowsHost(host string) bool {
	name := hostname(host)
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(s.allowHosts, name)
}

func (s *Server) allowsOrigin(origin string) bool {
	parsed, err := url.Parse(origin)
	return err == nil && slices.Contains(s.allowOrigins, canonicalOrigin(parsed))
}

// sameOrigin compares a page's host and port with the request's. The scheme is left out: a proxy may have ended TLS.
func sameOrigin(origin, host string) bool {
	parsed, err := url.Parse(origin)
	if err != nil || parsed.Host == "" {
		return false
	}
	asked := canonicalOrigin(&url.URL{Scheme: parsed.Scheme, Host: host})
	return canonicalOrigin(parsed) == asked
}

// hostname is a Host header without port, brackets and a closing dot, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}
