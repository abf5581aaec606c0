package history

import (
	"fmt"
	"os"
	"path/filepath"
)

// recovery makes a store's folder such that the library opens it and reads everything that verifies. What does not is put
// aside. It finds nothing to do on a folder that was closed, and little on one whose process was killed.
type recovery struct {
	root       string // the data folder
	store      string // the library's
	quarantine *quarantine
}

// recoverFolder puts aside what the library could not read, before it opens the folder.
func recoverFolder(options Options) ([]Damage, error) {
	r := &recovery{root: options.Dir, store: options.storeDir(), quarantine: options.quarantine()}
	err := r.run()
	if err != nil {
		err = fmt.Errorf("check history in %s: %w", options.Dir, writeError(err))
	}
	return r.quarantine.damage, err
}

func (r *recovery) run() error {
	if _, err := os.Stat(r.store); os.IsNotExist(err) {
		return nil
	}
	if err := r.recoverLinks(); err != nil {
		return err
	}
	if err := r.recoverBlocks(); err != nil {
		return err
	}
	headChunks, err := r.recoverHeadChunks()
	if err != nil {
		return err
	}
	return r.recoverLogs(headChunks)
}

func (r *recovery) wal() string { return filepath.Join(r.store, walFolder) }

// recoverLinks puts symbolic links aside: the store makes none, and would write to wherever they lead.
func (r *recovery) recoverLinks() error {
	folders := []string{r.store, r.wal(), filepath.Join(r.store, wblFolder), filepath.Join(r.store, headChunksFolder)}
	for _, folder := range folders {
		entries, err := readFolder(folder)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.Type()&os.ModeSymlink == 0 {
				continue
			}
			if err := r.quarantine.move(filepath.Join(folder, entry.Name()), "a symbolic link; the store follows none"); err != nil {
				return err
			}
		}
	}
	return nil
}
