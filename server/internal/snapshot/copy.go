package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"vitals/internal/history/salvage"
)

// storeName is the folder in a data folder that history is in.
const storeName = "history"

// copyFolder copies the files and folders of a folder, for this user only. All of it is safe from a power loss then.
func copyFolder(ctx context.Context, from, to string) error {
	source, err := os.OpenRoot(from) // so that a planted link leads nowhere else
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	err = fs.WalkDir(source.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		target := filepath.Join(to, path)
		switch {
		case path == ".":
			return nil
		case entry.IsDir():
			return os.Mkdir(target, 0o700)
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is neither a file nor a folder", path)
		}
		return copyFile(source, path, target)
	})
	if err != nil {
		return err
	}
	return syncTree(to)
}

func copyFile(source *os.Root, path, target string) error {
	from, err := source.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	to, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// syncTree makes the names in all folders safe.
func syncTree(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return salvage.SyncFolder(path)
	})
}
