package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"vitals/internal/metric"
)

// readClient makes a client frame of a tree, strictly.
func readClient(tree any) (Frame, error) {
	frameType, err := typeOf(tree)
	if err != nil {
		return nil, err
	}
	read := &reader{}
	var frame Frame
	switch frameType {
	case TypeSubscribe:
		frame = read.subscribe(tree)
	case TypeUnsubscribe:
		frame = read.unsubscribe(tree)
	case TypePublish:
		frame = read.publish(tree)
	case TypePing:
		frame = read.ping(tree)
	default:
		read.fail("type", "a client may send subscribe, unsubscribe, publish or ping")
	}
	if err := read.err(); err != nil {
		return nil, err
	}
	return frame, nil
}

func (r *reader) subscribe(tree any) Subscribe {
	members := r.object("", tree, "type", "hosts", "metrics", "interval", "envelope", "backfill", "since")
	return Subscribe{
		Type:     TypeSubscribe,
		Hosts:    r.hosts("hosts", members["hosts"]),
		Metrics:  r.globs("metrics", members["metrics"]),
		Interval: r.interval("interval", members["interval"]),
		Envelope: r.flag("envelope", members["envelope"]),
		Backfill: r.backfill("backfill", members["backfill"]),
		Since:    r.since(members["since"]),
	}
}

func (r *reader) hosts(path string, value any) []string {
	hosts := r.texts(path, value, MaxHosts)
	for i, host := range hosts {
		if host == "" || len(host) > maxHostBytes {
			r.fail(at(path, i), fmt.Sprintf("must have 1 to %d bytes", maxHostBytes))
		}
	}
	return hosts
}

func (r *reader) globs(path string, value any) []string {
	globs := r.texts(path, value, MaxGlobs)
	for i, glob := range globs {
		if _, err := metric.ParseGlob(glob); err != nil {
			r.fail(at(path, i), err.Error())
		}
	}
	return globs
}

func (r *reader) interval(path string, value any) float64 {
	seconds := r.number(path, value)
	if seconds != 0 && !(seconds >= minIntervalSeconds && seconds <= maxIntervalSeconds) {
		r.fail(path, fmt.Sprintf("must be 0 or seconds from %v to %d", minIntervalSeconds, maxIntervalSeconds))
	}
	return seconds
}

func (r *reader) backfill(path string, value any) *float64 {
	if value == nil {
		return nil
	}
	seconds := r.number(path, value)
	if !(seconds >= 0 && seconds <= maxBackfillSeconds) {
		r.fail(path, fmt.Sprintf("must be seconds from 0 to %d", maxBackfillSeconds))
	}
	return &seconds
}

func (r *reader) since(value any) map[string]metric.Position {
	if value == nil {
		return nil
	}
	hosts, isObject := value.(map[string]any)
	if !isObject {
		r.fail("since", "is "+kindOf(value)+", must be an object")
		return nil
	}
	if len(hosts) > MaxHosts {
		r.keep(tooMany("since", len(hosts), MaxHosts))
		return nil
	}
	since := make(map[string]metric.Position, len(hosts))
	for host, value := range sorted(hosts) {
		path := join("since", clip(host))
		members := r.object(path, value, "epoch", "seq")
		position := metric.Position{
			Epoch: r.text(join(path, "epoch"), members["epoch"]),
			Seq:   r.whole(join(path, "seq"), members["seq"]),
		}
		if position.Epoch == "" || len(position.Epoch) > maxEpochBytes {
			r.fail(join(path, "epoch"), fmt.Sprintf("must have 1 to %d bytes", maxEpochBytes))
		}
		since[host] = position
	}
	return since
}

func (r *reader) unsubscribe(tree any) Unsubscribe {
	members := r.object("", tree, "type", "hosts")
	return Unsubscribe{Type: TypeUnsubscribe, Hosts: r.texts("hosts", members["hosts"], MaxHosts)}
}

func (r *reader) ping(tree any) Ping {
	members := r.object("", tree, "type", "id")
	return Ping{Type: TypePing, ID: r.whole("id", members["id"])}
}

func (r *reader) publish(tree any) Publish {
	members := r.object("", tree, "type", "id", "events")
	frame := Publish{Type: TypePublish, ID: r.whole("id", members["id"])}
	events := r.array("events", members["events"], MaxEvents)
	if len(events) == 0 {
		r.fail("events", fmt.Sprintf("must have 1 to %d entries", MaxEvents))
	}
	frame.Events = make([]PushedEvent, 0, len(events))
	for _, event := range events {
		frame.Events = append(frame.Events, readEvent(event))
	}
	return frame
}

// readEvent reads one event by itself: one that cannot be read spoils no other.
func readEvent(tree any) PushedEvent {
	read := &reader{}
	event := read.event(tree)
	event.Fault = read.fault
	return event
}

// DecodePushedEvent reads one event of JSON as it is pushed to the server, as strictly as a frame. The value may be infinite
// where the text has a number too large; whether name, time and value are good is for ingestion to say.
// Every error is a [*FieldError].
func DecodePushedEvent(data []byte) (PushedEvent, error) {
	tree, err := parseJSON(data)
	if err != nil {
		return PushedEvent{}, err
	}
	event := readEvent(tree)
	if event.Fault != nil {
		return PushedEvent{}, event.Fault
	}
	return event, nil
}

func (r *reader) event(tree any) PushedEvent {
	members := r.object("", tree, "metric", "value", "timestamp", "host", "unit", "help")
	if members == nil {
		return PushedEvent{}
	}
	for _, name := range []string{"metric", "value"} {
		if members[name] == nil {
			r.fail(name, "is missing")
		}
	}
	return PushedEvent{
		Metric:    r.text("metric", members["metric"]),
		Value:     r.number("value", members["value"]),
		Timestamp: r.instant("timestamp", members["timestamp"]),
		Host:      r.text("host", members["host"]),
		Unit:      r.text("unit", members["unit"]),
		Help:      r.text("help", members["help"]),
	}
}

// instant reads unix seconds or RFC 3339. Seconds that are out of all bounds become the furthest time there is.
func (r *reader) instant(path string, value any) *metric.TimestampMs {
	switch value := value.(type) {
	case nil:
		return nil
	case string:
		instant, err := time.Parse(time.RFC3339, value)
		if err != nil {
			r.fail(path, "must be unix seconds or a time such as 2006-01-02T15:04:05Z")
			return nil
		}
		timestamp := metric.TimestampOf(instant.Round(time.Millisecond))
		return &timestamp
	case json.Number, uint64, int64, float64:
		return r.milliseconds(path, value)
	}
	r.fail(path, "is "+kindOf(value)+", must be unix seconds or a time such as 2006-01-02T15:04:05Z")
	return nil
}

func (r *reader) milliseconds(path string, value any) *metric.TimestampMs {
	milliseconds := math.Round(r.number(path, value) * 1000)
	if math.IsNaN(milliseconds) {
		r.fail(path, "is not a number")
		return nil
	}
	timestamp := saturate(milliseconds)
	return &timestamp
}

func saturate(milliseconds float64) metric.TimestampMs {
	switch {
	case milliseconds >= math.MaxInt64:
		return math.MaxInt64
	case milliseconds <= math.MinInt64:
		return math.MinInt64
	}
	return metric.TimestampMs(milliseconds)
}
