package collect

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestPathsOfAContainerWithoutARootfs(t *testing.T) {
	f := newFixture(t)
	own := mountsOf(t, resolvePaths(""))
	t.Setenv("HOST_PROC", f.paths.proc)
	t.Setenv("HOST_SYS", f.paths.sys)
	t.Setenv("HOST_ETC", f.paths.etc)
	paths := resolvePaths("")
	if got := describeHost(paths.context(t.Context()), paths).Hostname; got != "fixture-1" {
		t.Errorf("the host is called %q", got)
	}
	if got := paths.networkCounters(); got != filepath.Join(f.paths.proc, "net", "dev") {
		t.Errorf("network counters are read from %s", got)
	}
	if got := mountsOf(t, paths); !slices.Equal(got, own) { // the names of the host's mounts mean something else here
		t.Errorf("mounts are %v, expected our own %v", got, own)
	}
}

func mountsOf(t *testing.T, paths paths) []string {
	t.Helper()
	points, err := mountLister{ctx: paths.mountContext(t.Context())}.list()
	if err != nil {
		t.Fatal(err)
	}
	return points
}
