package web_test

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/history"
	"vitals/internal/metric"
)

func exportedPast() *toldPast {
	return &toldPast{pieces: []history.ExportPiece{
		{Series: cpuSeries, Timestamps: []metric.TimestampMs{1690000000_123, 1690000001_000}, Values: []float64{42.3, 0}},
		{Series: cpuSeries, Timestamps: []metric.TimestampMs{1690000002_000}, Values: []float64{-1}},
		{Series: metric.Series{Metric: `a{b=c\,"d"}`, Unit: "=1+1"}, Timestamps: []metric.TimestampMs{1690000000_000}, Values: []float64{1e21}},
	}}
}

func TestExportAsCSV(t *testing.T) {
	past := exportedPast()
	got := newTestServer(t, remembers(past)).get("/api/v1/export?format=csv&metrics=cpu&from=1690000000")
	want := "timestamp,unix,host,metric,value,unit\r\n" +
		"2023-07-22T04:26:40.123Z,1690000000.123,web-1,cpu,42.3,percent\r\n" +
		"2023-07-22T04:26:41.000Z,1690000001,web-1,cpu,0,percent\r\n" +
		"2023-07-22T04:26:42.000Z,1690000002,web-1,cpu,-1,percent\r\n" +
		"2023-07-22T04:26:40.000Z,1690000000,web-1,\"a{b=c\\,\"\"d\"\"}\",1e+21,'=1+1\r\n"
	if diff := cmp.Diff(want, got.body); got.status != http.StatusOK || diff != "" {
		t.Errorf("%d %s", got.status, diff)
	}
	if got.header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" ||
		got.header.Get("Content-Disposition") != "attachment; filename=vitals-web-1-20230722T042640Z.csv" {
		t.Errorf("headers %v", got.header)
	}
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || rows[4][3] != `a{b=c\,"d"}` {
		t.Errorf("%q, %v", rows, err)
	}
	wanted := history.Selection{Host: "web-1", Metrics: []metric.Glob{"cpu"}, From: 1690000000_000, To: metric.TimestampOf(pastNow)}
	if diff := cmp.Diff(wanted, past.selected); diff != "" {
		t.Error(diff)
	}
}

func TestExportAsLines(t *testing.T) {
	got := newTestServer(t, remembers(exportedPast())).get("/api/v1/export?format=ndjson")
	want := `{"host":"web-1","metric":"cpu","value":42.3,"timestamp":1690000000.123}` + "\n" +
		`{"host":"web-1","metric":"cpu","value":0,"timestamp":1690000001}` + "\n" +
		`{"host":"web-1","metric":"cpu","value":-1,"timestamp":1690000002}` + "\n" +
		`{"host":"web-1","metric":"a{b=c\\,\"d\"}","value":1e+21,"timestamp":1690000000}` + "\n"
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	if head := newTestServer(t, remembers(exportedPast())).ask(http.MethodHead, "/api/v1/export?format=ndjson"); head.status != http.StatusOK || head.body != "" {
		t.Errorf("HEAD: %d %q", head.status, head.body)
	}
}

// TestAnExportThatBreaksOffIsNoWholeFile reads over a connection: the only way to tell after the first byte is to cut it.
func TestAnExportThatBreaksOffIsNoWholeFile(t *testing.T) {
	past := exportedPast()
	past.fault = errors.New("the disk is gone")
	for range 2000 { // more than is held back
		past.pieces = append(past.pieces, past.pieces[0])
	}
	listening := httptest.NewServer(newTestServer(t, remembers(past)))
	defer listening.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+"/api/v1/export?format=csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := listening.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err == nil || response.StatusCode != http.StatusOK {
		t.Errorf("%d with %d bytes, as if it were whole", response.StatusCode, len(body))
	}
}

// TestExportsThatNobodyTakesKeepNoOtherOut has clients that read nothing.
func TestExportsThatNobodyTakesKeepNoOtherOut(t *testing.T) {
	const stalled = 7 // one less than there may be
	past := exportedPast()
	for range 2000 { // more than a piece
		past.pieces = append(past.pieces, past.pieces[0])
	}
	h := newTestServer(t, remembers(past))
	clients := stall(t, h, "/api/v1/export?format=csv", stalled)
	if got := h.get("/api/v1/export?format=csv"); got.status != http.StatusOK {
		t.Errorf("beside %d others: %d %.200s", stalled, got.status, got.body)
	}
	clients = append(clients, stall(t, h, "/api/v1/export?format=csv", 1)...)
	got := h.get("/api/v1/export?format=csv")
	if got.refusal(t) != (refusal{503, "unavailable", ""}) || got.header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d %s", got.status, got.body)
	}
	for _, client := range clients {
		client.goOn()
	}
	if got := h.get("/api/v1/export?format=csv"); got.status != http.StatusOK {
		t.Errorf("the next one: %d %.200s", got.status, got.body)
	}
}

// TestAnExportHasAllTheTimeItNeeds exports for longer than the server allows for an answer.
func TestAnExportHasAllTheTimeItNeeds(t *testing.T) {
	past := &slowExport{piece: exportedPast().pieces[0], pieces: 4000}
	listening := httptest.NewUnstartedServer(newTestServer(t, remembers(past)))
	listening.Config.WriteTimeout = 50 * time.Millisecond
	past.pause = 2 * listening.Config.WriteTimeout
	listening.Start()
	defer listening.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+"/api/v1/export?format=csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := listening.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || strings.Count(string(body), "\n") != 1+2*past.pieces {
		t.Errorf("%d lines, %v", strings.Count(string(body), "\n"), err)
	}
}
