package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// What is measured runs on one processor and the load on another, if there are two: they would disturb one another else,
// and a ratio of two programs that share a processor with their load says little.
const (
	measuredProcessor = 0
	loadProcessor     = 1
)

// onProcessor starts a program that stays on one processor: it inherits the choice of the thread that starts it. Where the
// kernel does not allow that, it runs anywhere.
func onProcessor[T any](number int, start func() (T, error)) (T, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, wanted unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil || before.Count() < 2 || !before.IsSet(number) {
		return start()
	}
	wanted.Set(number)
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return start()
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }() // what was allowed before is allowed still
	return start()
}
