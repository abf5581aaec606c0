package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vitals/internal/doctor"
)

// examine runs the doctor and gives what it found, by check.
func examine(t *testing.T, code int, args ...string) *doctor.Report {
	t.Helper()
	got, stdout, stderr := runToEnd(t, append([]string{"doctor", "--json"}, args...)...)
	var report doctor.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || got != code || stderr != "" {
		t.Fatalf("exit code %d, wanted %d; %v, said %q:\n%s", got, code, err, stderr, stdout)
	}
	return &report
}

// verdicts checks what was found; checks that are not named must have passed or been skipped.
func verdicts(t *testing.T, report *doctor.Report, wanted map[string]string) {
	t.Helper()
	for _, finding := range report.Findings {
		want, named := wanted[finding.Check]
		isFine := finding.Verdict == doctor.Pass || finding.Verdict == doctor.Skip
		if !named && !isFine {
			t.Errorf("%s %s: %s", finding.Verdict, finding.Check, finding.Message)
		}
		if named && (isFine || !strings.Contains(finding.Message, want)) {
			t.Errorf("%s is %s (%s), wanted a problem with %q", finding.Check, finding.Verdict, finding.Message, want)
		}
	}
	for check := range wanted {
		if report.Finding(check) == nil {
			t.Errorf("%s was not checked", check)
		}
	}
}

// nginxAt is Debian's nginx with a configuration of ours.
const nginxAt = "/usr/sbin/nginx"

// startNginx runs nginx with the inside of its http block, in which LISTEN is the address; it gives that address.
func startNginx(t *testing.T, inside string) string {
	t.Helper()
	if _, err := os.Stat(nginxAt); err != nil {
		t.Skip("nginx is not installed (Debian: nginx-light): the doctor is not tested against it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())
	folder := t.TempDir()
	must(t, os.Chmod(folder, 0o755))
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	config := fmt.Sprintf(`%s
daemon off; master_process on; worker_processes 1; pid %[2]s/pid; error_log %[2]s/error.log;
events { worker_connections 64; }
http {
access_log off; client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/fastcgi;
uwsgi_temp_path %[2]s/uwsgi; scgi_temp_path %[2]s/scgi;
%[3]s
}
`, user, folder, strings.ReplaceAll(inside, "LISTEN", address))
	file := filepath.Join(folder, "nginx.conf")
	must(t, os.WriteFile(file, []byte(config), 0o600))
	// A context that kills would leave its workers alone in the world.
	command := exec.CommandContext(context.Background(), nginxAt, "-c", file, "-p", folder, "-e", filepath.Join(folder, "error.log"))
	must(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		<-ended
	})
	eventually(t, "nginx listens", func() bool {
		select {
		case err := <-ended:
			ended <- err
			said, _ := os.ReadFile(filepath.Join(folder, "error.log"))
			t.Fatalf("nginx ended: %v\n%s\n%s", err, said, config)
		default:
		}
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return address
}

// mended puts the lines of a report into a configuration, as the report says: those of a location replace what the
// location says of the same, MEND marks where they go.
func mended(t *testing.T, report *doctor.Report, config, upstream string) string {
	t.Helper()
	for _, mend := range report.MendsByProgram() {
		if mend.Program != "nginx" {
			continue
		}
		lines := strings.ReplaceAll(strings.Join(mend.Lines, "\n"), "127.0.0.1:8080", upstream)
		switch {
		case strings.HasPrefix(mend.Place, "http {"):
			config = lines + "\n" + config
		case strings.HasPrefix(mend.Place, "location "):
			for line := range strings.SplitSeq(lines, "\n") {
				config = dropDirective(config, line)
			}
			config = strings.ReplaceAll(config, "# MEND LOCATION", lines)
		case strings.HasPrefix(mend.Place, "server {"):
			config = strings.ReplaceAll(config, "# MEND SERVER", lines)
		default:
			t.Errorf("nobody knows where %q is", mend.Place)
		}
	}
	return config
}

// dropDirective takes away the lines that say the same as a new one.
func dropDirective(config, line string) string {
	words := strings.Fields(line)
	same := words[0]
	if same == "proxy_set_header" {
		same += " " + words[1]
	}
	var kept []string
	for old := range strings.SplitSeq(config, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(old), same+" ") {
			kept = append(kept, old)
		}
	}
	return strings.Join(kept, "\n")
}

const quick = "--timeout=4s"

func TestDoctorOfAServerWithoutAProxy(t *testing.T) {
	t.Parallel()
	program := start(t, "--base=/vitals")
	verdicts(t, examine(t, 0, quick, "--idle=1s", "http://"+program.address+"/vitals"), nil)
	code, stdout, stderr := runToEnd(t, "doctor", quick, program.address)
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "PASS  reachable ") || strings.Contains(stdout, "nginx") {
		t.Errorf("exit code %d, said %q, printed\n%s", code, stderr, stdout)
	}
}

func TestDoctorOfNothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	verdicts(t, examine(t, 1, quick, listener.Addr().String()), map[string]string{"reachable": "nothing listens"})
	for _, args := range [][]string{{"ftp://x"}, {"http://a:b@c"}, {"x", "--timeout=1ms"}, {"x", "--idle=-1s"}} {
		if code, stdout, stderr := runToEnd(t, append([]string{"doctor"}, args...)...); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit code %d, printed %q, said %q", args, code, stdout, stderr)
		}
	}
}

func TestDoctorOfAServerThatDoesNotKnowItsName(t *testing.T) {
	t.Parallel()
	program := start(t)
	address := startNginx(t, `server { listen LISTEN; location / { proxy_pass http://`+program.address+`; proxy_set_header Host vitals.example; } }`)
	report := examine(t, 1, quick, address)
	verdicts(t, report, map[string]string{"host": "for the name vitals.example instead of 127.0.0.1"})
}

// TestDoctorOfNginxByDefault has what the manual of nginx begins with: a proxy_pass and nothing else.
func TestDoctorOfNginxByDefault(t *testing.T) {
	t.Parallel()
	program := start(t, "--trusted-proxy=127.0.0.1")
	config := `server {
    listen LISTEN;
    location / {
        proxy_pass http://` + program.address + `;
        # MEND LOCATION
    }
}`
	report := examine(t, 1, quick, startNginx(t, config))
	verdicts(t, report, map[string]string{
		"origin": "instead of 127.0.0.1", "websocket": "Upgrade and Connection do not arrive", "http": "HTTP/1.0",
		"address": "anybody can claim any address",
	})
	if !strings.HasPrefix(report.Proxy, "nginx") {
		t.Errorf("the proxy is %q", report.Proxy)
	}
	code, stdout, stderr := runToEnd(t, "doctor", quick, strings.TrimPrefix(report.URL, "http://"))
	if code != 1 || stderr != "" {
		t.Errorf("exit code %d, said %q", code, stderr)
	}
	for _, line := range []string{
		"PASS  reachable ", "FAIL  websocket ", "\nnginx, in http { }:\n    map $http_upgrade $vitals_connection {\n", "\nnginx, in location / { }",
		"\n    proxy_set_header Upgrade $http_upgrade;\n", "\nCaddy, in the site", "\n    reverse_proxy 127.0.0.1:8080\n",
		"\nTraefik, in the dynamic configuration:\n    http:\n", "\n            passHostHeader: true\n",
	} {
		if strings.Count(stdout, line) != 1 {
			t.Errorf("%q stands %d times in\n%s", line, strings.Count(stdout, line), stdout)
		}
	}
	verdicts(t, examine(t, 0, quick, startNginx(t, mended(t, report, config, program.address))), nil)
}

// TestDoctorOfABrokenNginx: the stream is buffered, compressed and cut.
func TestDoctorOfABrokenNginx(t *testing.T) {
	t.Parallel()
	program := start(t, "--trusted-proxy=127.0.0.1")
	config := `server {
    listen LISTEN;
    location / {
        proxy_pass http://` + program.address + `;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Connection "";
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_ignore_headers X-Accel-Buffering;
        proxy_read_timeout 2s;
        proxy_buffering on;
        gzip on;
        gzip_types text/event-stream;
        gzip_min_length 1;
        gzip_proxied any;
        # MEND LOCATION
    }
}`
	report := examine(t, 1, quick, "--idle=4s", startNginx(t, config))
	verdicts(t, report, map[string]string{
		"origin": "takes its own page for a stranger's", "websocket": "Upgrade and Connection", "compression": "gzip",
		"events": "holds", "idle-events": "was cut after",
	})
	verdicts(t, examine(t, 0, quick, "--idle=4s", startNginx(t, mended(t, report, config, program.address))), nil)
}

// TestDoctorOfAWrongPrefix: the proxy does not take the path off.
func TestDoctorOfAWrongPrefix(t *testing.T) {
	t.Parallel()
	program := start(t, "--trusted-proxy=127.0.0.1")
	address := startNginx(t, `server { listen LISTEN; location /vitals/ { proxy_pass http://`+program.address+`; } }`)
	report := examine(t, 1, quick, address+"/vitals")
	verdicts(t, report, map[string]string{"base": "with /vitals still on"})
	config := mended(t, report, "server { listen LISTEN;\n# MEND SERVER\n}", program.address)
	verdicts(t, examine(t, 0, quick, startNginx(t, config)+"/vitals/"), nil)
	missing := startNginx(t, `server { listen LISTEN; location / { return 404; } }`)
	verdicts(t, examine(t, 1, quick, missing+"/vitals"), map[string]string{"base": "nor does it answer at /"})
	elsewhere := startNginx(t, `server { listen LISTEN; location / { proxy_pass http://`+program.address+`; } location /vitals { return 404; } }`)
	verdicts(t, examine(t, 1, quick, elsewhere+"/vitals"), map[string]string{"base": "it does at /"})
}

// TestDoctorOfOtherAnswers has what proxies answer in the place of Vitals.
func TestDoctorOfOtherAnswers(t *testing.T) {
	t.Parallel()
	for inside, says := range map[string]string{
		`location / { proxy_pass http://127.0.0.1:1; }`:                        "answers 502",
		`location / { return 302 https://elsewhere.example/; }`:                "https://elsewhere.example/",
		`location / { add_header WWW-Authenticate Basic always; return 401; }`: "wants a login",
	} {
		address := startNginx(t, "server { listen LISTEN; "+inside+" }")
		verdicts(t, examine(t, 1, quick, address), map[string]string{"reachable": says})
	}
}

// TestDoctorOfOurNginx has the file that we ship.
func TestDoctorOfOurNginx(t *testing.T) {
	t.Parallel()
	program := start(t, "--trusted-proxy=127.0.0.1")
	config, err := os.ReadFile("../../../deploy/nginx/vitals.conf")
	must(t, err)
	replace := strings.NewReplacer("listen 80;", "listen LISTEN;", "127.0.0.1:8080", program.address)
	address := startNginx(t, replace.Replace(string(config)))
	for _, path := range []string{"/", "/vitals/"} {
		verdicts(t, examine(t, 0, quick, "--idle=1s", address+path), nil)
	}
	verdicts(t, examine(t, 1, quick, startNginx(t, strings.NewReplacer("listen 80;", "listen LISTEN;", "127.0.0.1:8080",
		start(t).address).Replace(string(config)))), map[string]string{"address": "does not believe"})
}
