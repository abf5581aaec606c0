package snapshot_test

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history"
	"vitals/internal/snapshot"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// dial is a client of its own.
func (r *rig) dial() net.Conn {
	r.t.Helper()
	connection, err := net.Dial("unix", filepath.Join(r.data, "control.sock"))
	must(r.t, err)
	r.t.Cleanup(func() { connection.Close() })
	must(r.t, connection.SetDeadline(time.Now().Add(patience)))
	return connection
}

// say sends words and returns the line that is answered.
func (r *rig) say(connection net.Conn, words string) string {
	r.t.Helper()
	_, err := connection.Write([]byte(words))
	must(r.t, err)
	line, err := bufio.NewReader(connection).ReadString('\n')
	must(r.t, err)
	return line
}

func TestWhatIsLentIsTakenBack(t *testing.T) {
	r := newRig(t)
	r.tick()
	stop := r.serve()
	lent := filepath.Join(r.data, "snapshot.tmp")
	first := r.dial()
	if said := r.say(first, "snapshot\n"); !strings.Contains(said, `"folder":"snapshot.tmp"`) {
		t.Fatalf("the server says %s", said)
	}
	contents, err := history.Verify(t.Context(), lent)
	if must(t, err); contents.Samples != 4 {
		t.Errorf("lent is %+v", contents)
	}
	if said := r.say(r.dial(), "snapshot\n"); !strings.Contains(said, "another snapshot is being taken") {
		t.Errorf("to the second client the server says %s", said)
	}
	must(t, first.Close())
	absent(t, lent)
	second := r.dial()
	for said := ""; !strings.Contains(said, "folder"); second = r.dial() { // the first may not be over quite yet
		if said = r.say(second, "snapshot\n"); strings.Contains(said, "folder") {
			break
		}
	}
	stop() // with a client that does not go away
	absent(t, lent)
	if _, err := second.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
}

func TestTheSocketIsForItsUserOnly(t *testing.T) {
	r := newRig(t)
	r.serve()
	info, err := os.Stat(filepath.Join(r.data, "control.sock"))
	if must(t, err); info.Mode().Perm() != 0o600 {
		t.Errorf("it has %v", info.Mode())
	}
}

func TestOtherWordsAreRefused(t *testing.T) {
	r := newRig(t)
	r.serve()
	for _, words := range []string{"\n", "snap\n", "snapshot /etc\n", strings.Repeat("x", 2<<10), "GET / HTTP/1.1\r\n\r\n", "{\"snapshot\":1}\n"} {
		if said := r.say(r.dial(), words); !strings.Contains(said, `"error"`) {
			t.Errorf("to %.20q the server says %s", words, said)
		}
	}
}

func TestWhatIsInTheWayIsLeft(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(r.data, "control.sock")
	must(t, os.WriteFile(path, []byte("mine"), 0o600))
	if _, err := snapshot.Listen(r.data, r.store, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("says %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestAPathThatIsTooLongForASocketIsSaid(t *testing.T) {
	_, err := snapshot.Listen(filepath.Join(t.TempDir(), strings.Repeat("long", 30)), nil, zerolog.Nop())
	if err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("says %v", err)
	}
}

// TestDamageIsTold flips bytes of a block that the server has: the copy has the same, and says so.
func TestDamageIsTold(t *testing.T) {
	r := newRig(t)
	for range 500 {
		r.tick()
	}
	r.serve()
	first := filepath.Join(t.TempDir(), "first")
	whole, err := snapshot.Take(t.Context(), r.options(first))
	must(t, err)
	blocks, err := filepath.Glob(filepath.Join(first, "history", "*", "chunks", "000001"))
	if must(t, err); len(blocks) != 1 {
		t.Fatalf("there are %d files of chunks", len(blocks))
	}
	chunks, err := os.ReadFile(blocks[0])
	must(t, err)
	chunks[len(chunks)/2] ^= 1
	must(t, os.WriteFile(blocks[0], chunks, 0o600))
	second, err := snapshot.Take(t.Context(), snapshot.Options{
		Data: first, Target: filepath.Join(t.TempDir(), "second"), Open: func() (snapshot.Store, error) { return openStore(first) },
	})
	must(t, err)
	if len(second.Damaged) != 1 || second.Samples >= whole.Samples || second.Samples == 0 {
		t.Errorf("of %+v the copy says %+v", whole, second)
	}
}
