package collect

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// readSmall reads the beginning of a kernel file into the buffer. os.ReadFile would make four more system calls, to find
// out that such a file cannot be polled and has no size.
func readSmall(path string, buffer []byte) ([]byte, error) {
	file, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(file) }() // opened for reading: nothing can be lost
	length, err := unix.Read(file, buffer)
	if err != nil {
		return nil, &os.PathError{Op: "read", Path: path, Err: err}
	}
	return buffer[:length], nil
}

// countNumbered counts the entries of a folder whose name begins with a digit. It allocates nothing, whatever their number.
func countNumbered(path string, buffer []byte) (count int, err error) {
	folder, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(folder) }() // opened for reading: nothing can be lost
	for {
		length, err := unix.ReadDirent(folder, buffer)
		if err != nil {
			return 0, &os.PathError{Op: "read", Path: path, Err: err}
		}
		if length == 0 {
			return count, nil
		}
		count += countNumberedIn(buffer[:length])
	}
}

// countNumberedIn walks entries as getdents64(2) lays them out: 8 bytes inode, 8 offset, 2 length, 1 type, then the name.
func countNumberedIn(entries []byte) (count int) {
	const lengthAt, nameAt = 16, 19
	for len(entries) > nameAt {
		length := int(binary.NativeEndian.Uint16(entries[lengthAt:]))
		if length <= nameAt || length > len(entries) {
			return count
		}
		if first := entries[nameAt]; first >= '0' && first <= '9' {
			count++
		}
		entries = entries[length:]
	}
	return count
}
