package wire

import "vitals/internal/metric"

// Version is the protocol version; it is part of the subprotocol's name.
const Version = 1

// SubprotocolJSON is the WebSocket subprotocol of a session in JSON.
const SubprotocolJSON = "vitals.v1.json"

// Type names a frame.
type Type string

// The frames of a session. The first group travels from server to client, the second from client to server.
const (
	TypeHello    Type = "hello"
	TypeCatalog  Type = "catalog"
	TypeSnapshot Type = "snapshot"
	TypeUpdate   Type = "update"
	TypeGap      Type = "gap"
	TypeError    Type = "error"
	TypePong     Type = "pong"

	TypeSubscribe   Type = "subscribe"
	TypeUnsubscribe Type = "unsubscribe"
	TypePing        Type = "ping"
)

// Hello is the first frame of every session.
type Hello struct {
	Type     Type          `json:"type"`
	Protocol int           `json:"protocol"` // the protocol version, 1
	Server   Server        `json:"server"`   //
	Epoch    string        `json:"epoch"`    // positions are only valid within one epoch; a restarted server has a new one
	Interval float64       `json:"interval"` // seconds between two ticks
	Backfill float64       `json:"backfill"` // seconds of past that a snapshot reaches back at most
	Limits   Limits        `json:"limits"`   //
	Hosts    []metric.Host `json:"hosts"`    // the first is the server's own
}

// Server says who is speaking.
type Server struct {
	Version string             `json:"version"`       // such as v0.1.0
	Time    metric.TimestampMs `json:"time"`          // the server's clock when the frame was made, unix seconds
	App     string             `json:"app,omitempty"` // a fingerprint of the app that the server serves; changes when the app does
}

// Limits tells a client what the server accepts from it.
type Limits struct {
	MessageBytes int `json:"messageBytes"` // the largest client frame
	Hosts        int `json:"hosts"`        // hosts in one subscribe
	Globs        int `json:"globs"`        // metric globs in one subscribe
}

// Catalog lists the series of a host in the order of the columns of its snapshots and updates. It is sent before the
// first value and again, longer, when a series appears; the columns already known keep their place within an epoch.
type Catalog struct {
	Type   Type            `json:"type"`
	Host   string          `json:"host"`
	Series []metric.Series `json:"series"`
}

// Snapshot is a run of past updates of a host as columns: row i has position Seq+i. Rows are oldest first and follow
// what the client already has; a long past comes in several snapshots.
type Snapshot struct {
	Type       Type                 `json:"type"`
	Host       string               `json:"host"`
	Seq        uint64               `json:"seq"`        // position of the first row
	Timestamps []metric.TimestampMs `json:"timestamps"` // unix seconds, one a row
	Columns    []Column             `json:"columns"`    // one a series, in catalogue order, each with one value a row
}

// Column is the values of one series, null where there was none.
type Column []float64

// Update is one tick of a host: a value for each series in catalogue order, null where a series has none this tick.
// It may have fewer values than the catalogue has series; the missing ones are null.
type Update struct {
	Type      Type               `json:"type"`
	Host      string             `json:"host"`
	Seq       uint64             `json:"seq"`
	Timestamp metric.TimestampMs `json:"timestamp"` // unix seconds
	Values    Column             `json:"values"`
}

// Gap says that updates of a host are missing before the next frame: dropped because this client was too slow, or, with
// Recovered false, no longer in the server's memory when the client came back.
type Gap struct {
	Type      Type   `json:"type"`
	Host      string `json:"host"`
	From      uint64 `json:"from,omitempty"`    // the first missing position, if it is known
	To        uint64 `json:"to,omitempty"`      // the last missing position, if it is known
	Dropped   uint64 `json:"dropped,omitempty"` // how many updates are missing, if it is known
	Recovered bool   `json:"recovered"`         // always false in this version: the missing updates do not follow
}

// Error tells the client what it did wrong. The session goes on unless a close follows.
type Error struct {
	Type    Type   `json:"type"`
	Code    string `json:"code"`            // for programs: bad_request, unknown_host, too_many
	Message string `json:"message"`         // for people: what is wrong and what is allowed
	Field   string `json:"field,omitempty"` // the field at fault
}

// Pong answers a ping.
type Pong struct {
	Type Type               `json:"type"`
	ID   uint64             `json:"id"`   // the id of the ping
	Time metric.TimestampMs `json:"time"` // the server's clock, unix seconds
}

// Subscribe asks for the stream of hosts. It replaces an earlier subscription to the same host.
type Subscribe struct {
	Type     Type                       `json:"type"`
	Hosts    []string                   `json:"hosts,omitempty"`    // host names; none means the server's own host
	Metrics  []string                   `json:"metrics,omitempty"`  // globs on series names, such as cpu or network.*; none means all
	Backfill *float64                   `json:"backfill,omitempty"` // seconds of past to send first; absent means all there is, 0 none
	Since    map[string]metric.Position `json:"since,omitempty"`    // per host the last position that the client has
}

// Unsubscribe ends the stream of hosts.
type Unsubscribe struct {
	Type  Type     `json:"type"`
	Hosts []string `json:"hosts,omitempty"` // none means all
}

// Ping asks for a pong; the client measures the round trip and the difference of the clocks by it.
type Ping struct {
	Type Type   `json:"type"`
	ID   uint64 `json:"id"`
}
