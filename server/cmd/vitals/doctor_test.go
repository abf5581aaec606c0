package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"vitals/internal/doctor"
)

// diagnose runs the doctor and wants these problems, by check, with what their messages say, and no others. When the machine
// that runs the tests is so busy that events really are late, the doctor says so; that is why it may look again.
func diagnose(t *testing.T, wanted map[string]string, args ...string) *doctor.Report {
	t.Helper()
	const tries = 3
	var report *doctor.Report
	var differences []string
	for range tries {
		report = examine(t, args...)
		if differences = compare(report, wanted); len(differences) == 0 {
			return report
		}
	}
	t.Errorf("after %d tries:\n%s", tries, strings.Join(differences, "\n"))
	return report
}

// examine runs the doctor; its exit code must say what its report does.
func examine(t *testing.T, args ...string) *doctor.Report {
	t.Helper()
	code, stdout, stderr := runToEnd(t, append([]string{"doctor", "--json"}, args...)...)
	var report doctor.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || report.Healthy() != (code == 0) || code > 1 || stderr != "" {
		t.Fatalf("exit code %d; %v, said %q:\n%s", code, err, stderr, stdout)
	}
	return &report
}

// compare lists what was found otherwise; checks that are not wanted to find a problem must have passed or been skipped.
func compare(report *doctor.Report, wanted map[string]string) (differences []string) {
	differ := func(format string, values ...any) { differences = append(differences, fmt.Sprintf(format, values...)) }
	for _, finding := range report.Findings {
		want, named := wanted[finding.Check]
		isFine := finding.Verdict == doctor.Pass || finding.Verdict == doctor.Skip
		if !named && !isFine {
			differ("%s %s: %s", finding.Verdict, finding.Check, finding.Message)
		}
		if named && (isFine || !strings.Contains(finding.Message, want)) {
			differ("%s is %s (%s), wanted a problem with %q", finding.Check, finding.Verdict, finding.Message, want)
		}
	}
	for check := range wanted {
		if report.Finding(check) == nil {
			differ("%s was not checked", check)
		}
	}
	return differences
}

const quick = "--timeout=4s"

func TestDoctorOfAServerWithoutAProxy(t *testing.T) {
	t.Parallel()
	program := start(t, "--base=/vitals")
	diagnose(t, nil, quick, "--idle=1s", "http://"+program.address+"/vitals")
	eventually(t, "a report in words that finds nothing", func() bool {
		code, stdout, stderr := runToEnd(t, "doctor", quick, program.address)
		return code == 0 && stderr == "" && strings.HasPrefix(stdout, "PASS  reachable ") && !strings.Contains(stdout, "nginx")
	})
}

func TestDoctorOfNothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	diagnose(t, map[string]string{"reachable": "nothing listens"}, quick, listener.Addr().String())
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
	diagnose(t, map[string]string{"host": "for the name vitals.example instead of 127.0.0.1"}, quick, address)
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
	report := diagnose(t, map[string]string{
		"origin": "instead of 127.0.0.1", "websocket": "Upgrade and Connection do not arrive", "http": "HTTP/1.0",
		"address": "anybody can claim any address",
	}, quick, startNginx(t, config))
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
	diagnose(t, nil, quick, startNginx(t, mended(t, report, config, program.address)))
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
	report := diagnose(t, map[string]string{
		"origin": "takes its own page for a stranger's", "websocket": "Upgrade and Connection", "compression": "gzip",
		"events": "holds", "idle-events": "was cut after",
	}, quick, "--idle=4s", startNginx(t, config))
	diagnose(t, nil, quick, "--idle=4s", startNginx(t, mended(t, report, config, program.address)))
}

// TestDoctorOfAWrongPrefix: the proxy does not take the path off.
func TestDoctorOfAWrongPrefix(t *testing.T) {
	t.Parallel()
	program := start(t, "--trusted-proxy=127.0.0.1")
	address := startNginx(t, `server { listen LISTEN; location /vitals/ { proxy_pass http://`+program.address+`; } }`)
	report := diagnose(t, map[string]string{"base": "with /vitals still on"}, quick, address+"/vitals")
	config := mended(t, report, "server { listen LISTEN;\n# MEND SERVER\n}", program.address)
	diagnose(t, nil, quick, startNginx(t, config)+"/vitals/")
	missing := startNginx(t, `server { listen LISTEN; location / { return 404; } }`)
	diagnose(t, map[string]string{"base": "nor does it answer at /"}, quick, missing+"/vitals")
	elsewhere := startNginx(t, `server { listen LISTEN; location / { proxy_pass http://`+program.address+`; } location /vitals { return 404; } }`)
	diagnose(t, map[string]string{"base": "it does at /"}, quick, elsewhere+"/vitals")
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
		diagnose(t, map[string]string{"reachable": says}, quick, address)
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
		diagnose(t, nil, quick, "--idle=1s", address+path)
	}
	diagnose(t, map[string]string{"address": "does not believe"}, quick, startNginx(t, strings.NewReplacer("listen 80;", "listen LISTEN;", "127.0.0.1:8080",
		start(t).address).Replace(string(config))))
}
