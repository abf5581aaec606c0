package snapshot

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestAFullDiskIsToldWithoutNamesOfFiles(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		failed := &os.PathError{Op: "write", Path: "blocks/0001", Err: full}
		if err := plainly(errors.Join(failed, failed)); !errors.Is(err, full) || strings.Contains(err.Error(), "0001") {
			t.Error(err)
		}
	}
	if other := errors.Join(os.ErrPermission); plainly(other) != other { //nolint:errorlint // it is to be the same
		t.Error("another error is not told")
	}
}
