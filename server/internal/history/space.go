package history

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"vitals/internal/history/salvage"
)

// writeError says whether space is missing, or something else.
func writeError(err error) error {
	switch {
	case errors.Is(err, ErrFull), errors.Is(err, ErrUnavailable):
		return err
	case salvage.OutOfSpace(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// spaceIsMissing says whether an error is that of a full disk.
func spaceIsMissing(err error) bool { return err != nil && errors.Is(writeError(err), ErrFull) }

// probeBytes must fit before a store that was full is opened again: what that itself writes, and some appends.
const probeBytes = 512 << 10

// roomToOpen says whether there is space to open the store. The library writes chunks of what it reads from the log, those
// that it has not written before, and ends the process where it cannot.
func roomToOpen(options Options) error {
	if err := probeSpace(options.Dir); err != nil {
		return writeError(err)
	}
	store := options.storeDir()
	log := folderBytes(filepath.Join(store, salvage.LogFolder)) + folderBytes(filepath.Join(store, salvage.LateLogFolder))
	needed := max(0, log-folderBytes(filepath.Join(store, salvage.HeadChunksFolder))) + probeBytes
	if free, known := freeBytes(options.Dir); known && free < needed {
		return fmt.Errorf("%w: %d KiB are needed to open history, %d are free", ErrFull, needed>>10, free>>10)
	}
	return nil
}

// freeBytes is what a file system says that it has left for us, if it does.
func freeBytes(dir string) (int64, bool) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, false
	}
	return int64(stat.Bavail) * stat.Bsize, true
}

// probeSpace says whether there is space again. Only writing tells: what a file system calls free may be kept for others,
// and a quota has no such number.
func probeSpace(dir string) error {
	path := filepath.Join(dir, "space.probe")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err := salvage.WriteFile(path, func(out io.Writer) error {
		_, err := out.Write(make([]byte, probeBytes))
		return err
	})
	if err != nil {
		return err
	}
	return os.Remove(path)
}
