package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// listenerOf finds the process of this machine that listens on a port; false if it cannot be seen, because it runs
// elsewhere or belongs to somebody else.
func listenerOf(port uint16) (pid int, found bool) {
	inodes := make(map[string]bool)
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		addListeners(file, port, inodes)
	}
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil || len(inodes) == 0 {
		return 0, false
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !inodes[target] {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			return pid, true
		}
	}
	return 0, false
}

// addListeners reads a file of proc_net_tcp(5). The sockets that listen on the port are named as links in /proc/PID/fd are.
func addListeners(file string, port uint16, inodes map[string]bool) {
	content, err := os.ReadFile(file)
	if err != nil {
		return
	}
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(string(content)) {
		const local, state, inode, listening = 1, 3, 9, "0A"
		fields := strings.Fields(line)
		if len(fields) > inode && strings.HasSuffix(fields[local], suffix) && fields[state] == listening {
			inodes["socket:["+fields[inode]+"]"] = true
		}
	}
}
