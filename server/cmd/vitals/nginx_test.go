package main

import (
	"context"
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
