package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/limits"
	"vitals/internal/web"
)

// telegrafLines is what Telegraf's inputs for processor, memory and disks write, in the order that its serializer gives.
func telegrafLines(at time.Time) string {
	stamp := at.UnixNano()
	return fmt.Sprintf("cpu,cpu=cpu-total,host=nas usage_idle=97.5,usage_user=1.25 %d\n", stamp) +
		fmt.Sprintf("mem,host=nas used_percent=41.2,used=1234567890i,total=17179869184u,low=false %d\n", stamp) +
		fmt.Sprintf("disk,device=sda1,fstype=ext4,host=nas,mode=rw,path=/my\\ data free=1i,label=\"root\" %d\n", stamp) +
		fmt.Sprintf("system,host=nas uptime_format=\"1 day\" %d\n", stamp)
}

var telegrafSeries = []string{
	"cpu.usage_idle{cpu=cpu-total}", "cpu.usage_user{cpu=cpu-total}",
	"disk.free{device=sda1,fstype=ext4,mode=rw,path=/my data}", "mem.low", "mem.total", "mem.used", "mem.used_percent",
}

// TestTelegraf sends the requests that Telegraf's outputs influxdb and influxdb_v2 send.
func TestTelegraf(t *testing.T) {
	v1 := []string{"Content-Type", "text/plain; charset=utf-8", "User-Agent", "Telegraf/1.36.0"}
	v2 := append(slices.Clone(v1), "Authorization", "Token secret")
	tests := map[string]struct {
		path   string
		body   string
		header []string
	}{
		"influxdb":                 {"/api/v1/write?db=telegraf", telegrafLines(time.Now()), v1},
		"influxdb, gzip":           {"/api/v1/write?db=telegraf&rp=autogen&consistency=any", zipped(telegrafLines(time.Now())), append(slices.Clone(v1), "Content-Encoding", "gzip")},
		"influxdb_v2, gzip":        {"/api/v2/write?bucket=telegraf&org=home", zipped(telegrafLines(time.Now())), append(slices.Clone(v2), "Content-Encoding", "gzip")},
		"influxdb_v2 without gzip": {"/api/v2/write?bucket=&org=", telegrafLines(time.Now()), v2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newTestServer(t, takesEvents)
			got := h.post(test.path, test.body, test.header...)
			if got.status != http.StatusNoContent || got.body != "" {
				t.Fatalf("%d %s", got.status, got.body)
			}
			names := h.catalog(t, "nas")
			slices.Sort(names)
			if !slices.Equal(names, telegrafSeries) {
				t.Errorf("series: %q", names)
			}
		})
	}
}

// TestTelegrafAsksForADatabase before its first write, unless it was told not to; anything but success is a warning at
// each write.
func TestTelegrafAsksForADatabase(t *testing.T) {
	h := newTestServer(t, takesEvents)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	got := h.post("/api/v1/query", url.Values{"q": {`CREATE DATABASE "telegraf"`}}.Encode(), form...)
	var answer struct {
		Results []struct {
			Err string `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != http.StatusOK || len(answer.Results) != 1 || answer.Results[0].Err != "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := h.post("/api/v1/query", url.Values{"q": {"DROP DATABASE telegraf"}}.Encode(), form...); got.status != http.StatusBadRequest {
		t.Errorf("another query: %d %s", got.status, got.body)
	}
}

// TestWhatTelegrafIsTold: it reads the status, error in version 1, code and message in version 2.
func TestWhatTelegrafIsTold(t *testing.T) {
	now := time.Now()
	tests := map[string]struct {
		query  string
		body   string
		status int
		says   string
	}{
		"nothing to do":           {"", "", 204, ""},
		"only comments":           {"", "# a comment\n\n", 204, ""},
		"only text":               {"", `system uptime="1 day"`, 204, ""},
		"seconds":                 {"?precision=s", fmt.Sprintf("a b=1 %d", now.Unix()), 204, ""},
		"milliseconds":            {"?precision=ms", fmt.Sprintf("a b=1 %d", now.UnixMilli()), 204, ""},
		"microseconds":            {"?precision=us", fmt.Sprintf("a b=1 %d", now.UnixMicro()), 204, ""},
		"without a time":          {"", "a b=1", 204, ""},
		"seconds as nanoseconds":  {"", fmt.Sprintf("a b=1 %d", now.Unix()), 400, "looks like seconds; nanoseconds are expected"},
		"nanoseconds as seconds":  {"?precision=s", fmt.Sprintf("a b=1 %d", now.UnixNano()), 400, "looks like nanoseconds; seconds are expected"},
		"one line is bad":         {"", "a b=1\nbad line\nc d=2", 400, "partial write: at line 2"},
		"one field is bad":        {"", "a b=1 1\nc d=2", 400, `partial write: a.b: is before`},
		"what the server has":     {"", "cpu,host=web-1 value=1\nx y=1\n", 204, ""},
		"no such precision":       {"?precision=h", "a b=1", 400, "ns, us, ms or s"},
		"a misspelt parameter":    {"?precison=s", "a b=1", 400, "no such parameter"},
		"Prometheus remote write": {"", "\x00\x01", 400, "partial write"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := newTestServer(t, takesEvents).post("/api/v1/write"+test.query, test.body)
			if got.status != test.status || !strings.Contains(got.body, test.says) {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if test.status == http.StatusNoContent {
				return
			}
			var answer struct {
				Err     string `json:"error"`
				Code    string `json:"code"`
				Message string `json:"message"`
			}
			if err := json.Unmarshal([]byte(got.body), &answer); err != nil || answer.Err == "" || answer.Code == "" || answer.Message != answer.Err {
				t.Errorf("%v: %s", err, got.body)
			}
		})
	}
}

// TestTelegrafReadsEveryRefusal: also those that come before anybody looks at the lines are in InfluxDB's form.
func TestTelegrafReadsEveryRefusal(t *testing.T) {
	h := newTestServer(t, func(options *web.Options) {
		takesEvents(options)
		options.Limits = limits.New(limits.Options{RequestsPerSecond: 0.001})
	})
	h.post("/api/v1/write", "a b=1")
	for status, got := range map[int]answer{
		http.StatusMethodNotAllowed: h.get("/api/v1/write"),
		http.StatusForbidden:        h.post("/api/v2/write", "a b=1", "Sec-Fetch-Site", "cross-site"),
		http.StatusTooManyRequests:  h.post("/api/v1/write", "a b=1"),
	} {
		var told struct{ Error, Code, Message string }
		err := json.Unmarshal([]byte(got.body), &told)
		if got.status != status || err != nil || told.Error == "" || told.Code == "" || told.Message != told.Error {
			t.Errorf("%d, expected %d: %s", got.status, status, got.body)
		}
		if retry := got.header.Get("Retry-After"); (retry != "") != (status == http.StatusTooManyRequests) {
			t.Errorf("%d, Retry-After %q", status, retry)
		}
	}
}

func TestPrometheusRemoteWriteIsToldThatThisIsAnotherProtocol(t *testing.T) {
	got := newTestServer(t, takesEvents).post("/api/v1/write", "\x00", "Content-Type", "application/x-protobuf", "Content-Encoding", "snappy")
	if got.status != http.StatusUnsupportedMediaType || !strings.Contains(got.body, "text/plain") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
