package history

import (
	"errors"
	"fmt"
	"syscall"
)

// writeError says whether space is missing, or something else.
func writeError(err error) error {
	switch {
	case errors.Is(err, ErrFull), errors.Is(err, ErrUnavailable):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
