package snapshot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"vitals/internal/history"
	"vitals/internal/history/salvage"
)

// Options says what is copied where.
type Options struct {
	Data   string // the data folder
	Target string // the folder to make; its parent exists. One that exists must be empty
	// Open opens the history in the data folder where no server has it open. It must change nothing of what is stored.
	Open func() (Store, error)
}

// Store is history that this process has opened.
type Store interface {
	Source
	io.Closer
}

// Take makes a copy of history and says what is in it.
func Take(ctx context.Context, options Options) (history.Contents, error) {
	target, err := checkTarget(options)
	if err != nil {
		return history.Contents{}, err
	}
	lent, giveBack, err := borrow(ctx, options)
	if err != nil {
		return history.Contents{}, err
	}
	defer giveBack()
	contents, err := copyVerified(ctx, lent, target)
	if err != nil {
		return history.Contents{}, fmt.Errorf("copy to %s: %w", options.Target, plainly(err))
	}
	return contents, nil
}

// plainly spares the names of files where there is no space.
func plainly(err error) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, full) {
			return full
		}
	}
	return err
}

// checkTarget finds out whether a copy can be made there, before anything is done.
func checkTarget(options Options) (string, error) {
	if info, err := os.Stat(filepath.Join(options.Data, storeName)); err != nil || !info.IsDir() {
		return "", fmt.Errorf("there is no history in %s; name the data folder by --data", options.Data)
	}
	target, err := filepath.Abs(options.Target)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(target)
	switch {
	case err == nil && len(entries) > 0:
		return "", fmt.Errorf("%s is not empty; name a folder that is still to be made", options.Target)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("%s cannot be used: %w", options.Target, err)
	}
	if info, err := os.Stat(filepath.Dir(target)); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%s is no folder to make another one in", filepath.Dir(options.Target))
	}
	data, err := filepath.Abs(options.Data)
	if err != nil {
		return "", err
	}
	if target == data || strings.HasPrefix(target, data+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is within the data folder; name one outside", options.Target)
	}
	return target, nil
}

// borrow gets a snapshot in the data folder, from the server that runs, or made by this process.
func borrow(ctx context.Context, options Options) (folder string, giveBack func(), err error) {
	dialer := net.Dialer{Timeout: requestTime}
	connection, err := dialer.DialContext(ctx, "unix", filepath.Join(options.Data, socketName))
	if err != nil {
		if isNobody(err) {
			return makeOwn(ctx, options)
		}
		return "", nil, fmt.Errorf("ask the server: %w; be the user that it runs as, or root", err)
	}
	stop := context.AfterFunc(ctx, func() { connection.Close() })
	giveBack = func() {
		stop()
		connection.Close()
	}
	name, err := askServer(connection)
	if err != nil {
		giveBack()
		return "", nil, errors.Join(ctx.Err(), err)
	}
	return filepath.Join(options.Data, name), giveBack, nil
}

// askServer asks for a snapshot and waits for it.
func askServer(connection net.Conn) (string, error) {
	const patience = 10 * time.Minute
	_ = connection.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(connection, request); err != nil {
		return "", fmt.Errorf("ask the server: %w", err)
	}
	line, err := bufio.NewReader(io.LimitReader(connection, 64<<10)).ReadBytes('\n')
	if err != nil {
		return "", fmt.Errorf("ask the server: it gave no answer: %w", err)
	}
	_ = connection.SetDeadline(time.Time{})
	var said answer
	switch err := json.Unmarshal(line, &said); {
	case err != nil:
		return "", fmt.Errorf("ask the server: its answer cannot be read: %w", err)
	case said.Error != "":
		return "", fmt.Errorf("the server says: %s", said.Error)
	case said.Folder != lentName: // nothing else is ever lent, and a path would lead elsewhere
		return "", fmt.Errorf("ask the server: it lends %.80q, which is not ours to read", said.Folder)
	}
	return said.Folder, nil
}

// makeOwn makes a snapshot where no server runs. The data folder is held until it is given back.
func makeOwn(ctx context.Context, options Options) (folder string, giveBack func(), err error) {
	if err := checkOwner(options.Data); err != nil {
		return "", nil, err
	}
	store, err := options.Open()
	if err != nil {
		return "", nil, fmt.Errorf("no server answers in %s, and: %w", options.Data, err)
	}
	folder = filepath.Join(options.Data, lentName)
	giveBack = func() {
		_ = os.RemoveAll(folder) // what is left, the next one takes away
		_ = store.Close()        // it was only read
	}
	if err = os.RemoveAll(folder); err == nil { // of one that was killed
		err = store.Snapshot(ctx, folder)
	}
	if err != nil {
		giveBack()
		return "", nil, err
	}
	return folder, giveBack, nil
}

// checkOwner refuses to open what belongs to another user. Root could, and would leave files that the server may not read.
func checkOwner(data string) error {
	info, err := os.Stat(data)
	if err != nil {
		return err
	}
	if stat, is := info.Sys().(*syscall.Stat_t); is && stat.Uid != uint32(os.Geteuid()) {
		return fmt.Errorf("no server answers in %s, and it belongs to user %d: "+
			"run this as that user (sudo -u '#%d'), or while the server runs", data, stat.Uid, stat.Uid)
	}
	return nil
}

// copyVerified copies a folder, verifies the copy and gives it its name.
func copyVerified(ctx context.Context, lent, target string) (contents history.Contents, err error) {
	partial, err := os.MkdirTemp(filepath.Dir(target), filepath.Base(target)+".partial-") // with 0700
	if err != nil {
		return contents, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(partial))
		}
	}()
	if err := copyFolder(ctx, lent, partial); err != nil {
		return contents, err
	}
	if contents, err = verify(ctx, lent, partial); err != nil {
		return contents, err
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) { // it was empty, and only then it goes
		return contents, err
	}
	if err := os.Rename(partial, target); err != nil {
		return contents, err
	}
	return contents, salvage.SyncFolder(filepath.Dir(target))
}

// verify reads the copy. What is damaged in it must have been so before.
func verify(ctx context.Context, lent, copied string) (history.Contents, error) {
	contents, err := history.Verify(ctx, copied)
	if err != nil || len(contents.Damaged) == 0 {
		return contents, err
	}
	original, err := history.Verify(ctx, lent)
	if err == nil && !slices.Equal(original.Damaged, contents.Damaged) {
		err = fmt.Errorf("the copy is damaged: %s", strings.Join(contents.Damaged, "; "))
	}
	return contents, err
}

// isNobody reports whether an error of dialing means that nobody listens.
func isNobody(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}
