package client

import (
	"fmt"
	"net/url"
	"strings"
)

// Address is where a server is: the base under which it serves, without query and with a closing slash.
type Address struct{ base url.URL }

// ParseAddress reads what people write: http, https, ws or wss, or no scheme at all, which means http; with or without
// a closing slash, /ws or /events behind the base.
func ParseAddress(text string) (Address, error) {
	whole := text
	if !strings.Contains(text, "://") {
		whole = "http://" + text
	}
	base, err := url.Parse(whole)
	if err != nil {
		return Address{}, badAddress(text, "cannot be read")
	}
	switch base.Scheme {
	case "http", "https":
	case "ws":
		base.Scheme = "http"
	case "wss":
		base.Scheme = "https"
	default:
		return Address{}, badAddress(text, "begins with something other than http, https, ws or wss")
	}
	if base.Hostname() == "" {
		return Address{}, badAddress(text, "names no host")
	}
	if base.User != nil {
		return Address{}, badAddress("", "holds a user name or a password, which would end up in logs")
	}
	path := strings.TrimRight(base.Path, "/")
	for _, ending := range []string{"/ws", "/events"} {
		path = strings.TrimSuffix(path, ending)
	}
	return Address{base: url.URL{Scheme: base.Scheme, Host: base.Host, Path: path + "/"}}, nil
}

func badAddress(text, problem string) error {
	return fmt.Errorf("the address %.100q %s; write it like http://127.0.0.1:8080 or https://vitals.example/path", text, problem)
}

// String is the base, such as https://vitals.example/path/.
func (a Address) String() string { return a.base.String() }

// Host is the name or address, with the port if it is not the scheme's own.
func (a Address) Host() string { return a.base.Host }

// Hostname is the name or address alone.
func (a Address) Hostname() string { return a.base.Hostname() }

// Port is the port, the scheme's own if none was given.
func (a Address) Port() string {
	if port := a.base.Port(); port != "" {
		return port
	}
	if a.Secure() {
		return "443"
	}
	return "80"
}

// Secure reports whether the server is asked by https.
func (a Address) Secure() bool { return a.base.Scheme == "https" }

// Origin is the origin of a page that the server itself serves.
func (a Address) Origin() string { return a.base.Scheme + "://" + a.base.Host }

// Path is the path of the base; it begins and ends with a slash.
func (a Address) Path() string { return a.base.Path }

// Root is the same server without a path.
func (a Address) Root() Address {
	a.base.Path = "/"
	return a
}

// At is the address of something below the base, such as api/v1/hosts.
func (a Address) At(path string) string {
	a.base.Path += path
	return a.base.String()
}
