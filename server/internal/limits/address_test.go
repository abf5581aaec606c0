package limits

import (
	"net/netip"
	"testing"
)

func proxies(t *testing.T, texts ...string) Proxies {
	t.Helper()
	var all Proxies
	for _, text := range texts {
		prefix, err := ParseProxy(text)
		must(t, err)
		all = append(all, prefix)
	}
	return all
}

func TestClientIsTheNearestAddressThatNoProxyOfOursHas(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []string
		peer    string
		headers []string
		client  string
	}{
		"no proxy": {nil, "192.0.2.1:5", nil, "192.0.2.1"},
		"a header from a stranger": {
			nil, "192.0.2.1:5",
			[]string{"X-Forwarded-For", "203.0.113.9"},
			"192.0.2.1",
		},
		"a header from a stranger beside the proxies": {
			[]string{"10.0.0.0/8"},
			"192.0.2.1:5",
			[]string{"X-Forwarded-For", "203.0.113.9"},
			"192.0.2.1",
		},
		"one proxy": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "203.0.113.9"},
			"203.0.113.9",
		},
		"invented addresses further left": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "1.1.1.1, 2.2.2.2 , 203.0.113.9"},
			"203.0.113.9",
		},
		"two proxies": {
			[]string{"10.0.0.0/8", "192.168.0.1"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "1.1.1.1, 203.0.113.9, 192.168.0.1"},
			"203.0.113.9",
		},
		"two lines": {
			[]string{"10.0.0.0/8", "192.168.0.1"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "1.1.1.1, 203.0.113.9", "X-Forwarded-For", "192.168.0.1"},
			"203.0.113.9",
		},
		"only proxies": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "10.0.0.7, 10.0.0.8"},
			"10.0.0.7",
		},
		"a proxy that says nothing": {[]string{"10.0.0.0/8"}, "10.1.2.3:5", nil, "10.1.2.3"},
		"a word that is no address ends the walk": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "203.0.113.9, unknown"},
			"10.1.2.3",
		},
		"such a word ends it in all lines": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-For", "unknown"},
			"10.1.2.3",
		},
		"an empty line behind an address": {
			[]string{"10.0.0.0/8"},
			"10.1.2.3:5",
			[]string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-For", ""},
			"10.1.2.3",
		},
		"an empty header":                 {[]string{"10.0.0.0/8"}, "10.1.2.3:5", []string{"X-Forwarded-For", ""}, "10.1.2.3"},
		"commas":                          {[]string{"10.0.0.0/8"}, "10.1.2.3:5", []string{"X-Forwarded-For", ",,,"}, "10.1.2.3"},
		"an address with its port":        {[]string{"10.0.0.0/8"}, "10.1.2.3:5", []string{"X-Forwarded-For", "203.0.113.9:80"}, "203.0.113.9"},
		"IPv6 in brackets":                {[]string{"10.0.0.0/8"}, "10.1.2.3:5", []string{"X-Forwarded-For", "[2001:db8::1]:80"}, "2001:db8::1"},
		"IPv6 bare":                       {[]string{"::1"}, "[::1]:5", []string{"X-Forwarded-For", "2001:db8::1"}, "2001:db8::1"},
		"IPv4 in IPv6 is IPv4":            {nil, "[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		"a proxy seen as IPv4 in IPv6":    {[]string{"10.0.0.0/8"}, "[::ffff:10.1.2.3]:5", []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		"a proxy written as IPv4 in IPv6": {[]string{"::ffff:10.1.2.3"}, "10.1.2.3:5", []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		"a zone":                          {nil, "[fe80::1%eth0]:5", nil, "fe80::1"},
		"no address at all":               {nil, "@", []string{"X-Forwarded-For", "203.0.113.9"}, "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			if client := proxies(t, c.proxies...).Client(request(c.peer, c.headers...)); client.String() != c.client {
				t.Errorf("the client is %s, expected %s", client, c.client)
			}
		})
	}
}

func TestParseProxy(t *testing.T) {
	for text, expected := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "10.1.2.3/8": "10.0.0.0/8", "10.1.2.3": "10.1.2.3/32", "2001:db8::/32": "2001:db8::/32",
		"::1": "::1/128", "": "", "proxy.example": "", "10.0.0.0/33": "", "10.0.0": "", "10.0.0.1:80": "", "fe80::1%eth0": "", "::ffff:10.0.0.0/104": "",
	} {
		prefix, err := ParseProxy(text)
		switch {
		case expected == "" && err == nil:
			t.Errorf("%q is taken as %s", text, prefix)
		case expected != "" && (err != nil || prefix != netip.MustParsePrefix(expected)):
			t.Errorf("%q is taken as %s (%v), expected %s", text, prefix, err, expected)
		}
	}
}

func TestACustomerIsAnAddressOrA64(t *testing.T) {
	for text, expected := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::ffff:192.0.2.1": "192.0.2.1/32",
	} {
		if got := customer(parseAddress(text)); got.String() != expected {
			t.Errorf("%s is counted as %s, expected %s", text, got, expected)
		}
	}
}
