package wire

import (
	"encoding/json"
	"math"

	"vitals/internal/metric"
)

// Subscribe asks for the stream of hosts. It replaces an earlier subscription to the same host, at any time.
type Subscribe struct {
	Type     Type                       `json:"type"`
	Hosts    []string                   `json:"hosts,omitempty"`    // host names; none means the server's own host
	Metrics  []string                   `json:"metrics,omitempty"`  // globs on series names, such as cpu or network.*; none means all
	Interval float64                    `json:"interval,omitempty"` // seconds that a row covers, 0.1 to 3600; absent or 0 means each tick
	Envelope bool                       `json:"envelope,omitempty"` // rows carry the smallest and largest values too
	Backfill *float64                   `json:"backfill,omitempty"` // seconds of past to send first; absent means all there is, 0 none
	Since    map[string]metric.Position `json:"since,omitempty"`    // per host the last position that the client has
}

// Unsubscribe ends the stream of hosts.
type Unsubscribe struct {
	Type  Type     `json:"type"`
	Hosts []string `json:"hosts,omitempty"` // none means all
}

// Publish pushes events: anybody may add series. It is answered by a published with the same id.
type Publish struct {
	Type   Type          `json:"type"`
	ID     uint64        `json:"id,omitempty"`
	Events []PushedEvent `json:"events"`
}

// PushedEvent is one value of one series as somebody outside gives it. Its shape is checked by the codec; whether its name,
// its time and its value are good is for ingestion to say, event by event.
type PushedEvent struct {
	Metric    string              `json:"metric"`              // the name of the series within its host
	Value     float64             `json:"value"`               // finite
	Timestamp *metric.TimestampMs `json:"timestamp,omitempty"` // unix seconds or RFC 3339; absent means now
	Host      string              `json:"host,omitempty"`      // absent means the server's own
	Unit      string              `json:"unit,omitempty"`      // what the value counts; heeded when the series is new
	Help      string              `json:"help,omitempty"`      // one sentence for people; heeded when the series is new

	Fault *FieldError `json:"-"` // why a received event could not be read; nil when it could
}

// MarshalJSON writes a value that is not finite as a number too large for any, or as null; the server will refuse it.
func (e PushedEvent) MarshalJSON() ([]byte, error) {
	type plain PushedEvent
	var value json.RawMessage
	switch {
	case math.IsInf(e.Value, 1):
		value = json.RawMessage("1e999")
	case math.IsInf(e.Value, -1):
		value = json.RawMessage("-1e999")
	case !math.IsNaN(e.Value):
		return json.Marshal(plain(e))
	}
	return json.Marshal(struct {
		plain
		Value json.RawMessage `json:"value"`
	}{plain(e), value})
}

// Ping asks for a pong; the client measures the round trip and the difference of the clocks by it.
type Ping struct {
	Type Type   `json:"type"`
	ID   uint64 `json:"id"`
}
