package stream

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

func parseTarget(t *testing.T, way transport, target string, headers ...string) (viewerRequest, error) {
	t.Helper()
	streams := newStreams(newHub(hub.Options{}))
	defer func() { must(t, streams.Shutdown(context.Background())) }()
	r := httptest.NewRequest(http.MethodGet, "/events", nil)
	r.URL.RawQuery = target
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return streams.parseRequest(r, way)
}

func TestWhatAQueryAsksFor(t *testing.T) {
	const events, ws = transportEvents, transportWebSocket
	for name, c := range map[string]struct {
		way     transport
		query   string
		headers []string
		request viewerRequest
	}{
		"nothing":         {ws, "", nil, viewerRequest{}},
		"globs":           {ws, "metrics=cpu,network.*&metrics=disk.device.read{device=a,b}", nil, viewerRequest{globs: []metric.Glob{"cpu", "network.*", "disk.device.read{device=a,b}"}}},
		"hosts":           {ws, "host=a,b&host=c", nil, viewerRequest{hosts: []string{"a", "b", "c"}}},
		"all hosts":       {ws, "host=*", nil, viewerRequest{allHosts: true}},
		"batch in a word": {ws, "batch=0&batch=true", nil, viewerRequest{shape: shapeBatch}},
		"batch":           {ws, "batch=1", nil, viewerRequest{shape: shapeBatch}},
		"no batch":        {ws, "batch=0&format=json", nil, viewerRequest{}},
		"cbor":            {ws, "format=cbor", nil, viewerRequest{format: formatCBOR}},
		"minutes":         {ws, "backfill=5m", nil, viewerRequest{backfill: 5 * time.Minute}},
		"seconds":         {ws, "backfill=90s", nil, viewerRequest{backfill: 90 * time.Second}},
		"a number":        {ws, "backfill=300", nil, viewerRequest{backfill: 5 * time.Minute}},
		"a fraction":      {ws, "backfill=0.5", nil, viewerRequest{backfill: 500 * time.Millisecond}},
		"more than there": {ws, "backfill=100h", nil, viewerRequest{backfill: time.Hour}},
		"ages":            {ws, "backfill=2000000h", nil, viewerRequest{backfill: time.Hour}},
		"interval":        {ws, "interval=5s&envelope=1", nil, viewerRequest{interval: 5 * time.Second, envelope: true}},
		"every tick":      {ws, "interval=0&envelope=0", nil, viewerRequest{}},
		"tenths":          {ws, "interval=0.1", nil, viewerRequest{interval: 100 * time.Millisecond}},
		"the last counts": {ws, "backfill=1m&backfill=2m", nil, viewerRequest{backfill: 2 * time.Minute}},
		"a header that means nothing here": {
			ws, "",
			[]string{"Last-Event-ID", "E-5"},
			viewerRequest{},
		},
		"events":        {events, "batch=1", nil, viewerRequest{transport: events, shape: shapeBatch}},
		"an id":         {events, "lastEventId=E-5", nil, viewerRequest{transport: events, resume: &resumePoint{epoch: "E", serial: 5}}},
		"inside a tick": {events, "", []string{"Last-Event-ID", "E-5.3"}, viewerRequest{transport: events, resume: &resumePoint{epoch: "E", serial: 5, part: 3}}},
		"the header is newer": {
			events, "lastEventId=E-5",
			[]string{"Last-Event-ID", "E-6"},
			viewerRequest{transport: events, resume: &resumePoint{epoch: "E", serial: 6}},
		},
		"an empty header":        {events, "lastEventId=E-5", []string{"Last-Event-ID", ""}, viewerRequest{transport: events, resume: &resumePoint{epoch: "E", serial: 5}}},
		"a header of a stranger": {events, "", []string{"Last-Event-ID", "17"}, viewerRequest{transport: events, resume: &resumePoint{}}},
		"a session":              {events, "session=1", nil, viewerRequest{transport: events, shape: shapeSession, backfill: time.Hour}},
		"a session without past": {
			events, "session=1&backfill=0",
			[]string{"Last-Event-ID", "E-6"},
			viewerRequest{transport: events, shape: shapeSession},
		},
		"since": {
			events, "session=1&host=a,b,c&since=E:1,,E:3", nil,
			viewerRequest{
				transport: events, shape: shapeSession, backfill: time.Hour, hosts: []string{"a", "b", "c"},
				since: map[string]metric.Position{"a": {Epoch: "E", Seq: 1}, "c": {Epoch: "E", Seq: 3}},
			},
		},
		"since of the own host": {
			events, "session=1&since=E:1", nil,
			viewerRequest{
				transport: events, shape: shapeSession, backfill: time.Hour,
				since: map[string]metric.Position{testHost: {Epoch: "E", Seq: 1}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := parseTarget(t, c.way, c.query, c.headers...)
			if err != nil || !reflect.DeepEqual(request, c.request) {
				t.Errorf("%q is %+v (%v), expected %+v", c.query, request, err, c.request)
			}
		})
	}
}

func TestWhatAQueryMayNotAskFor(t *testing.T) {
	const events, ws = transportEvents, transportWebSocket
	for query, c := range map[string]struct {
		way   transport
		field string
		says  string
	}{
		"metric=cpu":      {ws, "metric", "metrics"},
		"session=1":       {ws, "session", "allowed are backfill, batch"},
		"lastEventId=E-1": {ws, "lastEventId", "allowed are"},
		"since=E:1":       {ws, "since", "allowed are"},
		"a;b":             {ws, "query", "semicolon"},
		"%zz=1":           {ws, "query", "%zz"},
		"metrics=":        {ws, "metrics", "1 to 200 bytes"},
		"metrics=" + strings.Repeat("a,", 16) + "a": {ws, "metrics", "at most 16"},
		"host=":         {ws, "host", "host name"},
		"host=a,":       {ws, "host", "host name"},
		"host=a%20b":    {ws, "host", "host name"},
		"host=a,*":      {ws, "host", "stands alone"},
		"host=a&host=a": {ws, "host", "twice"},
		"host=" + strings.Repeat("a,", 128) + "a": {ws, "host", "at most 128"},
		"batch=yes":                          {ws, "batch", "1 or 0"},
		"batch=":                             {ws, "batch", "1 or 0"},
		"format=xml":                         {ws, "format", "json or cbor"},
		"format=CBOR":                        {ws, "format", "json or cbor"},
		"backfill=-1":                        {ws, "backfill", "5m"},
		"backfill=-1s":                       {ws, "backfill", "5m"},
		"backfill=soon":                      {ws, "backfill", "5m"},
		"backfill=NaN":                       {ws, "backfill", "5m"},
		"backfill=1e300":                     {ws, "backfill", "5m"},
		"backfill=":                          {ws, "backfill", "5m"},
		"interval=99ms":                      {ws, "interval", "0.1s to 1h"},
		"interval=61m":                       {ws, "interval", "0.1s to 1h"},
		"interval=-5s":                       {ws, "interval", "0.1s to 1h"},
		"envelope=1":                         {ws, "envelope", "interval"},
		"envelope=2&interval=5":              {ws, "envelope", "1 or 0"},
		"format=cbor":                        {events, "format", "/ws"},
		"session=2":                          {events, "session", "1 or 0"},
		"session=1&batch=1":                  {events, "batch", "frames"},
		"session=1&lastEventId=E-1":          {events, "lastEventId", "since"},
		"since=E:2":                          {events, "since", "session=1"},
		"session=1&since=E:2,E:3":            {events, "since", "2 positions for 1 hosts"},
		"session=1&host=*&since=E:2":         {events, "since", "1 positions for 0 hosts"},
		"session=1&since=E":                  {events, "since", "EPOCH:SEQ"},
		"session=1&since=:1":                 {events, "since", "EPOCH:SEQ"},
		"session=1&since=E:-1":               {events, "since", "EPOCH:SEQ"},
		"session=1&since=E:9007199254740992": {events, "since", "EPOCH:SEQ"},
		"lastEventId=":                       {events, "lastEventId", "id of an event"},
		"lastEventId=E":                      {events, "lastEventId", "id of an event"},
		"lastEventId=E-1.0":                  {events, "lastEventId", "id of an event"},
		"other=1":                            {events, "other", "lastEventId"},
		strings.Repeat("k", 5000) + "=1":     {ws, strings.Repeat("k", 64), "no such parameter"},
	} {
		t.Run(clip(query), func(t *testing.T) {
			_, err := parseTarget(t, c.way, query)
			fault, is := errors.AsType[*wire.FieldError](err)
			if !is || fault.Field != c.field || !strings.Contains(fault.Message, c.says) {
				t.Errorf("%.80q is answered by %v, expected one about %s that says %q", query, err, c.field, c.says)
			}
		})
	}
}

// FuzzStreamQuery reads any query: it is refused with the name of a parameter, or asks for something within bounds.
func FuzzStreamQuery(f *testing.F) {
	for _, seed := range []string{
		"", "metrics=cpu,network.*&host=*&batch=1", "host=a,b&session=1&since=E:1,E:2", "backfill=5m&interval=5s&envelope=1", "lastEventId=E-1.2",
		"format=cbor", "host=%00", "metrics={,}", "interval=1e-300", "backfill=-0", "a=b;c=d", "%", "host=\u00e9,e\u0301", "since=%2C%2C&session=true",
	} {
		f.Add(seed, true, "E-5.3")
		f.Add(seed, false, "")
	}
	streams := newStreams(newHub(hub.Options{}))
	f.Cleanup(func() { must(f, streams.Shutdown(context.Background())) })
	f.Fuzz(func(t *testing.T, query string, isEvents bool, lastID string) {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{"Last-Event-Id": {lastID}}}
		way := transportWebSocket
		if isEvents {
			way = transportEvents
		}
		request, err := streams.parseRequest(r, way)
		if err != nil {
			fault, is := errors.AsType[*wire.FieldError](err)
			if !is || fault.Field == "" || fault.Message == "" || len(fault.Field) > 64 || !utf8.ValidString(fault.Field) {
				t.Fatalf("%q is refused by %+v", query, err)
			}
			return
		}
		inBounds := request.backfill >= 0 && request.backfill <= streams.backfill && len(request.hosts) <= wire.MaxHosts &&
			len(request.globs) <= wire.MaxGlobs && len(request.since) <= len(request.hosts)+1 &&
			(request.interval == 0 || request.interval >= leastInterval && request.interval <= mostInterval) &&
			(isEvents || request.resume == nil && request.shape != shapeSession) && !(isEvents && request.format == formatCBOR)
		if !inBounds {
			t.Fatalf("%q asks for %+v", query, request)
		}
	})
}
