package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vitals/internal/promapi/promtest"
)

// fetch is the body of an answer that succeeds.
func (p *program) fetch(t *testing.T, path string, parameters ...string) string {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		values.Add(parameters[i], parameters[i+1])
	}
	response, err := http.Get("http://" + p.address + path + "?" + values.Encode())
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", path, response.Status, body)
	}
	return string(body)
}

// TestASnapshotRestores takes one of a server that runs, starts another server on it, and asks both the same.
func TestASnapshotRestores(t *testing.T) {
	data, copied := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "copy")
	original := start(t, "--data="+data, "--simulate-hosts=2")
	from, until := time.Now().Add(-time.Minute), time.Now()
	exported := func(p *program) string {
		return p.fetch(t, "/api/v1/export", "format", "csv", "from", seconds(from), "to", seconds(until))
	}
	eventually(t, "what came until then is recorded", func() bool {
		return strings.Contains(original.fetch(t, "/api/v1/export", "format", "csv", "metrics", "cpu", "from", seconds(until), "to", seconds(until.Add(time.Hour))), ",cpu,")
	})
	before := exported(original)
	code, stdout, stderr := runToEnd(t, "snapshot", "--data="+data, copied)
	if code != 0 || !strings.Contains(stdout, "samples of") || !strings.Contains(stdout, "verified") {
		t.Fatalf("%d %s%s", code, stdout, stderr)
	}
	restored := start(t, "--data="+copied, "--simulate-hosts=2")
	if after := exported(restored); after != before || strings.Count(before, "\n") < 100 {
		t.Errorf("of %d bytes there are %d", len(before), len(after))
	}
	if code, _, stderr := runToEnd(t, "snapshot", "--data="+data, copied); code != 1 || !strings.Contains(stderr, "not empty") {
		t.Errorf("over what is there: %d %s", code, stderr)
	}
	original.stop()
	if code, stdout, stderr := runToEnd(t, "snapshot", "--data="+data, filepath.Join(t.TempDir(), "second")); code != 0 {
		t.Errorf("without a server: %d %s%s", code, stdout, stderr)
	}
	if code, _, stderr := runToEnd(t, "snapshot", "--data="+t.TempDir(), filepath.Join(t.TempDir(), "third")); code != 1 || !strings.Contains(stderr, "no history in") {
		t.Errorf("of nothing: %d %s", code, stderr)
	}
}

// TestPromtoolReadsTheProgram asks as a person does.
func TestPromtoolReadsTheProgram(t *testing.T) {
	program := start(t, "--data="+filepath.Join(t.TempDir(), "data"), "--base=/vitals")
	address := "http://" + program.address + "/vitals/prometheus"
	eventually(t, "there is a value", func() bool {
		printed, ok := promtest.Promtool(t, "query", "instant", address, "vitals_cpu_ratio <= 1")
		return ok && strings.Contains(printed, "vitals_cpu_ratio{host=")
	})
	if printed, ok := promtest.Promtool(t, "query", "labels", address, "__name__"); !ok || !strings.Contains(printed, "vitals_memory_used_ratio\n") {
		t.Errorf("the names are %s", printed)
	}
	described := program.fetch(t, "/vitals/prometheus/api/v1/metadata", "metric", "vitals_cpu_ratio")
	if !strings.Contains(described, `"vitals_cpu_ratio":[{"type":"gauge","help":"Time that`) {
		t.Errorf("it is described as %s", described)
	}
	off := start(t, "--history=off")
	response, err := http.Get("http://" + off.address + "/prometheus/api/v1/query?query=1")
	must(t, err)
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	if must(t, err); response.StatusCode != http.StatusNotFound || !strings.Contains(body.String(), "--history on") {
		t.Errorf("without history: %d %s", response.StatusCode, &body)
	}
}

func seconds(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64)
}
