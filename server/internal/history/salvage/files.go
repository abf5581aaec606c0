package salvage

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// OutOfSpace says whether an error is that of a full disk.
func OutOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// SyncFolder makes renames and new names in a folder safe.
func SyncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func copyFile(from, to string) error { return copyFrom(from, to, 0) }

// copyFrom copies a file from an offset on, and has it on the disk when it returns.
func copyFrom(from, to string, offset int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was read only
	if _, err := in.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	return WriteFile(to, func(out io.Writer) error {
		_, err := io.Copy(out, in)
		return err
	})
}

// WriteFile makes a file and has it on the disk when it returns. After an error there is no such file.
func WriteFile(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
