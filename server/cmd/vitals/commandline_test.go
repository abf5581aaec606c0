package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// settingsFile writes a settings file and gives the flag that names it.
func settingsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vitals.yaml")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return "--config=" + path
}

func TestWhatStopsTheStart(t *testing.T) {
	folder := t.TempDir()
	taken := takenPort(t)
	tests := map[string]struct {
		args []string
		says []string // each stands in the one line
	}{
		"port taken":             {[]string{"serve", "--static=none", "--source=simulate", "--listen=" + taken}, []string{"listen", taken, "in use"}},
		"address not ours":       {[]string{"serve", "--static=none", "--source=simulate", "--listen=192.0.2.1:0"}, []string{"listen", "192.0.2.1:0"}},
		"no such file":           {[]string{"--config=" + folder + "/none.yaml"}, []string{"none.yaml", "no such file"}},
		"the file is a folder":   {[]string{"--config=" + folder}, []string{folder}},
		"file is not YAML":       {[]string{settingsFile(t, "listen: [")}, []string{"settings"}},
		"file is a list":         {[]string{settingsFile(t, "- a\n- b\n")}, []string{"settings"}},
		"unknown key":            {[]string{settingsFile(t, "lisen: :80\n")}, []string{"lisen", "listen"}},
		"bad value in the file":  {[]string{settingsFile(t, "interval: 10ms\n")}, []string{"interval", "10ms", "100ms to 1m"}},
		"unknown flag":           {[]string{"serve", "--lisen=:80"}, []string{"--lisen", "--listen"}},
		"unknown command":        {[]string{"surve"}, []string{"surve"}},
		"interval too short":     {[]string{"serve", "--interval=10ms"}, []string{"--interval", "10ms", "100ms to 1m"}},
		"interval too long":      {[]string{"serve", "--interval=61s"}, []string{"--interval", "1m1s", "100ms to 1m"}},
		"interval is no time":    {[]string{"serve", "--interval=often"}, []string{"--interval", "often", "500ms"}},
		"interval has no unit":   {[]string{settingsFile(t, "interval: 1\n")}, []string{"interval", `"1"`, "500ms"}},
		"key without a value":    {[]string{settingsFile(t, "listen:\n")}, []string{"listen", "no value"}},
		"key with keys below":    {[]string{settingsFile(t, "listen: {host: a}\n")}, []string{"listen", "keys below"}},
		"host with a scheme":     {[]string{"serve", "--allow-host=http://a.example"}, []string{"--allow-host", "http://a.example", "vitals.example"}},
		"host with a port":       {[]string{"serve", "--allow-host=a.example:80"}, []string{"--allow-host", "a.example:80"}},
		"backfill too short":     {[]string{"serve", "--backfill=1ms"}, []string{"--backfill", "1ms", "1s to 24h"}},
		"no machine":             {[]string{"serve", "--simulate-hosts=0"}, []string{"--simulate-hosts", `"0"`, "1 to 1000"}},
		"too many machines":      {[]string{"serve", "--simulate-hosts=1001"}, []string{"--simulate-hosts", "1001", "1 to 1000"}},
		"machines are no number": {[]string{"serve", "--simulate-hosts=many"}, []string{"--simulate-hosts", "many"}},
		"base with a space":      {[]string{"serve", "--base=x y"}, []string{"--base", "x y", "/vitals"}},
		"base without a slash":   {[]string{"serve", "--base=vitals"}, []string{"--base", "vitals", "/vitals"}},
		"base with two":          {[]string{"serve", "--base=//evil.example"}, []string{"--base", "//evil.example"}},
		"base upwards":           {[]string{"serve", "--base=/../x"}, []string{"--base", "/../x"}},
		"listen without port":    {[]string{"serve", "--listen=abc"}, []string{"--listen", "abc", "HOST:PORT"}},
		"port too high":          {[]string{"serve", "--listen=:65536"}, []string{"--listen", ":65536", "65535"}},
		"port by name":           {[]string{"serve", "--listen=:http"}, []string{"--listen", ":http"}},
		"origin with a path":     {[]string{"serve", "--allow-origin=https://a.example/x"}, []string{"--allow-origin", "https://a.example/x", "https://name"}},
		"any origin":             {[]string{"serve", "--allow-origin=*"}, []string{"--allow-origin", `"*"`, "https://name"}},
		"second origin":          {[]string{"serve", "--allow-origin=https://a.example,b"}, []string{"--allow-origin", `"b"`}},
		"bad glob":               {[]string{"serve", "--disks=sd[a"}, []string{"--disks", "sd[a"}},
		"bad glob left out":      {[]string{"serve", "--interfaces=eth*,-[z-"}, []string{"--interfaces", "[z-"}},
		"source unknown":         {[]string{"serve", "--source=moon"}, []string{"--source", "moon", "host", "simulate"}},
		"no connections":         {[]string{"serve", "--max-connections=0"}, []string{"--max-connections", `"0"`, "1 to 1000000"}},
		"none of an address":     {[]string{"serve", "--max-connections-per-address=-1"}, []string{"--max-connections-per-address", `"-1"`, "1 to"}},
		"no handshakes":          {[]string{"serve", "--handshake-rate=0"}, []string{"--handshake-rate", `"0"`, "1 to 1000000"}},
		"proxy by name":          {[]string{"serve", "--trusted-proxy=10.0.0.0/8,proxy.example"}, []string{"--trusted-proxy", `"proxy.example"`, "10.0.0.0/8"}},
		"no hosts":               {[]string{"serve", "--max-hosts=0"}, []string{"--max-hosts", `"0"`, "1 to 10000000"}},
		"no series of a host":    {[]string{"serve", "--max-series-per-host=-1"}, []string{"--max-series-per-host", `"-1"`, "1 to"}},
		"too many series":        {[]string{"serve", "--max-series=10000001"}, []string{"--max-series", `"10000001"`, "1 to"}},
		"retention too short":    {[]string{"serve", "--retention-time=59m"}, []string{"--retention-time", "59m0s", "1h to 3650d"}},
		"retention is no time":   {[]string{"serve", "--retention-time=15 days"}, []string{"--retention-time", "15 days", "15d"}},
		"retention of ages":      {[]string{"serve", "--retention-time=60000w"}, []string{"--retention-time", "60000w"}},
		"retention too small":    {[]string{"serve", "--retention-size=1MiB"}, []string{"--retention-size", "1MiB", "16MiB to 1PiB"}},
		"retention is no size":   {[]string{"serve", "--retention-size=much"}, []string{"--retention-size", "much", "1GiB"}},
		"retention beyond disks": {[]string{settingsFile(t, "retention-size: 9000000TiB\n")}, []string{"retention-size", "9000000TiB", "1GiB"}},
		"history unknown":        {[]string{"serve", "--history=maybe"}, []string{"--history", "maybe", "on", "off"}},
		"sync too seldom":        {[]string{"serve", "--history-sync=2h"}, []string{"--history-sync", `"2h"`, "always", "100ms to 1h"}},
		"sync never":             {[]string{"serve", "--history-sync=never"}, []string{"--history-sync", `"never"`, "always"}},
		"a long invented past":   {[]string{"serve", "--simulate-past=32d"}, []string{"--simulate-past", "32d", "0s to 31d"}},
		"level unknown":          {[]string{"serve", "--log-level=loud"}, []string{"--log-level", "loud", "debug", "error"}},
		"format unknown":         {[]string{"serve", "--log-format=xml"}, []string{"--log-format", "xml", "json"}},
		"no app in the folder":   {[]string{"serve", "--source=simulate", "--static=" + folder}, []string{"--static", folder, "index.html"}},
		"no such app folder":     {[]string{"serve", "--source=simulate", "--static=" + folder + "/none"}, []string{"--static", "/none"}},
	}
	for name, wanted := range tests {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := runToEnd(t, wanted.args...)
			if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "vitals: ") {
				t.Errorf("exit code %d, printed %q, said %q; expected code 1 and one line", code, stdout, stderr)
			}
			for _, word := range wanted.says {
				if !strings.Contains(stderr, word) {
					t.Errorf("it said %q, which does not name %q", stderr, word)
				}
			}
		})
	}
}

func TestFlagBeatsVariableBeatsFileBeatsDefault(t *testing.T) {
	file := settingsFile(t, "interval: 3s\nbackfill: 3m\nsimulate-hosts: 33\nallow-origin:\n  - https://a.example\n  - http://b:8080\n")
	t.Setenv("VITALS_INTERVAL", "2s")
	t.Setenv("VITALS_BACKFILL", "2m")
	code, stdout, stderr := runToEnd(t, file, "config", "check", "--interval=1500ms")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, line := range []string{
		"interval: 1.5s", "backfill: 2m0s", "simulate-hosts: 33", "listen: 127.0.0.1:8080", "- https://a.example", "- http://b:8080",
	} {
		if !strings.Contains(stdout, line+"\n") {
			t.Errorf("%q is not in\n%s", line, stdout)
		}
	}
	again, _, stderr := runToEnd(t, settingsFile(t, stdout), "config", "check")
	if again != 0 {
		t.Errorf("what config check prints is no settings file: %s", stderr)
	}
}

func TestTheFileMayBeNamedByAVariable(t *testing.T) {
	t.Setenv("VITALS_CONFIG", strings.TrimPrefix(settingsFile(t, "interval: 7s\n"), "--config="))
	if code, stdout, stderr := runToEnd(t, "config", "check"); code != 0 || !strings.Contains(stdout, "interval: 7s\n") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
}

// TestSettingsAreTheServersOwn: a variable that is set for the server means nothing to programs that only speak to one.
func TestSettingsAreTheServersOwn(t *testing.T) {
	for _, command := range []string{"push", "tail", "doctor", "bench", "bench-floor"} {
		_, help, _ := runToEnd(t, command, "--help")
		if others := strings.ReplaceAll(help, "$VITALS_CONFIG", ""); !strings.Contains(help, "--help") || strings.Contains(others, "$VITALS_") {
			t.Errorf("a flag of %s has a variable:\n%s", command, help)
		}
	}
}

func TestAnUnknownVariableIsOneWarning(t *testing.T) {
	t.Setenv("VITALS_PORT_8080_TCP", "tcp://10.0.0.1:8080")
	code, stdout, stderr := runToEnd(t, "config", "check")
	if code != 0 || stdout == "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "VITALS_PORT_8080_TCP") {
		t.Errorf("exit code %d, said %q", code, stderr)
	}
	program := start(t)
	if said := program.stderr.String(); strings.Count(said, "VITALS_PORT_8080_TCP") != 1 || strings.Count(said, `"level":"warn"`) != 1 {
		t.Errorf("the server said %s", said)
	}
}

func TestABadVariableStopsTheStart(t *testing.T) {
	t.Setenv("VITALS_INTERVAL", "10ms")
	code, _, stderr := runToEnd(t, "serve")
	if code != 1 || !strings.Contains(stderr, "interval") || !strings.Contains(stderr, "10ms") {
		t.Errorf("exit code %d, said %q", code, stderr)
	}
}

func TestVersionAndHelp(t *testing.T) {
	if code, stdout, stderr := runToEnd(t, "version"); code != 0 || stdout != "vitals "+version+"\n" || stderr != "" {
		t.Errorf("exit code %d, printed %q, said %q", code, stdout, stderr)
	}
	if code, stdout, _ := runToEnd(t, "--help"); code != 0 || !strings.Contains(stdout, "healthcheck") {
		t.Errorf("exit code %d, printed %q", code, stdout)
	}
	if code, stdout, _ := runToEnd(t, "serve", "--help"); code != 0 || !strings.Contains(stdout, "--allow-origin") ||
		!strings.Contains(stdout, "Default: 1s.") {
		t.Errorf("exit code %d, printed %q", code, stdout)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { panic("broken") }

func TestAFaultOfOursIsNoSuccess(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a panic was swallowed")
		}
	}()
	run(t.Context(), []string{"version"}, brokenWriter{}, brokenWriter{})
}

func TestHealthcheck(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	program := start(t, "--base=/vitals")
	for _, args := range [][]string{
		{"healthcheck", "http://" + program.address + "/vitals"},
		{"healthcheck", "http://" + program.address + "/vitals/"},
		{"healthcheck", "--listen=" + program.address, "--base=/vitals"},
	} {
		if code, stdout, stderr := runToEnd(t, args...); code != 0 || !strings.Contains(stdout, `"status":"ok"`) {
			t.Errorf("%v: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
	if code, _, stderr := runToEnd(t, "healthcheck", "http://"+program.address+"/other"); code != 1 || !strings.Contains(stderr, "404") {
		t.Errorf("a wrong path: exit code %d, said %q", code, stderr)
	}
	program.stop()
	code, stdout, stderr := runToEnd(t, "healthcheck", "http://"+program.address)
	if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "refused") {
		t.Errorf("a dead server: exit code %d, printed %q, said %q", code, stdout, stderr)
	}
}

func TestHealthcheckPrintsNothingThatATerminalObeys(t *testing.T) {
	for status, wantedCode := range map[int]int{http.StatusOK: 0, http.StatusTeapot: 1} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "well\x1b]0;title\a\r\u202e")
		}))
		code, stdout, stderr := runToEnd(t, "healthcheck", server.URL)
		server.Close()
		if said := stdout + stderr; code != wantedCode || !strings.Contains(said, "well") || strings.ContainsAny(said, "\x1b\a\r\u202e") {
			t.Errorf("%d: exit code %d, %q", status, code, said)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
