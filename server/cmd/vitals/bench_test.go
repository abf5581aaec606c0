package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"vitals/internal/bench"
)

func TestBenchMeasuresARunningServer(t *testing.T) {
	server := start(t, "--interval", "100ms")
	for _, form := range []string{"session", "batch", "plain", "events"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel() // most of a measurement is waiting
			var stdout, stderr output
			code := run(context.Background(), []string{
				"bench", "http://" + server.address, "--viewers", "8", "--stalled", "1", "--slow", "1", "--form", form,
				"--interval", "100ms", "--duration", "1s", "--json",
			}, &stdout, &stderr)
			var result bench.Result
			if err := json.Unmarshal([]byte(stdout.String()), &result); code != 0 || err != nil {
				t.Fatalf("exit code %d, %v: %s", code, err, stderr.String())
			}
			if result.Fast.Deliveries == 0 || result.Fast.Lost+result.Fast.Duplicates+result.Fast.Closed != 0 || result.Server == nil {
				t.Errorf("%+v", result)
			}
		})
	}
}

func TestBenchNamesTheFlagThatIsWrong(t *testing.T) {
	for arguments, flag := range map[string]string{
		"--viewers 0":                   "--viewers",
		"--viewers 20000":               "--viewers",
		"--viewers 5 --slow 5":          "--slow",
		"--duration 10ms":               "--duration",
		"--form events --format cbor":   "--format",
		"--form morse":                  "--form",
		"https://127.0.0.1 --viewers 1": "https",
	} {
		var stdout, stderr output
		code := run(context.Background(), append([]string{"bench"}, strings.Fields(arguments)...), &stdout, &stderr)
		if code != 1 || !strings.Contains(stderr.String(), flag) {
			t.Errorf("%s: exit code %d, %q", arguments, code, stderr.String())
		}
	}
}
