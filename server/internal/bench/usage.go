package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is what a program and all that it started have used so far.
type Usage struct {
	Processor time.Duration
	Resident  uint64 // bytes; pages that several processes share count for each of them
}

// UsageOf adds up a process and its descendants.
//
// A living process is read from its own clock in the kernel, which counts nanoseconds; utime and stime in /proc/PID/stat
// are the same time in steps of 10 ms. Only children that have ended are taken from there.
func UsageOf(pid int) (Usage, error) {
	family, err := familyOf(pid)
	if err != nil {
		return Usage{}, err
	}
	var sum Usage
	for _, member := range family {
		clock, err := processorClock(member.pid)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ESRCH) { // it has just ended; its parent has its time
			continue
		}
		if err != nil {
			return Usage{}, fmt.Errorf("read processor time of process %d: %w", member.pid, err)
		}
		sum.Processor += clock + member.endedChildren
		sum.Resident += member.resident
	}
	return sum, nil
}

// processorClock reads the clock that clock_getcpuclockid(3) names.
func processorClock(pid int) (time.Duration, error) {
	const ofWholeProcess = 2
	var now unix.Timespec
	if err := unix.ClockGettime(^int32(pid)<<3|ofWholeProcess, &now); err != nil {
		return 0, err
	}
	return time.Duration(now.Nano()), nil
}

// member is one process of a family, as /proc/PID/stat shows it.
type member struct {
	pid, parent   int
	startedAt     string // ticks since boot; tells two processes of the same id apart
	endedChildren time.Duration
	resident      uint64
}

// familyOf lists a process and its descendants.
func familyOf(pid int) ([]member, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	children := make(map[int][]member)
	var family []member
	for _, file := range files {
		found, err := readMember(file)
		switch {
		case err != nil: // it has ended meanwhile
		case found.pid == pid:
			family = append(family, found)
		default:
			children[found.parent] = append(children[found.parent], found)
		}
	}
	if len(family) == 0 {
		return nil, fmt.Errorf("process %d is gone", pid)
	}
	for i := 0; i < len(family); i++ { // grows while it runs
		family = append(family, children[family[i].pid]...)
	}
	return family, nil
}

// readMember reads a file of proc_pid_stat(5).
func readMember(file string) (member, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return member{}, err
	}
	number, _, _ := strings.Cut(string(text), " ")
	pid, err := strconv.Atoi(number)
	if err != nil {
		return member{}, fmt.Errorf("read %s: %w", file, err)
	}
	// The name of the program stands in parentheses and may hold anything; field 3, the state, follows it.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	const state, parent, endedUser, endedSystem, startedAt, resident = 3, 4, 16, 17, 22, 24
	if len(fields) <= resident-state {
		return member{}, fmt.Errorf("read %s: has only %d fields", file, len(fields))
	}
	field := func(number int) int64 {
		value, _ := strconv.ParseInt(fields[number-state], 10, 64) // the kernel writes numbers
		return value
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on all machines that Go knows
	return member{
		pid: pid, parent: int(field(parent)), startedAt: fields[startedAt-state],
		endedChildren: time.Duration(field(endedUser)+field(endedSystem)) * tick,
		resident:      uint64(field(resident)) * uint64(os.Getpagesize()),
	}, nil
}

// isAlive reports whether this very process is still there.
func (m member) isAlive() bool {
	now, err := readMember(fmt.Sprintf("/proc/%d/stat", m.pid))
	return err == nil && now.startedAt == m.startedAt
}
