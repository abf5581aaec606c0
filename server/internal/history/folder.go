package history

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"vitals/internal/history/salvage"
)

const (
	versionFile   = "version"
	lockFile      = "lock"
	folderVersion = 1
)

// FolderError says why a data folder cannot be used, and what to do.
type FolderError struct {
	Dir     string
	Problem string
	Fix     string
	Cause   error // may be nil
}

// Error implements error.
func (e *FolderError) Error() string {
	return fmt.Sprintf("data folder %s: %s; %s", e.Dir, e.Problem, e.Fix)
}

// Unwrap gives the cause.
func (e *FolderError) Unwrap() error { return e.Cause }

const anotherFolder = "name another folder by --data, or keep no history by --history off"

// folder is a data folder that this process holds: no other one can, until it is released.
type folder struct {
	lock   *os.File
	held   unix.Stat_t      // of the lock, by which the folder is known again
	damage []salvage.Damage // what was put aside when it was taken
}

// prepareFolder makes the data folder if there is none, takes hold of it, and refuses one that cannot be ours. What it
// refuses it does not touch.
func prepareFolder(options Options) (_ *folder, err error) {
	dir := options.Dir
	if err := makeOwnFolder(dir); err != nil {
		return nil, err
	}
	f := &folder{}
	defer func() {
		if err != nil {
			f.release()
		}
	}()
	if err := refuseNewer(dir); err != nil {
		return nil, err
	}
	if f.lock, err = lockFolder(dir); err != nil {
		return nil, err
	}
	if err := unix.Fstat(int(f.lock.Fd()), &f.held); err != nil {
		return nil, unusable(dir, "it cannot be read", err)
	}
	for _, name := range []string{storeFolder, salvage.QuarantineFolder} {
		if err := refuseLink(dir, name); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(options.storeDir(), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, unusable(dir, "it cannot be written to", err)
	}
	f.damage, err = writeVersion(options)
	return f, err
}

// release lets go of the folder.
func (f *folder) release() {
	if f != nil && f.lock != nil {
		_ = f.lock.Close() // the kernel lets go of the lock in any case
	}
}

// check says whether what is held is still what is found under its name: who moved it away may have put another in its place.
func (f *folder) check(dir string) error {
	var found unix.Stat_t
	err := unix.Lstat(f.lock.Name(), &found)
	if err == nil && found.Dev == f.held.Dev && found.Ino == f.held.Ino {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, &FolderError{
		Dir: dir, Problem: "it was moved or removed while it was in use", Fix: "put it back, or stop and start again", Cause: err,
	})
}

// makeOwnFolder makes the folder for this user only. One that exists keeps its permissions: they are whose made it.
func makeOwnFolder(dir string) error {
	if dir == "" {
		return &FolderError{Dir: `""`, Problem: "it has no name", Fix: anotherFolder}
	}
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return &FolderError{Dir: dir, Problem: "it is a file", Fix: anotherFolder}
	case err == nil:
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unusable(dir, "it cannot be made", err)
	}
	return nil
}

// unusable explains an error of the file system.
func unusable(dir, problem string, err error) error {
	cause := err.Error()
	fix := anotherFolder
	if path, is := errors.AsType[*os.PathError](err); is {
		cause = path.Err.Error()
	}
	switch {
	case errors.Is(err, unix.EROFS):
		cause, fix = "the file system is read-only", "mount it writable, or "+anotherFolder
	case errors.Is(err, os.ErrPermission):
		cause = fmt.Sprintf("it is not for user %d (%v)%s", os.Geteuid(), unwrapped(err), ownerOf(dir))
		fix = fmt.Sprintf("give it to that user (chown -R %d %s), or %s", os.Geteuid(), dir, anotherFolder)
	}
	return &FolderError{Dir: dir, Problem: problem + ": " + cause, Fix: fix, Cause: err}
}

func unwrapped(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

func ownerOf(dir string) string {
	var stat unix.Stat_t
	if err := unix.Stat(dir, &stat); err != nil {
		return ""
	}
	return fmt.Sprintf(", it belongs to user %d", stat.Uid)
}

// lockFolder takes the lock. The kernel lets go of it when this process ends, however it ends.
func lockFolder(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, unusable(dir, "it cannot be written to", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(file, 20))
		_ = file.Close() // it is somebody else's
		return nil, inUse(dir, strings.TrimSpace(string(holder)), err)
	}
	// Who waits wants to know for whom. It is no error if there is no space to say so.
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return file, nil
}

func inUse(dir, holder string, err error) error {
	if !errors.Is(err, unix.EWOULDBLOCK) {
		return unusable(dir, "it cannot be locked", err)
	}
	problem := "it is in use"
	if pid, err := strconv.Atoi(holder); err == nil {
		problem = fmt.Sprintf("it is in use by process %d", pid)
	}
	return &FolderError{
		Dir: dir, Problem: problem, Fix: "give this one a folder of its own by --data, or keep no history by --history off", Cause: err,
	}
}

// refuseLink refuses a symbolic link in place of one of our folders: what we write would go where it leads.
func refuseLink(dir, name string) error {
	info, err := os.Lstat(filepath.Join(dir, name))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return unusable(dir, "it cannot be read", err)
	case info.Mode()&os.ModeSymlink != 0:
		return &FolderError{
			Dir: dir, Problem: name + " in it is a symbolic link", Fix: "move what it leads to here, or name the whole folder by --data",
		}
	case !info.IsDir():
		return &FolderError{Dir: dir, Problem: name + " in it is a file", Fix: "move that file away, or " + anotherFolder}
	}
	return nil
}

// versionLine is what the version file holds: a checksum keeps a damaged byte from looking like another version.
func versionLine(version int) []byte {
	text := fmt.Sprintf("vitals history, format %d", version)
	return fmt.Appendf(nil, "%s %08x\n", text, crc32.ChecksumIEEE([]byte(text)))
}

// readVersion is the version of a folder: 0 if it has none, or none that verifies.
func readVersion(dir string) (int, error) {
	file, err := os.OpenFile(filepath.Join(dir, versionFile), os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, unusable(dir, "its version cannot be read", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	content, err := io.ReadAll(io.LimitReader(file, 200))
	if err != nil {
		return 0, unusable(dir, "its version cannot be read", err)
	}
	version := 0
	if _, err := fmt.Sscanf(string(content), "vitals history, format %d ", &version); err != nil || version < 1 ||
		!bytes.Equal(content, versionLine(version)) {
		return 0, nil
	}
	return version, nil
}

func refuseNewer(dir string) error {
	version, err := readVersion(dir)
	if err != nil || version <= folderVersion {
		return err
	}
	return &FolderError{
		Dir:     dir,
		Problem: fmt.Sprintf("a newer version wrote it (format %d; this one knows %d), and it is left untouched", version, folderVersion),
		Fix:     "install that version again, or " + anotherFolder,
	}
}

// writeVersion marks the folder as ours. A mark that is damaged is put aside.
func writeVersion(options Options) ([]salvage.Damage, error) {
	version, err := readVersion(options.Dir)
	if err != nil || version == folderVersion {
		return nil, err
	}
	path := filepath.Join(options.Dir, versionFile)
	quarantine := options.quarantine()
	if _, err := os.Lstat(path); err == nil {
		if err := quarantine.Move(path, "it names no version"); err != nil {
			return nil, err
		}
	}
	if err := writeWhole(path, versionLine(folderVersion)); err != nil {
		return quarantine.Damage(), unusable(options.Dir, "it cannot be written to", err)
	}
	return quarantine.Damage(), nil
}
