package history_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vitals/internal/history"
)

func TestTwoStoresInOneFolder(t *testing.T) {
	dir := t.TempDir()
	store := openFaults(t, dir)
	_, err := history.Open(faultsOptions(dir))
	if _, is := errors.AsType[*history.FolderError](err); !is {
		t.Fatalf("opened twice: %v", err)
	}
	for _, says := range []string{dir, fmt.Sprintf("in use by process %d", os.Getpid()), "--data", "--history off"} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%q does not say %q", err, says)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	openFaults(t, dir)
}

func TestFoldersThatAreRefused(t *testing.T) {
	newer := []byte("vitals history, format 7 8ea9dffb\n")
	tests := map[string]struct {
		make func(t *testing.T, dir string)
		says string
	}{
		"a file": {func(t *testing.T, dir string) { writeTo(t, dir, nil) }, "it is a file"},
		"of a newer version": {func(t *testing.T, dir string) {
			makeDir(t, dir)
			writeTo(t, filepath.Join(dir, "version"), newer)
			writeTo(t, filepath.Join(dir, "catalogue.json"), []byte("{}"))
		}, "a newer version wrote it (format 7"},
		"a link in place of the store": {func(t *testing.T, dir string) {
			makeDir(t, dir)
			if err := os.Symlink(t.TempDir(), filepath.Join(dir, "history")); err != nil {
				t.Fatal(err)
			}
		}, "history in it is a symbolic link"},
		"a file in place of the store": {func(t *testing.T, dir string) {
			makeDir(t, dir)
			writeTo(t, filepath.Join(dir, "history"), nil)
		}, "history in it is a file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			test.make(t, dir)
			before := listing(t, dir)
			_, err := history.Open(faultsOptions(dir))
			var refused *history.FolderError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.says) || refused.Fix == "" {
				t.Errorf("%v, want one that says %q", err, test.says)
			}
			after := listing(t, dir)
			delete(after, "lock")
			if !maps.Equal(before, after) {
				t.Errorf("the folder was touched: %v, then %v", before, after)
			}
		})
	}
}

func TestAReadOnlyFolderIsRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere; the test of a read-only mount covers that")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := history.Open(faultsOptions(dir))
	if err == nil || !strings.Contains(err.Error(), "chown") {
		t.Errorf("%v", err)
	}
}

// What is not ours stays where it is, and what only looks so is put aside.
func TestForeignFilesInTheFolder(t *testing.T) {
	dir := t.TempDir()
	store, want := filled(t, dir, 20)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "target")
	writeTo(t, elsewhere, []byte("not ours"))
	stays := []string{"notes.txt", "history/notes.txt", "history/wal/notes.txt", "history/01ARZ3NDEKTSV4RRFFQ69G5FAV"}
	aside := []string{
		"history/wal/7", "history/wal/-5", "history/wal/checkpoint.00000009", "history/chunks_head/12",
	}
	for _, name := range append(stays, aside...) {
		writeTo(t, filepath.Join(dir, name), []byte(name))
	}
	makeDir(t, filepath.Join(dir, "history/wal/00000077"))
	makeDir(t, filepath.Join(dir, "history/wal/checkpoint.00000003"))
	makeDir(t, filepath.Join(dir, "history/01ARZ3NDEKTSV4RRFFQ69G5FAW"))
	if err := os.Symlink(elsewhere, filepath.Join(dir, "history/wal/00000078")); err != nil {
		t.Fatal(err)
	}
	got, damage := reopened(t, "foreign files", dir)
	if lost := want.lost(t, "foreign files", got); lost > 0 {
		t.Errorf("%d samples are lost", lost)
	}
	// The four of the list that look like ours, two folders, a block without anything, and a link.
	if len(damage) != 8 {
		t.Errorf("%d were put aside: %v", len(damage), damage)
	}
	for _, name := range stays {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != name {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	if content, err := os.ReadFile(elsewhere); err != nil || string(content) != "not ours" {
		t.Errorf("where a link led is %q, %v", content, err)
	}
	for _, found := range damage {
		if _, err := os.Lstat(filepath.Join(dir, found.File)); err != nil {
			t.Errorf("not kept: %v, %v", found, err)
		}
	}
}

func TestADamagedVersionIsPutAside(t *testing.T) {
	dir := t.TempDir()
	store, want := filled(t, dir, 10)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	version, err := os.ReadFile(filepath.Join(dir, "version"))
	if err != nil {
		t.Fatal(err)
	}
	for at := range version {
		damaged := copyFolder(t, dir)
		flipped := append([]byte(nil), version...)
		flipped[at] ^= 1 << (at % 8)
		writeTo(t, filepath.Join(damaged, "version"), flipped)
		got, damage := reopened(t, "version", damaged)
		if lost := want.lost(t, "version", got); lost > 0 || len(damage) != 1 {
			t.Fatalf("byte %d: %d lost, %v", at, lost, damage)
		}
	}
}

func TestTheFolderIsForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	filled(t, dir, 5)
	for name, want := range map[string]fs.FileMode{"": 0o700, "history": 0o700, "version": 0o600, "lock": 0o600, "series.log": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func makeDir(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func writeTo(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing is every name below a folder with what it holds.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(dir, path)
		found[relative] = entry.Type().String()
		if entry.Type().IsRegular() {
			content, err := os.ReadFile(path)
			found[relative] += string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestAFolderThatIsMovedAway also has another store put where it was: nothing may be written there.
func TestAFolderThatIsMovedAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	store := openFaults(t, dir)
	appendFault := func() error {
		_, err := store.Append(t.Context(), []history.Row{faultsRow(faultsCatalog("web"), 1)})
		return err
	}
	if err := appendFault(); err != nil {
		t.Fatal(err)
	}
	moved := dir + ".moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	if err := appendFault(); !errors.Is(err, history.ErrUnavailable) || !strings.Contains(err.Error(), "moved or removed") {
		t.Errorf("without its folder: %v", err)
	}
	other := openFaults(t, dir)
	if err := appendFault(); !errors.Is(err, history.ErrUnavailable) {
		t.Errorf("in the folder of another: %v", err)
	}
	if err := errors.Join(other.Close(), os.RemoveAll(dir), os.Rename(moved, dir)); err != nil {
		t.Fatal(err)
	}
	if err := appendFault(); err != nil {
		t.Errorf("in its folder again: %v", err)
	}
}
