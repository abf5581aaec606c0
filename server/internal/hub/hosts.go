package hub

import "vitals/internal/metric"

// HostState says whether a host is heard of.
type HostState string

// The states of a host.
const (
	HostLive   HostState = "live"   // it came, or sends again
	HostSilent HostState = "silent" // it has sent nothing for longer than its usual gap
	HostGone   HostState = "gone"   // it has left: nobody described it, and all its series have ended
)

// HostChange tells that a host is in another state than before.
type HostChange struct {
	State HostState
	Host  metric.Host
	Since metric.TimestampMs // by the hub's clock: when the host came, sent last or left
}
