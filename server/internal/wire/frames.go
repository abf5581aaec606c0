package wire

import "vitals/internal/metric"

// Version is the protocol version; it is part of the subprotocol's name.
const Version = 1

// The WebSocket subprotocols of a session: one for each codec.
const (
	SubprotocolJSON = "vitals.v1.json" // text messages
	SubprotocolCBOR = "vitals.v1.cbor" // binary messages
)

// Type names a frame.
type Type string

// The frames of a session. The first group travels from server to client, the second from client to server.
const (
	TypeHello     Type = "hello"
	TypeHost      Type = "host"
	TypeCatalog   Type = "catalog"
	TypeSnapshot  Type = "snapshot"
	TypeUpdate    Type = "update"
	TypeGap       Type = "gap"
	TypePublished Type = "published"
	TypeError     Type = "error"
	TypePong      Type = "pong"

	TypeSubscribe   Type = "subscribe"
	TypeUnsubscribe Type = "unsubscribe"
	TypePublish     Type = "publish"
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

// Limits tells a client what the server accepts from it. What comes faster than the rates ends the session; a burst of up
// to twice the bytes of a second is let through.
type Limits struct {
	MessageBytes      int `json:"messageBytes"`                // the largest client frame
	Hosts             int `json:"hosts"`                       // hosts in one subscribe
	Globs             int `json:"globs"`                       // metric globs in one subscribe
	Events            int `json:"events,omitempty"`            // events in one publish
	MessagesPerSecond int `json:"messagesPerSecond,omitempty"` // messages a second in the long run
	MessageBurst      int `json:"messageBurst,omitempty"`      // messages at once after a silence
	BytesPerSecond    int `json:"bytesPerSecond,omitempty"`    // bytes a second in the long run
}

// State says how a host does.
type State string

// The states of a host.
const (
	Live   State = "live"   // it appeared or came back
	Silent State = "silent" // it sends nothing for longer than it used to
	Gone   State = "gone"   // it left with all its series
)

// HostState tells every session that a host appeared, fell silent, came back or left.
type HostState struct {
	Type  Type               `json:"type"`
	State State              `json:"state" jsonschema:"enum=live,enum=silent,enum=gone"`
	Host  metric.Host        `json:"host"`
	Since metric.TimestampMs `json:"since"` // since when it is so, unix seconds
}

// Catalog lists the series of a host in the order of the columns of its snapshots and updates. It is sent before the
// first value and replaced as a whole by the next one of the host, which may be longer or lack series that ended. The
// columns of a row are those of the last catalogue sent before it; a client finds a series again by its metric.
type Catalog struct {
	Type   Type            `json:"type"`
	Host   string          `json:"host"`
	Series []metric.Series `json:"series"`
}

// Snapshot is a run of past rows of a host as columns. Rows are oldest first and follow what the client already has; a
// long past comes in several snapshots.
type Snapshot struct {
	Type       Type                 `json:"type"`
	Host       string               `json:"host"`
	Seq        uint64               `json:"seq"`            // position of the first row
	From       uint64               `json:"from,omitempty"` // the first position that the first row covers; absent means seq
	Seqs       []uint64             `json:"seqs,omitempty"` // position of each row, ascending; absent means seq, seq+1 and so on
	Timestamps []metric.TimestampMs `json:"timestamps"`     // unix seconds, one a row
	Columns    []Column             `json:"columns"`        // one a series, in catalogue order, each with one value a row
	Min        []Column             `json:"min,omitempty"`  // with an envelope: the smallest values, as columns
	Max        []Column             `json:"max,omitempty"`  // with an envelope: the largest values, as columns
}

// Column is the values of one series, null where there was none.
type Column []float64

// Update is one row of a host: a value for each series in catalogue order, null where a series has none. It may have fewer
// values than the catalogue has series; the missing ones are null. The next row's from (or seq) is this row's seq + 1,
// unless a gap stands between.
type Update struct {
	Type      Type               `json:"type"`
	Host      string             `json:"host"`
	Seq       uint64             `json:"seq"`
	From      uint64             `json:"from,omitempty"`    // the first position that the row covers; absent means seq
	Timestamp metric.TimestampMs `json:"timestamp"`         // unix seconds
	Columns   []uint32           `json:"columns,omitempty"` // a sparse row: which series the values are of, ascending from 0
	Values    Column             `json:"values"`            // with an interval: the mean of each series
	Min       Column             `json:"min,omitempty"`     // with an envelope: the smallest values
	Max       Column             `json:"max,omitempty"`     // with an envelope: the largest values
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

// Published answers a publish, and a request that pushes events: how many were taken, and why the others were not.
type Published struct {
	Type          Type        `json:"type"`
	ID            uint64      `json:"id"`                      // the id of the publish
	Accepted      int         `json:"accepted"`                // events taken, late ones and duplicates too
	Late          int         `json:"late,omitempty"`          // of them older than the newest of their series: not sent live
	Duplicates    int         `json:"duplicates,omitempty"`    // of them the same as the newest of their series: not sent again
	Rejected      []Rejection `json:"rejected"`                // the first events that were refused
	RejectedCount int         `json:"rejectedCount,omitempty"` // how many were refused; the list may be shorter
}

// Rejection says why one event was refused.
type Rejection struct {
	Index   int    `json:"index"`           // of the event, from 0
	Field   string `json:"field,omitempty"` // the field at fault
	Code    string `json:"code"`            // for programs
	Message string `json:"message"`         // for people
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
