package history_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// overwrite changes bytes of a file in place, as a failing disk does under a program that has it open.
func overwrite(t *testing.T, path string, change func(content []byte)) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(content)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt(content, 0)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// What is damaged while the store is open is a hole, told once, and never a wrong value.
func TestDamageToABlockThatIsOpen(t *testing.T) {
	dir, want := withBlocks(t)
	for name, damage := range map[string]func(t *testing.T, block string){
		"a chunk": func(t *testing.T, block string) {
			overwrite(t, filepath.Join(block, "chunks", "000001"), func(content []byte) { content[40] ^= 4 })
		},
		"a series": func(t *testing.T, block string) {
			overwrite(t, filepath.Join(block, "index"), func(content []byte) { content[len(content)/2] ^= 4 })
		},
		"an index that is cut off": func(t *testing.T, block string) {
			if err := os.Truncate(filepath.Join(block, "index"), 0); err != nil {
				t.Fatal(err)
			}
		},
		"chunks that are cut off": func(t *testing.T, block string) {
			if err := os.Truncate(filepath.Join(block, "chunks", "000001"), 0); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			copied := copyFolder(t, dir)
			blocks, err := filepath.Glob(filepath.Join(copied, "history", "01*"))
			if err != nil || len(blocks) == 0 {
				t.Fatal(blocks, err)
			}
			store := openFaults(t, copied)
			damage(t, blocks[0])
			lost := want.lost(t, name, all(t, store))
			told := store.Usage().Damaged
			if lost > 0 && len(told) == 0 || len(blocks) > 1 && lost == want.count() {
				t.Errorf("%d of %d samples are lost, %v", lost, want.count(), told)
			}
			if again := want.lost(t, name, all(t, store)); again != lost || len(store.Usage().Damaged) != len(told) {
				t.Errorf("read again: %d are lost, %v", again, store.Usage().Damaged)
			}
			if _, err := store.Hosts(t.Context()); err != nil {
				t.Errorf("the hosts: %v", err)
			}
		})
	}
}

// The chunks of the newest hours are in the log too: what is damaged there comes back by itself.
func TestDamageToTheNewestChunks(t *testing.T) {
	dir := t.TempDir()
	filling, want := filled(t, dir, 600)
	if err := filling.Close(); err != nil { // which writes the chunks
		t.Fatal(err)
	}
	store := openFaults(t, dir)
	chunks := files(t, dir, "chunks_head")
	if len(chunks) == 0 {
		t.Fatal("there are no chunks")
	}
	for _, file := range chunks {
		overwrite(t, filepath.Join(dir, file), func(content []byte) {
			for at := 60; at < len(content); at += 150 {
				content[at] ^= 8
			}
		})
	}
	lost := want.lost(t, "damaged", all(t, store))
	if told := store.Usage().Damaged; lost == 0 || len(told) == 0 {
		t.Fatalf("%d samples are lost, %v", lost, told)
	}
	late := history.Row{ // which looks at what is there
		Catalog: faultsCatalog("web"), Timestamp: metric.TimestampOf(faultsStart.Add(100 * time.Second)), Columns: []int32{0}, Values: []float64{-1},
	}
	_, err := store.Append(t.Context(), []history.Row{late})
	for errors.Is(err, history.ErrUnavailable) {
		_, err = store.Append(t.Context(), []history.Row{late})
	}
	if err != nil {
		t.Fatal(err)
	}
	if lost := want.lost(t, "opened anew", all(t, store)); lost > 0 {
		t.Errorf("%d samples are lost after it was opened anew: %v", lost, store.Usage().Damaged)
	}
}

// childFolder is the folder that a child process of a test is to work on; "" in the test itself.
func childFolder() string { return os.Getenv("HISTORY_TEST_CHILD") }

// child is this test again, in a process of its own.
func child(t *testing.T, dir string, before ...string) *exec.Cmd {
	t.Helper()
	arguments := append(before, os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count=1")
	command := exec.CommandContext(t.Context(), arguments[0], arguments[1:]...)
	command.Env = append(os.Environ(), "HISTORY_TEST_CHILD="+dir)
	return command
}

// A process may be killed while it repairs a folder: the next one goes on with that.
func TestKilledWhileItOpens(t *testing.T) {
	if dir := childFolder(); dir != "" {
		openFaults(t, dir)
		return
	}
	dir := t.TempDir()
	_, want := filled(t, dir, 60)
	path := files(t, dir, "wal")[0]
	damagedFolder := func() string {
		damaged := copyFolder(t, dir)
		for _, place := range []int{100, 2000} { // names of series, and samples
			overwrite(t, filepath.Join(damaged, path), func(content []byte) { content[min(place, len(content)-1)] ^= 1 })
		}
		return damaged
	}
	began := time.Now()
	if output, err := child(t, damagedFolder()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	took := time.Since(began)
	const kills = 20
	for kill := range kills {
		damaged := damagedFolder()
		victim := child(t, damaged)
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(took*time.Duration(kill+1)/kills, func() { _ = victim.Process.Kill() })
		_ = victim.Wait() // it was killed, or was faster
		timer.Stop()
		got, _ := reopened(t, "killed", damaged)
		if lost := want.lost(t, "killed", got); lost > 2*samplesPerAppend {
			t.Fatalf("killed after %d of %d of the time: %d samples are lost", kill+1, kills, lost)
		}
	}
}

// System calls fail now and then: nothing that was acknowledged is lost, and recording goes on by itself.
func TestSystemCallsThatFail(t *testing.T) {
	if dir := childFolder(); dir != "" {
		appendThroughTrouble(t, dir)
		return
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("there is no strace: ", err)
	}
	if output, err := exec.CommandContext(t.Context(), "strace", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not be used here: %v %s", err, output)
	}
	for _, fault := range []string{"fsync:error=EIO:when=4+9", "write:error=ENOSPC:when=7+11", "write:error=EIO:when=7+11"} {
		dir := filepath.Join(t.TempDir(), "data")
		call, _, _ := strings.Cut(fault, ":")
		tracer := []string{"strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", "inject=" + fault}
		for number := range 60 {
			for _, log := range []string{"wal", "wbl"} {
				tracer = append(tracer, "-P", filepath.Join(dir, "history", log, fmt.Sprintf("%08d", number)))
			}
		}
		if output, err := child(t, dir, tracer...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", fault, err, output)
		}
	}
}

// appendThroughTrouble offers each row until it is taken, and reads everything at the end.
func appendThroughTrouble(t *testing.T, dir string) {
	t.Helper()
	options := faultsOptions(dir)
	options.Sync = 0
	store, err := history.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	want, failed := make(samples), 0
	catalog := faultsCatalog("web")
	for tick := range 60 {
		row := faultsRow(catalog, tick)
		want.add(row)
		_, err := store.Append(t.Context(), []history.Row{row})
		for tries := 0; err != nil && tries < 20; tries++ {
			if failed++; !errors.Is(err, history.ErrFull) && !errors.Is(err, history.ErrUnavailable) {
				t.Fatalf("tick %d: %v", tick, err)
			}
			_, err = store.Append(t.Context(), []history.Row{row})
		}
		if err != nil {
			t.Fatalf("tick %d is never taken: %v", tick, err)
		}
	}
	if failed == 0 {
		t.Error("no call failed")
	}
	if lost := want.lost(t, "at the end", all(t, store)); lost > 0 {
		t.Errorf("%d samples are lost", lost)
	}
	_ = store.Close() // its sync may be one that fails
	if lost := want.lost(t, "opened again", all(t, openFaults(t, dir))); lost > 0 {
		t.Errorf("%d samples are lost when it is opened again", lost)
	}
}

// faultsRow is the row of a tick; some come late.
func faultsRow(catalog *hub.Catalog, tick int) history.Row {
	at := faultsStart.Add(time.Duration(tick) * 2 * time.Second)
	if tick%5 == 4 {
		at = at.Add(-5 * time.Second)
	}
	row := history.Row{Catalog: catalog, Timestamp: metric.TimestampOf(at)}
	for column := range catalog.Series {
		row.Values = append(row.Values, float64(tick*(column+1)))
	}
	return row
}
