package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vitals/internal/history/salvage"
)

// Snapshot makes a folder that holds what was appended before it was called, in the form of a data folder: a server that is
// started on it knows all that this one knew. The folder must not exist yet, and must be on the same file system: what is
// finished is linked, not copied, so nothing may be written to its files. What is not finished is written out as if it were,
// which takes a second or so; appending goes on meanwhile. An error leaves no folder behind.
func (t *TSDB) Snapshot(ctx context.Context, dir string) (err error) {
	o, err := t.acquire()
	if err != nil {
		return err
	}
	defer o.release()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make a snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("make a snapshot: %w", plainly(err, filepath.Dir(dir))), os.RemoveAll(dir))
		}
	}()
	blocks := salvage.Guarded(func() error { return snapshotBlocks(ctx, o, filepath.Join(dir, storeFolder)) })
	if _, broken := errors.AsType[*salvage.BrokenError](blocks); broken {
		t.spoil(blocks)
	}
	return errors.Join(
		blocks,
		t.catalogue.copyTo(filepath.Join(dir, catalogueFile)),
		salvage.WriteFile(filepath.Join(dir, versionFile), func(out io.Writer) error {
			_, err := out.Write(versionLine(folderVersion))
			return err
		}),
	)
}

// plainly spares the names of all files that could not be written where there is no space.
func plainly(err error, dir string) error {
	if spaceIsMissing(err) {
		return fmt.Errorf("%w, nor for a copy of it, in %s", ErrFull, dir)
	}
	return err
}

// snapshotBlocks links the blocks and writes what is in memory as one more.
func snapshotBlocks(ctx context.Context, o *opened, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil { // the library makes it for everybody
		return err
	}
	// Late samples are in memory beside the others, where the library's snapshot does not look.
	if err := o.db.CompactOOOHead(ctx); err != nil {
		return fmt.Errorf("write late samples out: %w", err)
	}
	return o.db.Snapshot(dir, o.db.Head().NumSeries() > 0)
}
