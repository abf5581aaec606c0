package doctor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vitals/internal/client"
	"vitals/internal/metric"
)

const (
	wantedEvents = 3
	startingTime = 2 * time.Second // until the first tick may be due, beside the intervals
	maxLineBytes = 64 << 10
	leastLate    = time.Second // what comes later than this is held back somewhere
)

// checkCompression asks for as many events of the past as there are, so that an answer comes even if something holds back
// what is short, and looks at its head.
func (e *examination) checkCompression(ctx context.Context) bool {
	response, err := e.open(ctx, e.address.At("events")+"?batch=1&backfill=1m", "Accept", eventStream, "Accept-Encoding", "gzip, br, zstd")
	if err != nil {
		return e.find("compression", Skip, "the head of the event stream does not come, see events")
	}
	defer response.Body.Close()
	encoding := response.Header.Get("Content-Encoding")
	switch {
	case !isEventStream(response):
		return e.find("compression", Skip, "there is no event stream, see events")
	case encoding != "" && encoding != "identity":
		return e.find("compression", Fail,
			e.proxy()+" compresses the event stream ("+encoding+"), which holds events back", problemCompression)
	}
	return e.find("compression", Pass, "the event stream is not compressed")
}

const eventStream = "text/event-stream"

func isEventStream(response *http.Response) bool {
	return response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), eventStream)
}

// checkEvents opens the event stream as a browser does, and compares when its events came with when they were measured.
func (e *examination) checkEvents(ctx context.Context) bool {
	name, interval := e.pickSeries(ctx)
	wanted := min(wantedEvents, int((e.options.Timeout-startingTime)/max(interval, time.Millisecond)))
	address := e.address.At("events") + "?batch=1&metrics=" + url.QueryEscape(name)
	response, err := e.open(ctx, address, "Accept", eventStream, "Accept-Encoding", "identity")
	if err != nil {
		return e.explainNoEvents(ctx, err)
	}
	defer response.Body.Close()
	if !isEventStream(response) {
		return e.explainWrongEvents(client.ReadRefusal(response), response.Header.Get("Content-Type"))
	}
	return e.judgeEvents(ctx, e.readEvents(response.Body, wanted), wanted, interval)
}

// pickSeries finds a series that has a value each tick, and how long a tick is. A stream of one is small: whatever holds
// bytes back until there are enough of them shows.
func (e *examination) pickSeries(ctx context.Context) (string, time.Duration) {
	interval := time.Second
	if e.hello != nil {
		interval = time.Duration(e.hello.Interval * float64(time.Second))
	}
	var catalog struct {
		Series []metric.Series `json:"series"`
	}
	got, err := e.get(ctx, e.address.At("api/v1/catalog"))
	if err == nil {
		_ = json.Unmarshal(got.body, &catalog) // an answer that was cut short leaves the guess
	}
	for _, series := range catalog.Series {
		if series.Every <= 1 && !series.Custom {
			return series.Metric, interval
		}
	}
	return "cpu", interval
}

// arrival is an event that came, by the clocks of both ends.
type arrival struct {
	measured metric.TimestampMs
	came     time.Time
}

// readEvents reads until there are so many events, or the body ends by its context.
func (e *examination) readEvents(body io.Reader, count int) []arrival {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, maxLineBytes), maxLineBytes)
	var arrivals []arrival
	for len(arrivals) < count && lines.Scan() {
		data, isData := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !isData {
			continue
		}
		var batch []metric.Event
		if json.Unmarshal(data, &batch) == nil && len(batch) > 0 {
			arrivals = append(arrivals, arrival{measured: batch[0].Timestamp, came: time.Now()})
		}
	}
	return arrivals
}

func (e *examination) judgeEvents(ctx context.Context, arrivals []arrival, wanted int, interval time.Duration) bool {
	if wanted < 1 {
		return e.find("events", Skip,
			fmt.Sprintf("a tick takes %s, too long to time events within %s; give more by --timeout", interval, e.options.Timeout))
	}
	if len(arrivals) < wanted {
		if ctx.Err() == nil {
			return e.find("events", Fail, "the event stream was cut while it was read", problemIdle)
		}
		return e.find("events", Fail, fmt.Sprintf("%d of %d events came within %s: %s holds them back",
			len(arrivals), wanted, e.options.Timeout, e.proxy()), problemBuffering)
	}
	earliest, latest := time.Duration(0), time.Duration(0)
	for i, arrival := range arrivals {
		late := arrival.came.Add(e.offset).Sub(arrival.measured.Time())
		if i == 0 || late < earliest {
			earliest = late
		}
		latest = max(latest, late)
	}
	if latest > max(leastLate, interval/2) {
		return e.find("events", Fail, fmt.Sprintf("events came %.1f to %.1f s after they were measured: %s holds them back",
			earliest.Seconds(), latest.Seconds(), e.proxy()), problemBuffering)
	}
	return e.find("events", Pass,
		fmt.Sprintf("%d events came one by one, the latest %s after it was measured", len(arrivals), milliseconds(latest)))
}

func (e *examination) explainNoEvents(ctx context.Context, err error) bool {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return e.find("events", Fail,
			fmt.Sprintf("not even the head of the event stream came within %s: %s holds it back", e.options.Timeout, e.proxy()),
			problemBuffering)
	}
	return e.find("events", Fail, "no event stream opens: "+client.Explain(err))
}

func (e *examination) explainWrongEvents(refusal *client.Refusal, kind string) bool {
	switch {
	case refusal.Code != "" && refusal.Code != "not_found":
		return e.find("events", Fail, "Vitals refuses the event stream: "+refusal.Message)
	case refusal.Status == http.StatusNotFound:
		return e.find("events", Fail, "the path "+e.site.Path+"events does not lead to Vitals", problemBase)
	}
	return e.find("events", Fail, fmt.Sprintf("the event stream is answered %d, as %.100s", refusal.Status, kind), problemBase)
}
