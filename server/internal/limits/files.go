package limits

import "golang.org/x/sys/unix"

const (
	ownFiles         = 200 // what the program has open for itself: sensors, the log, the listener
	leastStreams     = 16
	socketsPerFiles  = 10 // at least a tenth of the files are for sockets that are no streams
	fallbackMaxFiles = 1024
)

// MaxFiles is how many files this process may have open.
func MaxFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fallbackMaxFiles
	}
	const enough = 1 << 30 // more would not fit an int everywhere
	return int(min(limit.Cur, enough))
}

// Share divides the files of a process: connections is what was wished for the streams, or less if there are not so many
// files, and sockets what is left for connections that are no streams.
func Share(maxFiles, wished int) (connections, sockets int) {
	files := max(maxFiles-ownFiles, 2*leastStreams)
	sockets = min(max(files-wished, files/socketsPerFiles), defaultSockets)
	return max(min(wished, files-sockets), leastStreams), sockets
}
