// Package settings is the one description of what can be set: the flags, the VITALS_* variables, the keys of the YAML
// file, their checks and their documentation all come from the struct below.
//
// A flag beats a variable, a variable beats the file, the file beats the default. A bad value, an unknown flag and an
// unknown key of the file are errors that name the setting, the value and what is allowed. An unknown VITALS_* variable
// is only worth a warning: orchestrators put such names into the environment of their own accord.
package settings

import (
	"fmt"
	"net"
	"path"
	"strconv"
	"strings"
	"time"

	"vitals/internal/collect"
	"vitals/internal/limits"
	"vitals/internal/web"
)

// Settings is all that can be set. The zero value is not useful; the defaults stand in the tags.
type Settings struct {
	Listen   string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one."`
	Interval time.Duration `default:"1s" placeholder:"TIME" help:"Time between two samples, 100ms to 1m."`
	Backfill time.Duration `default:"5m" placeholder:"TIME" help:"How much past is kept in memory for viewers that come later, 1s to 24h."`

	Source        string        `default:"host" enum:"host,simulate" placeholder:"NAME" help:"What is shown: host is this machine, simulate invents machines for demos and tests."`
	SimulateHosts int           `default:"3" placeholder:"N" help:"How many machines to invent, 1 to 1000."`
	SimulateSeed  uint64        `default:"1" placeholder:"N" help:"The same seed invents the same values at the same time."`
	SimulatePast  time.Duration `default:"0s" placeholder:"TIME" help:"How much history to invent before the start, such as 6h, up to 31d."`

	Data          string        `placeholder:"DIR" help:"Folder for all that is remembered. Without it: the state folder of the service; of root /var/lib/vitals; of others $XDG_STATE_HOME/vitals or ~/.local/state/vitals; of invented machines one that goes with the process."`
	History       string        `default:"on" enum:"on,off" placeholder:"on|off" help:"Whether what was measured is kept on disk."`
	RetentionTime time.Duration `default:"15d" placeholder:"TIME" help:"How long history is kept, 1h to 3650d."`
	RetentionSize Size          `default:"1GiB" placeholder:"SIZE" help:"How large history may grow, 16MiB to 1PiB; the oldest goes first. Whichever of the two comes first counts."`
	HistorySync   string        `default:"1s" placeholder:"TIME|always" help:"How much a power loss may cost: what was recorded is made safe this often, 100ms to 1h, or always before it is acknowledged. The end of the process costs nothing either way."`

	Rootfs      string   `placeholder:"DIR" help:"Where the host's file system is mounted when this runs in a container, such as /host. HOST_PROC, HOST_SYS and HOST_ETC are honoured too."`
	Disks       []string `placeholder:"GLOB" help:"Disks to show, such as nvme*; a leading - leaves out. Without it, physical ones."`
	Interfaces  []string `placeholder:"GLOB" help:"Network interfaces to show, such as eth*; a leading - leaves out. Without it, physical ones."`
	Filesystems []string `placeholder:"GLOB" help:"Mount points or file system types to show; a leading - leaves out. Without it, those that hold data."`

	Base        string   `default:"/" placeholder:"PATH" help:"Path under which everything is served, such as /vitals."`
	Static      string   `placeholder:"DIR|none" help:"Serve the app from this folder instead of the one in the program; none serves no app."`
	AllowOrigin []string `placeholder:"URL" help:"Origins whose pages may read this server and push to it, such as https://name.example; for an app that is deployed elsewhere."`
	AllowHost   []string `placeholder:"NAME" help:"Names under which this server may be asked, beside addresses, localhost and the machine's own name; for a server behind a proxy."`

	MaxConnections           int      `default:"16000" placeholder:"N" help:"Streams that may be open at once; fewer where the system allows fewer open files."`
	MaxConnectionsPerAddress int      `default:"4000" placeholder:"N" help:"Streams that one address may have open, or one bearer token; of IPv6 a /64 is one address."`
	HandshakeRate            int      `default:"200" placeholder:"N" help:"Streams that one address may open in a second, for long; ten times as many at once."`
	TrustedProxy             []string `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed, such as 127.0.0.1 or 10.0.0.0/8; without it everybody behind a proxy is one address."`

	MaxHosts         int `default:"200" placeholder:"N" help:"Hosts that may be added by pushing events; those that are measured here always have room."`
	MaxSeriesPerHost int `default:"2000" placeholder:"N" help:"Series that a host may have; what is known goes on when there are more."`
	MaxSeries        int `default:"100000" placeholder:"N" help:"Series that all hosts may have together."`

	LogLevel  string `default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat string `default:"auto" enum:"auto,json,console" placeholder:"FORMAT" help:"Form of the log: json, console, or auto, which is console in a terminal."`
}

// The bounds of the settings that are numbers.
const (
	minInterval, maxInterval = 100 * time.Millisecond, time.Minute
	minBackfill, maxBackfill = time.Second, 24 * time.Hour
	maxSimulated             = 1000
	maxConnections           = 1_000_000
	maxSeries                = 10_000_000
)

// Error says which setting is wrong.
type Error struct {
	Setting string // as a flag, such as --interval
	Value   string
	Allowed string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %q is not allowed; allowed is %s", e.Setting, e.Value, e.Allowed)
}

// Validate checks what the tags cannot, and puts the values into their canonical form. kong calls it before a command runs.
func (s *Settings) Validate() error {
	for _, check := range []func(*Settings) error{
		(*Settings).checkListen, (*Settings).checkNumbers, (*Settings).checkBase, (*Settings).checkOrigins,
		(*Settings).checkHosts, (*Settings).checkGlobs, (*Settings).checkLimits, (*Settings).checkHistory,
	} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) checkListen() error {
	_, port, err := net.SplitHostPort(s.Listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return &Error{"--listen", s.Listen, "HOST:PORT such as 127.0.0.1:8080, or :8080 for all addresses; ports are 0 to 65535"}
	}
	return nil
}

func (s *Settings) checkNumbers() error {
	switch {
	case s.Interval < minInterval || s.Interval > maxInterval:
		return &Error{"--interval", s.Interval.String(), "100ms to 1m"}
	case s.Backfill < minBackfill || s.Backfill > maxBackfill:
		return &Error{"--backfill", s.Backfill.String(), "1s to 24h"}
	case s.SimulateHosts < 1 || s.SimulateHosts > maxSimulated:
		return &Error{"--simulate-hosts", strconv.Itoa(s.SimulateHosts), "1 to 1000"}
	}
	return nil
}

// checkBase lets pass what can stand in a URL path without escaping.
func (s *Settings) checkBase() error {
	isClean := path.Clean(s.Base) == s.Base || path.Clean(s.Base)+"/" == s.Base
	if !strings.HasPrefix(s.Base, "/") || !isClean || strings.ContainsFunc(s.Base, unfitForPath) {
		return &Error{"--base", s.Base, "a path such as / or /vitals, of letters, digits, -, _, . and /"}
	}
	return nil
}

func unfitForPath(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./", r))
}

func (s *Settings) checkOrigins() error {
	for i, text := range s.AllowOrigin {
		origin, err := web.ParseOrigin(text)
		if err != nil {
			return &Error{"--allow-origin", text, "https://name or http://name:port with nothing behind it"}
		}
		s.AllowOrigin[i] = origin
	}
	return nil
}

func (s *Settings) checkLimits() error {
	for _, limit := range []struct {
		setting string
		value   int
	}{
		{"--max-connections", s.MaxConnections},
		{"--max-connections-per-address", s.MaxConnectionsPerAddress},
		{"--handshake-rate", s.HandshakeRate},
	} {
		if limit.value < 1 || limit.value > maxConnections {
			return &Error{limit.setting, strconv.Itoa(limit.value), "1 to 1000000"}
		}
	}
	for _, limit := range []struct {
		setting string
		value   int
	}{
		{"--max-hosts", s.MaxHosts}, {"--max-series-per-host", s.MaxSeriesPerHost}, {"--max-series", s.MaxSeries},
	} {
		if limit.value < 1 || limit.value > maxSeries {
			return &Error{limit.setting, strconv.Itoa(limit.value), "1 to 10000000"}
		}
	}
	_, err := s.Proxies()
	return err
}

// Proxies are the ranges of --trusted-proxy.
func (s *Settings) Proxies() (limits.Proxies, error) {
	var proxies limits.Proxies
	for _, text := range s.TrustedProxy {
		proxy, err := limits.ParseProxy(text)
		if err != nil {
			return nil, &Error{"--trusted-proxy", text, "an address such as 127.0.0.1, or a range such as 10.0.0.0/8"}
		}
		proxies = append(proxies, proxy)
	}
	return proxies, nil
}

// checkHosts wants bare names: one with a scheme or a port would never match.
func (s *Settings) checkHosts() error {
	for i, name := range s.AllowHost {
		if name == "" || strings.ContainsFunc(name, unfitForHost) {
			return &Error{"--allow-host", name, "a name such as vitals.example, without scheme, port and path"}
		}
		s.AllowHost[i] = strings.ToLower(name)
	}
	return nil
}

func unfitForHost(r rune) bool { return r == '/' || unfitForPath(r) }

func (s *Settings) checkGlobs() error {
	for setting, globs := range map[string][]string{
		"--disks": s.Disks, "--interfaces": s.Interfaces, "--filesystems": s.Filesystems,
	} {
		if err := collect.ValidateGlobs(setting, globs); err != nil {
			return err
		}
	}
	return nil
}
