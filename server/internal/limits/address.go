package limits

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// ParseProxy reads what the setting for trusted proxies takes: an address, or a range such as 10.0.0.0/8.
func ParseProxy(text string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil && !prefix.Addr().Is4In6() { // addresses are compared unmapped
		return prefix.Masked(), nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%.80q is neither an address nor a range such as 10.0.0.0/8", text)
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), nil
}

// Proxies are the ranges whose X-Forwarded-For is believed.
type Proxies []netip.Prefix

// Client is the address that a request comes from: the peer's, or, if that is a trusted proxy, the nearest address in
// X-Forwarded-For that is none. Each proxy appends the address that it sees, so what stands further left may be invented.
// What is no address ends the walk: whoever wrote it cannot be named, so the proxy that passed it on stands for it.
// The address is not valid when the peer has none, as on a Unix socket.
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := parseAddress(r.RemoteAddr)
	if !p.trust(client) {
		return client
	}
	list := strings.Join(r.Header["X-Forwarded-For"], ",") // several lines are one list (RFC 9110, 5.3)
	for more := true; more && p.trust(client); {
		comma := strings.LastIndexByte(list, ',')
		nearest := parseAddress(strings.TrimSpace(list[comma+1:]))
		if !nearest.IsValid() {
			return client
		}
		client, list, more = nearest, list[:max(comma, 0)], comma >= 0
	}
	return client
}

func (p Proxies) trust(address netip.Addr) bool {
	for _, proxy := range p {
		if proxy.Contains(address) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port. IPv4 in IPv6 is IPv4; zones mean nothing beyond this machine.
func parseAddress(text string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	address, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone("")
}

// The part of an IPv6 address that tells customers apart: each has at least 2^64 addresses of its own.
const customerBits = 64

// customer is what is counted as one.
func customer(address netip.Addr) netip.Prefix {
	bits := customerBits
	if address.Is4() {
		bits = address.BitLen()
	}
	prefix, _ := address.Prefix(bits) // of an address that is not valid it is the zero prefix: all those are one
	return prefix
}
