package main

import (
	"fmt"
	"net/url"
	"strings"
)

// badInstants and badLengths are no times, and no lengths of time, of the past.
var (
	badInstants = []string{
		"", " ", "x", "yesterday", "NOW", "Now", "now ", "now+1h", "now-", "now--1h", "-", "--1h", "-1x", "-1y", "-1M", "-h", "-NaN", "-Inf", "+1h", "1h", "NaN", "Inf", "-1e3", "1e9",
		"0x10", "1_000", "1690000000123", "1690000000000000000", "253402300800", "999999999999999999999", "1.2.3", ".", "..", "１６９００００００００", "2030-01-31", "2030-01-31T12:00:00",
		"2030-13-31T12:00:00Z", "2030-02-30T12:00:00Z", "2030-01-31T25:00:00Z", "2030-01-31 12:00:00Z", "10000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "T", "TTT",
		"-99999999999999d", "-101000d", "-1d1d1d", "null", "true", "[1]", "\x00", "-1\x00h", "-\xff", "<script>", "'; --", strings.Repeat("9", 400), "-" + strings.Repeat("9", 400) + "h",
	}
	badSteps = []string{
		"", "0", "0s", "-1", "-5s", "-0", "0.0001", "0.0005s", "1ns", "1us", "999us", "1.0001", "1.5ms", "x", "RAW", "Raw", "raw ", "auto", "1y", "1M", "5 s", "s", "NaN", "Inf", "1e3", "+5s", "0x5", "1_0",
		"9999999999h", "40000d", "null", strings.Repeat("1", 400),
	}
	badPoints = []string{"", "0", "-1", "+1", "1.5", "1e3", "x", "0x10", "1_000", "NaN", " 1", "1 ", "99999999999", "18446744073709551616", "null", "1,2", "１", strings.Repeat("9", 100)}
	badPast   = map[string][]string{"metrics": badValues["metrics"], "from": badInstants, "to": badInstants}
)

// historyLimits are questions that would cost too much, and what to change.
var historyLimits = map[string]string{
	"points=11001":                        "points",
	"points=2147483647":                   "points",
	"from=0&step=0.001":                   "points", // the query of death: a long time by short steps
	"from=0&to=253402300799&step=0.1":     "points",
	"from=-3650d&step=1s":                 "points",
	"from=-1h&step=1s&points=100":         "points",
	"from=-1h&step=0.1":                   "points",
	"from=-10d&step=60s&metrics=*cpu*":    "points",
	"from=-1h&step=1s&points=1&summary=1": "points",
}

// badHistory asks for a past that there is not, or too much of it.
func badHistory() []refusedRequest {
	var inputs []refusedRequest
	add := func(path, query string, status int, code, field string) {
		inputs = append(inputs, refusedRequest{
			name: fmt.Sprintf("%s?%.60s", path, query), raw: request("GET", path+"?"+query), status: status, code: code, field: field,
		})
	}
	for path, usual := range map[string]string{"/api/v1/history": "summary=1", "/api/v1/export": "format=csv"} {
		for name, values := range badPast {
			for _, value := range values {
				add(path, usual+"&"+name+"="+url.QueryEscape(value), 400, "bad_request", name)
			}
		}
		for _, host := range append([]string{"", "*", "web-1,web-2", "a\x00", "\xff"}, unknownHosts...) {
			add(path, usual+"&host="+url.QueryEscape(host), 404, "unknown_host", "host")
		}
		for _, name := range unknownNames {
			if name != "format" {
				add(path, usual+"&"+url.QueryEscape(name)+"=1", 400, "bad_request", name)
			}
		}
		for _, query := range []string{"from=5&to=5", "from=6&to=5", "to=0", "from=now", "from=2030-01-31T12:00:00Z&to=2030-01-31T11:00:00Z", "from=-1h&to=-2h"} {
			add(path, usual+"&"+query, 400, "bad_request", "from")
		}
		for _, query := range unreadable {
			add(path, query, 400, "bad_request", "query")
		}
		add(path, usual+"&metrics="+list(65, "a"), 400, "too_many", "metrics")
		add(path, usual+strings.Repeat("&metrics=a", 100), 400, "too_many", "metrics")
	}
	for name, values := range map[string][]string{"step": badSteps, "points": badPoints, "summary": badSwitches} {
		for _, value := range values {
			add("/api/v1/history", name+"="+url.QueryEscape(value), 400, "bad_request", name)
		}
	}
	add("/api/v1/history", "step=raw&points=5", 400, "bad_request", "points")
	for query, field := range historyLimits {
		add("/api/v1/history", query, 422, "limit", field)
	}
	for _, format := range []string{"", "CSV", "json", "xml", "csv,ndjson", "csv ", "parquet", "\x00", strings.Repeat("csv", 100)} {
		add("/api/v1/export", "format="+url.QueryEscape(format), 400, "bad_request", "format")
	}
	add("/api/v1/export", "from=-1h", 400, "bad_request", "format")
	for _, name := range []string{"points", "step", "summary"} {
		add("/api/v1/export", "format=csv&"+name+"=1", 400, "bad_request", name)
	}
	for _, path := range []string{"/api/v1/history/status", "/api/v1/history/hosts"} {
		for _, name := range []string{"host", "from", "format", "x"} {
			add(path, name+"=1", 400, "bad_request", name)
		}
	}
	return inputs
}
