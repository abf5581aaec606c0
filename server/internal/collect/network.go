package collect

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/net"

	"vitals/internal/metric"
)

func networkFamilies() []metric.Family {
	rate := func(name string, unit metric.Unit, help, prometheus, openTelemetry string, labels ...string) metric.Family {
		family := metric.Family{
			Name: name, Labels: labels, Unit: unit, Kind: metric.Gauge, Help: help,
			Prometheus: prometheus, OpenTelemetry: openTelemetry,
		}
		if unit == metric.PerSecond {
			family.Decimals = 2
		}
		return family
	}
	return []metric.Family{
		rate("network.receive", metric.BytesPerSecond, "Bytes received, loopback and virtual interfaces left out",
			"vitals_network_receive_bytes_per_second", "system.network.io"),
		rate("network.transmit", metric.BytesPerSecond, "Bytes sent, loopback and virtual interfaces left out",
			"vitals_network_transmit_bytes_per_second", "system.network.io"),
		rate("network.interface.receive", metric.BytesPerSecond, "Bytes received by one interface",
			"vitals_network_interface_receive_bytes_per_second", "system.network.io", "interface"),
		rate("network.interface.transmit", metric.BytesPerSecond, "Bytes sent by one interface",
			"vitals_network_interface_transmit_bytes_per_second", "system.network.io", "interface"),
		rate("network.interface.errors", metric.PerSecond, "Packets of one interface that were broken, both ways",
			"vitals_network_interface_errors_per_second", "system.network.errors", "interface"),
		rate("network.interface.drops", metric.PerSecond, "Packets of one interface that were dropped, both ways",
			"vitals_network_interface_drops_per_second", "system.network.packet.dropped", "interface"),
	}
}

// networkSensor computes rates from the kernel's counters of network interfaces.
type networkSensor struct {
	ctx        context.Context
	file       string // the counters of the host's network namespace
	sys        string
	filter     filter
	interfaces map[string]*interfaceState
}

// interfaceState is one interface with its counters at the last read.
type interfaceState struct {
	receive, transmit, errors, drops string // names of its series; "" when it is not shown
	counted                          bool   // part of the totals
	before                           net.IOCountersStat
	seenAt                           time.Time
}

// interfaceRates are things a second.
type interfaceRates struct {
	receive, transmit, errors, drops float64
}

func newNetworkSensor(ctx context.Context, paths paths, globs []string) *networkSensor {
	return &networkSensor{
		ctx: ctx, file: paths.networkCounters(), sys: paths.sys, filter: newFilter(globs),
		interfaces: make(map[string]*interfaceState),
	}
}

func (s *networkSensor) Name() string              { return "network" }
func (s *networkSensor) Families() []metric.Family { return networkFamilies() }

// Read returns rates since the read before; an interface that is new has its first at its second read.
func (s *networkSensor) Read(now time.Time) ([]metric.Event, error) {
	counters, err := net.IOCountersByFileWithContext(s.ctx, true, s.file)
	if err != nil {
		return nil, fmt.Errorf("read network counters: %w", err)
	}
	events := make([]metric.Event, 0, 16)
	var total interfaceRates
	steady, some := true, false
	for _, after := range counters {
		state, known := s.interfaces[after.Name]
		if !known {
			state = s.newState(after.Name)
			s.interfaces[after.Name] = state
		}
		if known && (state.counted || state.receive != "") {
			rates, ok := interfaceRatesOf(state.before, after, now.Sub(state.seenAt))
			if ok && state.receive != "" {
				events = append(events, state.events(rates)...)
			}
			if state.counted {
				total.receive += rates.receive
				total.transmit += rates.transmit
				some, steady = true, steady && ok
			}
		}
		state.before, state.seenAt = after, now
	}
	maps.DeleteFunc(s.interfaces, func(_ string, state *interfaceState) bool { return state.seenAt != now })
	if !some || !steady { // without one of its parts the total would be wrong
		return events, nil
	}
	return append([]metric.Event{
		{Metric: "network.receive", Value: total.receive}, {Metric: "network.transmit", Value: total.transmit},
	}, events...), nil
}

func (s *networkSensor) newState(name string) *interfaceState {
	usual := !isVirtualInterface(s.sys, name)
	if !s.filter.allows(usual, name) {
		return &interfaceState{}
	}
	return &interfaceState{
		receive:  seriesName("network.interface.receive", "interface", name),
		transmit: seriesName("network.interface.transmit", "interface", name),
		errors:   seriesName("network.interface.errors", "interface", name),
		drops:    seriesName("network.interface.drops", "interface", name),
		counted:  usual,
	}
}

func (i *interfaceState) events(rates interfaceRates) []metric.Event {
	return []metric.Event{
		{Metric: i.receive, Value: rates.receive},
		{Metric: i.transmit, Value: rates.transmit},
		{Metric: i.errors, Value: rates.errors},
		{Metric: i.drops, Value: rates.drops},
	}
}

func interfaceRatesOf(before, after net.IOCountersStat, elapsed time.Duration) (rates interfaceRates, ok bool) {
	ok = true
	rate := func(before, after uint64) float64 {
		value, known := perSecond(before, after, elapsed)
		ok = ok && known
		return value
	}
	rates = interfaceRates{
		receive:  rate(before.BytesRecv, after.BytesRecv),
		transmit: rate(before.BytesSent, after.BytesSent),
		errors:   rate(before.Errin, after.Errin) + rate(before.Errout, after.Errout),
		drops:    rate(before.Dropin, after.Dropin) + rate(before.Dropout, after.Dropout),
	}
	return rates, ok
}

// isVirtualInterface leaves out loopback and whatever carries traffic that another interface counts as well. sysfs keeps
// virtual interfaces apart; but inside of a container eth0 is one of them, and the only way out.
func isVirtualInterface(sys, name string) bool {
	for _, prefix := range []string{
		"veth", "docker", "br-", "virbr", "vnet", "tun", "tap", "ifb", "dummy", "bond", "team", "cali", "cni", "flannel",
		"lxc", "lxd", "wg", "tailscale", "zt", "sit", "gre", "ip6tnl", "vxlan", "geneve", "macvtap", "kube-", "podman", "nlmon",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	if name == "lo" || strings.ContainsAny(name, ".:@") { // a VLAN or an alias of an interface that is counted
		return true
	}
	target, err := os.Readlink(filepath.Join(sys, "class", "net", name))
	if err != nil || !strings.Contains(target, "/devices/virtual/") {
		return false
	}
	return !strings.HasPrefix(name, "eth") && !strings.HasPrefix(name, "en") && !strings.HasPrefix(name, "venet")
}
