package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Two processes on one folder: the second one says whose it is and what to do, and the first one goes on.
func TestADataFolderIsOfOneProcess(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first, address := startProcessIn(t, data, "127.0.0.1:0")
	code, stdout, stderr := runToEnd(t, "serve", "--source=simulate", "--static=none", "--listen=127.0.0.1:0", "--data="+data)
	if code != 1 || strings.Contains(stdout, "Vitals is at") {
		t.Errorf("the second one ended with %d, and said %q", code, stdout)
	}
	for _, says := range []string{data, fmt.Sprintf("in use by process %d", first.Process.Pid), "--data", "--history off"} {
		if !strings.Contains(stderr, says) {
			t.Errorf("%q does not say %q", stderr, says)
		}
	}
	after, one := time.Now(), &program{address: address}
	eventually(t, "the first one records on", func() bool {
		return strings.Contains(one.fetch(t, "/api/v1/export", "format", "csv", "metrics", "cpu", "from", seconds(after)), ",cpu,")
	})
	if status := one.fetch(t, "/api/v1/history/status"); !strings.Contains(status, `"recording"`) {
		t.Errorf("it says %s", status)
	}
}

// A folder of a newer version is refused by each command, and left as it is.
func TestADataFolderOfANewerVersionIsLeftUntouched(t *testing.T) {
	data := t.TempDir()
	must(t, os.Mkdir(filepath.Join(data, "history"), 0o700))
	must(t, os.WriteFile(filepath.Join(data, "version"), []byte("vitals history, format 7 8ea9dffb\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(data, "history", "unknown"), []byte("of the future"), 0o600))
	before := treeOf(t, data)
	for _, args := range [][]string{
		{"serve", "--source=simulate", "--static=none", "--listen=127.0.0.1:0", "--data=" + data},
		{"snapshot", "--data=" + data, filepath.Join(t.TempDir(), "copy")},
	} {
		code, _, stderr := runToEnd(t, args...)
		if code != 1 || !strings.Contains(stderr, "a newer version wrote it (format 7") || !strings.Contains(stderr, data) {
			t.Errorf("%s ended with %d: %s", args[0], code, stderr)
		}
		if after := treeOf(t, data); !maps.Equal(before, after) {
			t.Errorf("%s touched the folder: %v, then %v", args[0], before, after)
		}
	}
}

// treeOf is each file below a folder with what it holds and when it was written.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found[path] = fmt.Sprint(info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			found[path] += string(content)
			return err
		}
		return nil
	}))
	return found
}
