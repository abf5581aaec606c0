package doctor

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestEveryMendHasLinesForEveryProxy reads all files, with and without a path.
func TestEveryMendHasLinesForEveryProxy(t *testing.T) {
	files, err := mendFiles.ReadDir("mends")
	if err != nil || len(files) != 9 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		which := problem(strings.TrimSuffix(file.Name(), ".txt"))
		for _, at := range []site{{Name: "a.example", Path: "/", Proxy: "10.0.0.1"}, {Name: "a.example", Path: "/vitals/", Bare: "/vitals", Proxy: "10.0.0.1"}} {
			var named []string
			for _, mend := range at.mendsFor(which) {
				named = append(named, mend.Program)
				if len(mend.Lines) == 0 || mend.Place == "" || strings.Contains(strings.Join(mend.Lines, ""), "<no value>") {
					t.Errorf("%s: %+v", which, mend)
				}
			}
			isOurs := which == problemAllowHost || which == problemTrust
			for _, program := range programs[1:] {
				if !isOurs && !slices.Contains(named, program) {
					t.Errorf("%s has no lines for %s", which, program)
				}
			}
		}
	}
}

func TestMendsSayNothingTwice(t *testing.T) {
	at := site{Name: "a.example", Path: "/vitals/", Bare: "/vitals", Proxy: "10.0.0.1"}
	report := Report{Findings: []Finding{
		{Mends: at.mendsFor(problemHeaders)}, {Mends: at.mendsFor(problemUpgrade)}, {Mends: at.mendsFor(problemCompression)},
	}}
	seen := map[string]bool{}
	for _, mend := range report.MendsByProgram() {
		if mend.Program != "nginx" {
			continue
		}
		for _, line := range mend.Lines {
			if seen[line] {
				t.Errorf("%q stands twice", line)
			}
			seen[line] = true
		}
	}
	if !seen["proxy_http_version 1.1;"] || !seen["gzip off;"] || !seen["map $http_upgrade $vitals_connection {"] {
		t.Errorf("the lines are %v", slices.Sorted(maps.Keys(seen)))
	}
}
