package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// getJSON reads an answer of the API.
func getJSON[T any](t *testing.T, address, path string) (answer T) {
	t.Helper()
	response, err := http.Get("http://" + address + path)
	must(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		t.Fatalf("%s is answered %s %s", path, response.Status, text)
	}
	must(t, json.NewDecoder(response.Body).Decode(&answer))
	return answer
}

func pushOne(t *testing.T, address string, event wire.PushedEvent) (status int, answer string) {
	t.Helper()
	body, err := json.Marshal(event)
	must(t, err)
	response, err := http.Post("http://"+address+"/api/v1/events", "application/json", strings.NewReader(string(body)))
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(text)
}

// TestThePastIsThereAfterAStart: viewers begin with it, and what was pushed before is known.
func TestThePastIsThereAfterAStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	program := start(t, "--data="+folder, "--backfill=1m")
	now := metric.TimestampOf(time.Now())
	event := wire.PushedEvent{Metric: "room.temp", Value: 21.3, Timestamp: &now, Host: "attic", Unit: "celsius"}
	if status, answer := pushOne(t, program.address, event); status != http.StatusOK {
		t.Fatal(answer)
	}
	if code := program.stop(); code != 0 || strings.Contains(program.stderr.String(), `"level":"error"`) {
		t.Fatalf("exit code %d: %s", code, program.stderr.String())
	}
	program = start(t, "--data="+folder, "--backfill=1m")
	client, _, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer client.CloseNow()
	must(t, client.Send(wire.Subscribe{Hosts: []string{"attic"}}))
	catalog := awaitFrame[wire.Catalog](t, client)
	if len(catalog.Series) != 1 || catalog.Series[0].Unit != "celsius" || !catalog.Series[0].Custom {
		t.Errorf("catalogue %+v", catalog.Series)
	}
	past := awaitFrame[wire.Snapshot](t, client)
	if len(past.Timestamps) != 1 || past.Timestamps[0] != now || past.Columns[0][0] != 21.3 {
		t.Errorf("the past %+v", past)
	}
	if _, answer := pushOne(t, program.address, event); !strings.Contains(answer, `"duplicates":1`) {
		t.Errorf("pushed again: %s", answer)
	}
}

// TestTheOrderOfSeriesOutlivesAStart: a host looks the same after it.
func TestTheOrderOfSeriesOutlivesAStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	names := func(program *program) (found []string) {
		type catalog struct{ Series []metric.Series }
		for _, series := range getJSON[catalog](t, program.address, "/api/v1/catalog").Series {
			found = append(found, series.Metric)
		}
		return found
	}
	first := start(t, "--data="+folder)
	before := names(first)
	first.stop()
	if after := names(start(t, "--data="+folder)); len(before) == 0 || strings.Join(before, " ") != strings.Join(after, " ") {
		t.Errorf("before: %v\nafter: %v", before, after)
	}
}

// TestAnInventedPast: neither the time that inventing it takes nor the rest of the start leaves a hole, in history or in memory.
func TestAnInventedPast(t *testing.T) {
	t.Parallel()
	program := start(t, "--simulate-past=20m", "--simulate-hosts=2", "--interval=1s", "--backfill=2m")
	started := time.Now()
	client, _, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer client.CloseNow()
	must(t, client.Send(wire.Subscribe{Metrics: []string{"cpu"}}))
	mustReach(t, awaitFrame[wire.Snapshot](t, client).Timestamps, started, 2*time.Minute)
	type answer struct {
		Timelines [][]metric.TimestampMs
	}
	got := getJSON[answer](t, program.address, "/api/v1/history?metrics=cpu&from=-20m&step=raw")
	if len(got.Timelines) != 1 {
		t.Fatalf("history has %d timelines", len(got.Timelines))
	}
	mustReach(t, got.Timelines[0], started, 20*time.Minute)
}

// mustReach wants a sample each second, from so long before an instant up to it. Invented ones are at whole seconds; the first
// that is not was measured by the clock.
func mustReach(t *testing.T, times []metric.TimestampMs, end time.Time, length time.Duration) {
	t.Helper()
	const slack = 2 * time.Second // for the seconds that the ends lie between
	if len(times) == 0 || times[0].Time().After(end.Add(slack-length)) {
		t.Fatalf("%d samples do not reach back for %s", len(times), length)
	}
	last := times[0]
	for _, at := range times[1:] {
		if at%1000 != 0 {
			break
		}
		if at-last != 1000 {
			t.Errorf("there is a hole of %d ms before %s", at-last, at.Time())
		}
		last = at
	}
	if short := end.Sub(last.Time()); short > slack {
		t.Errorf("what is invented ends %s before the start", short)
	}
}

// TestAllSeriesOfTheNewestPastAreThereAfterAStart: more than one question to history may be answered with.
func TestAllSeriesOfTheNewestPastAreThereAfterAStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	program := start(t, "--data="+folder)
	now := metric.TimestampOf(time.Now())
	events := make([]wire.PushedEvent, history.MaxSeries+100)
	for i := range events {
		events[i] = wire.PushedEvent{Metric: fmt.Sprint("load.", i), Value: float64(i), Timestamp: &now, Host: "attic"}
	}
	sender := &byHTTP{address: program.address}
	defer sender.close()
	if accepted, err := sender.push(events); err != nil || accepted != len(events) {
		t.Fatal(accepted, err)
	}
	program.stop()
	program = start(t, "--data="+folder)
	type catalog struct{ Series []metric.Series }
	if got := getJSON[catalog](t, program.address, "/api/v1/catalog?host=attic").Series; len(got) != len(events) {
		t.Errorf("%d of %d series are there", len(got), len(events))
	}
}

// TestWhatIsRememberedIsForItsOwnerOnly: each file, so that a copy of the folder is not for others either.
func TestWhatIsRememberedIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	start(t, "--data="+folder)
	files := 0
	must(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		must(t, err)
		info, err := entry.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil // it was replaced meanwhile
		}
		must(t, err)
		if files++; info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has %s", path, info.Mode())
		}
		return nil
	}))
	const fewest = 8
	if files < fewest {
		t.Errorf("there are %d files only", files)
	}
}

func TestATemporaryFolderGoesWithTheProcess(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	program := start(t)
	during, err := os.ReadDir(folder)
	must(t, err)
	program.stop()
	after, err := os.ReadDir(folder)
	must(t, err)
	if len(during) != 1 || len(after) != 0 {
		t.Errorf("%d folders while it ran, %d afterwards", len(during), len(after))
	}
}

func TestWithoutHistory(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	program := start(t, "--history=off", "--data="+folder)
	if status, answer := pushOne(t, program.address, wire.PushedEvent{Metric: "a", Value: 1}); status != http.StatusOK {
		t.Errorf("a push is answered %d %s", status, answer)
	}
	type answer struct{ State string }
	if status := getJSON[answer](t, program.address, "/api/v1/history/status"); status.State != "off" {
		t.Errorf("history is %q", status.State)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data folder: %v", err)
	}
}

func TestAFolderThatIsInUse(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	start(t, "--data="+folder)
	code, _, stderr := runToEnd(t, "serve", "--source=simulate", "--static=none", "--listen=127.0.0.1:0", "--data="+folder)
	if code != 1 || !strings.Contains(stderr, folder) || !strings.Contains(stderr, "--data") || !strings.Contains(stderr, "--history off") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestAFullDisk: live values go on, pushes are told, and with space recording goes on by itself with what the hub holds.
func TestAFullDisk(t *testing.T) {
	const size = 6 << 20
	folder, inside := t.TempDir(), ""
	address, pid := startOnSmallDisk(t, folder, size)
	inside = filepath.Join("/proc", fmt.Sprint(pid), "root", folder)
	client, _, err := streamtest.OpenSession(address, "/ws")
	must(t, err)
	defer client.CloseNow()
	must(t, client.Send(wire.Subscribe{}))
	now := metric.TimestampOf(time.Now())
	event := wire.PushedEvent{Metric: "room.temp", Value: 1, Timestamp: &now}
	if status, answer := pushOne(t, address, event); status != http.StatusOK {
		t.Fatal(answer)
	}
	filler := filepath.Join(inside, "filler")
	fill(t, filler)
	eventually(t, "a push is told that the disk is full", func() bool {
		now++
		status, answer := pushOne(t, address, event)
		return status == http.StatusInsufficientStorage && strings.Contains(answer, "storage_full")
	})
	refused := now
	for range 10 {
		awaitFrame[wire.Update](t, client) // live values go on
	}
	must(t, os.Remove(filler))
	eventually(t, "recording goes on", func() bool {
		status, _ := pushOne(t, address, event) // the same as was refused
		return status == http.StatusOK
	})
	found := false
	readBack(t, address, hostOf(t, address), func(name string, at metric.TimestampMs, _ float64) {
		found = found || name == "room.temp" && at == refused
	})
	if !found {
		t.Error("what was pushed again and acknowledged is not there")
	}
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	type answer struct{ Hosts []metric.Host }
	return getJSON[answer](t, address, "/api/v1/hosts").Hosts[0].Name
}

// startOnSmallDisk starts a server whose data folder is a small file system that only this process sees.
func startOnSmallDisk(t *testing.T, folder string, bytes int) (address string, pid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file system")
	}
	if err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").Run(); err != nil {
		t.Skipf("no mount namespace can be made here: %v", err)
	}
	script := fmt.Sprintf("mount -t tmpfs -o size=%d,mode=700 none '%s' && exec '%s' -test.run='^TestMainOfAServerProcess$'", bytes, folder, os.Args[0])
	command := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c", script)
	command.Env = append(os.Environ(), serverProcess+"=serve --source=simulate --simulate-hosts=1 --static=none --interval=100ms --backfill=1m --listen=127.0.0.1:0 --data="+folder)
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "Vitals is at http://"), "/"), command.Process.Pid
}

// fill writes a file until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	must(t, err)
	defer func() { _ = file.Close() }() // on a full disk
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := file.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}
