package salvage

import (
	"os"
	"path/filepath"
)

// folder is a data folder with the folder of the library's database in it.
type folder struct {
	root       string
	store      string
	quarantine *Quarantine
}

// Folder makes the folder of a database such that the library opens it and reads everything that verifies. What does not is
// put aside. It finds nothing to do on a folder that was closed, and little on one whose process was killed.
func Folder(store string, quarantine *Quarantine) error {
	f := &folder{root: quarantine.root, store: store, quarantine: quarantine}
	return f.run()
}

func (f *folder) run() error {
	if _, err := os.Stat(f.store); os.IsNotExist(err) {
		return nil
	}
	if err := f.recoverLinks(); err != nil {
		return err
	}
	if err := f.recoverBlocks(); err != nil {
		return err
	}
	head, err := f.recoverHeadChunks()
	if err != nil {
		return err
	}
	return f.recoverLogs(head)
}

func (f *folder) wal() string { return filepath.Join(f.store, LogFolder) }

// recoverLinks puts symbolic links aside: the store makes none, and would write to wherever they lead.
func (f *folder) recoverLinks() error {
	folders := []string{f.store, f.wal(), filepath.Join(f.store, LateLogFolder), filepath.Join(f.store, HeadChunksFolder)}
	for _, folder := range folders {
		entries, err := readFolder(folder)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.Type()&os.ModeSymlink == 0 {
				continue
			}
			if err := f.quarantine.Move(filepath.Join(folder, entry.Name()), "a symbolic link; the store follows none"); err != nil {
				return err
			}
		}
	}
	return nil
}
