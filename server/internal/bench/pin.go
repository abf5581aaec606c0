package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// OnProcessor runs what starts a program so that the program, and all that it starts, runs on one processor only.
func OnProcessor(number int, start func() error) error {
	runtime.LockOSThread() // a new process takes over what its parent thread may use
	defer runtime.UnlockOSThread()
	var before, wanted unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("read processors: %w", err)
	}
	wanted.Set(number)
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return fmt.Errorf("choose processor %d: %w", number, err)
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }() // it was allowed before
	return start()
}

// MoveToProcessor lets all threads of this process run on one processor only.
func MoveToProcessor(number int) error {
	tasks, err := filepath.Glob("/proc/self/task/[0-9]*")
	if err != nil {
		return fmt.Errorf("list threads: %w", err)
	}
	var wanted unix.CPUSet
	wanted.Set(number)
	for _, task := range tasks {
		thread, err := strconv.Atoi(filepath.Base(task))
		if err != nil {
			continue
		}
		if err := unix.SchedSetaffinity(thread, &wanted); err != nil && !os.IsNotExist(err) && err != unix.ESRCH {
			return fmt.Errorf("choose processor %d: %w", number, err)
		}
	}
	return nil
}
