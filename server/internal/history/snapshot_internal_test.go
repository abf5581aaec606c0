package history

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestASnapshotOnAFullDiskIsToldWithoutNamesOfFiles(t *testing.T) {
	failed := &os.PathError{Op: "write", Path: "blocks/0001", Err: unix.ENOSPC}
	err := plainly(errors.Join(failed, failed), "/data")
	if !errors.Is(err, ErrFull) || strings.Contains(err.Error(), "0001") || !strings.Contains(err.Error(), "/data") {
		t.Error(err)
	}
	if other := errors.Join(os.ErrPermission); plainly(other, "/data") != other { //nolint:errorlint // it is to be the same
		t.Error("another error is not told")
	}
}
