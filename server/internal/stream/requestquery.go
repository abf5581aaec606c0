package stream

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// The bounds of an interval that a viewer may ask for.
const (
	leastInterval = 100 * time.Millisecond
	mostInterval  = time.Hour
	maxEpochBytes = 64
)

// queryReader reads the parameters of a stream into a request, and keeps the first thing that is wrong.
type queryReader struct {
	streams *Streams
	request viewerRequest
	since   []string
	given   map[string]bool
	fault   error
}

// queryParameters are the parameters in the order in which they are read, and who takes them.
var queryParameters = []struct {
	name       string
	eventsOnly bool // on /events, not on /ws
	read       func(*queryReader, string, []string)
}{
	{"session", true, (*queryReader).readSession},
	{"host", false, (*queryReader).readHosts},
	{"metrics", false, (*queryReader).readMetrics},
	{"batch", false, (*queryReader).readBatch},
	{"format", false, (*queryReader).readFormat},
	{"backfill", false, (*queryReader).readBackfill},
	{"interval", false, (*queryReader).readInterval},
	{"envelope", false, (*queryReader).readEnvelope},
	{"since", true, (*queryReader).readSince},
	{"lastEventId", true, (*queryReader).readLastEventID},
}

// parseRequest reads what a stream is asked for. The error is a [*wire.FieldError] that names the parameter.
func (s *Streams) parseRequest(r *http.Request, way transport) (viewerRequest, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return viewerRequest{}, badHandshake(wire.CodeBadRequest, "query", "cannot be read: "+err.Error())
	}
	q := &queryReader{streams: s, request: viewerRequest{transport: way}, given: make(map[string]bool)}
	q.checkNames(query)
	for _, parameter := range queryParameters {
		if values, given := query[parameter.name]; given && q.fault == nil {
			q.given[parameter.name] = true
			parameter.read(q, parameter.name, values)
		}
	}
	q.checkTogether()
	if way == transportEvents {
		q.takeHeader(r.Header.Values("Last-Event-Id"))
	}
	return q.request, q.fault
}

// checkNames refuses parameters that the stream does not have: a misspelt one would be ignored in silence.
func (q *queryReader) checkNames(query url.Values) {
	var allowed []string
	for _, parameter := range queryParameters {
		if !parameter.eventsOnly || q.request.transport == transportEvents {
			allowed = append(allowed, parameter.name)
		}
	}
	slices.Sort(allowed)
	for _, name := range slices.Sorted(maps.Keys(query)) { // else the first fault would be another one each time
		switch {
		case name == "":
			q.refuse("query", "has a value without a name")
		case !slices.Contains(allowed, name):
			q.refuse(clip(name), "no such parameter; allowed are "+strings.Join(allowed, ", "))
		}
	}
}

// checkTogether looks at what only makes sense beside another parameter, and finishes what depends on one.
func (q *queryReader) checkTogether() {
	isSession := q.request.shape == shapeSession
	switch {
	case q.request.envelope && q.request.interval == 0:
		q.refuse("envelope", "needs an interval, such as interval=5s: without one each value is its own least and greatest")
	case q.given["since"] && !isSession:
		q.refuse("since", "is for session=1; a plain stream is resumed by lastEventId")
	case q.given["lastEventId"] && isSession:
		q.refuse("lastEventId", "is for plain streams; a session is resumed by since")
	case isSession && q.given["batch"]:
		q.refuse("batch", "a session has frames, each a whole tick; leave it out")
	}
	if isSession && !q.given["backfill"] {
		q.request.backfill = q.streams.backfill
	}
	q.matchSince()
}

func (q *queryReader) refuse(field, message string) {
	if q.fault == nil {
		q.fault = &wire.FieldError{Code: wire.CodeBadRequest, Field: field, Message: message}
	}
}

func (q *queryReader) readSwitch(name string, values []string) bool {
	on, err := parseSwitch(name, values)
	if err != nil {
		q.refuse(name, "must be 1 or 0")
	}
	return on
}

func (q *queryReader) readSession(name string, values []string) {
	if q.readSwitch(name, values) {
		q.request.shape = shapeSession
	}
}

func (q *queryReader) readBatch(name string, values []string) {
	if q.readSwitch(name, values) && q.request.shape == shapeEvents {
		q.request.shape = shapeBatch
	}
}

func (q *queryReader) readEnvelope(name string, values []string) {
	q.request.envelope = q.readSwitch(name, values)
}

func (q *queryReader) readMetrics(_ string, values []string) {
	globs, err := parseGlobs(values)
	if err != nil {
		q.fault = err
	}
	q.request.globs = globs
}

func (q *queryReader) readFormat(name string, values []string) {
	switch last(values) {
	case "json":
	case "cbor":
		if q.request.transport == transportEvents {
			q.refuse(name, "an event stream is text, and CBOR is not; /ws has it")
		}
		q.request.format = formatCBOR
	default:
		q.refuse(name, "must be json or cbor")
	}
}

// readHosts takes names, or a star alone.
func (q *queryReader) readHosts(name string, values []string) {
	hosts := strings.Split(strings.Join(values, ","), ",")
	if len(hosts) == 1 && hosts[0] == "*" {
		q.request.allHosts = true
		return
	}
	if len(hosts) > wire.MaxHosts {
		q.fault = &wire.FieldError{
			Code: wire.CodeTooMany, Field: name,
			Message: fmt.Sprintf("has %d hosts, at most %d are allowed; * is all", len(hosts), wire.MaxHosts),
		}
		return
	}
	for i, host := range hosts {
		switch err := metric.CheckHostName(host); {
		case host == "*":
			q.refuse(name, "a * is all hosts and stands alone")
		case err != nil:
			q.refuse(name, err.Error())
		case slices.Contains(hosts[:i], host):
			q.refuse(name, fmt.Sprintf("%.64q stands twice", host))
		}
	}
	q.request.hosts = hosts
}

func (q *queryReader) readBackfill(name string, values []string) {
	backfill, ok := parseTime(last(values))
	if !ok {
		q.refuse(name, "must be a time such as 5m, 90s or 300 (seconds)")
	}
	q.request.backfill = min(backfill, q.streams.backfill)
}

func (q *queryReader) readInterval(name string, values []string) {
	interval, ok := parseTime(last(values))
	if !ok || interval != 0 && (interval < leastInterval || interval > mostInterval) {
		q.refuse(name, "must be 0 for every tick, or a time from 0.1s to 1h such as 5s, 1m or 10 (seconds)")
	}
	q.request.interval = interval
}

func (q *queryReader) readSince(_ string, values []string) {
	q.since = strings.Split(strings.Join(values, ","), ",")
}

// matchSince gives each host its position: the first position is the first host's, and so on. An empty one is none.
func (q *queryReader) matchSince() {
	hosts := q.request.hosts
	if q.since == nil || q.fault != nil {
		return
	}
	if len(hosts) == 0 && !q.request.allHosts {
		hosts = []string{q.streams.ownHost()}
	}
	if len(q.since) > len(hosts) {
		q.refuse("since", fmt.Sprintf("has %d positions for %d hosts; name the hosts in the same order by host", len(q.since), len(hosts)))
		return
	}
	q.request.since = make(map[string]metric.Position)
	for i, text := range q.since {
		if text == "" {
			continue
		}
		position, ok := parsePosition(text)
		if !ok {
			q.refuse("since", "must be EPOCH:SEQ for each host, as hello and the last update told them")
			return
		}
		q.request.since[hosts[i]] = position
	}
}

func (q *queryReader) readLastEventID(name string, values []string) {
	point, ok := parseEventID(last(values))
	if !ok {
		q.refuse(name, "must be the id of an event of this stream")
	}
	q.request.resume = &point
}

// takeHeader takes what a browser sends when it comes back; it is newer than the query, which stays the same for ever. An
// id that this server cannot have given names a position that nobody knows: what is missing then cannot be counted.
func (q *queryReader) takeHeader(values []string) {
	if q.request.shape == shapeSession || len(values) == 0 || last(values) == "" {
		return
	}
	point, _ := parseEventID(last(values))
	q.request.resume = &point
}

// parsePosition reads EPOCH:SEQ.
func parsePosition(text string) (metric.Position, bool) {
	epoch, digits, found := strings.Cut(text, ":")
	seq, err := strconv.ParseUint(digits, 10, 53)
	if !found || err != nil || epoch == "" || len(epoch) > maxEpochBytes {
		return metric.Position{}, false
	}
	return metric.Position{Epoch: epoch, Seq: seq}, true
}

// parseTime reads 5m, 90s, or a number of seconds. It is not negative, and not so long that adding to it would overflow.
func parseTime(text string) (time.Duration, bool) {
	const longest = 1000 * time.Hour
	duration, err := time.ParseDuration(text)
	if err != nil {
		seconds, err := strconv.ParseFloat(text, 64)
		isOfGo := strings.ContainsAny(text, "_xX") // 1_000 and 0x1p4 are numbers to Go, and to nobody else here
		if err != nil || isOfGo || !(seconds >= 0) || seconds > longest.Seconds() {
			return 0, false
		}
		duration = time.Duration(math.Round(seconds * float64(time.Second)))
	}
	return min(duration, longest), duration >= 0
}

// clip bounds what of a request stands in an answer.
func clip(text string) string {
	const mostBytes = 64
	return strings.ToValidUTF8(text[:min(len(text), mostBytes)], "?")
}

func last(values []string) string { return values[len(values)-1] }
