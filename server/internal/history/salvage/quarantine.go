package salvage

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/metric"
)

// QuarantineFolder is the name in the data folder.
const QuarantineFolder = "quarantine"

// The list of all that was ever put aside, one JSON object a line, in the quarantine folder.
const quarantineList = "list.ndjson"

// Damage is a piece of history that could not be verified.
type Damage struct {
	File   string // within the data folder; where it is kept now
	Reason string
	Time   metric.TimestampMs // when it was found
}

// Quarantine puts aside what does not verify. It never deletes, and what it keeps is never read again by the store. It is
// used by one goroutine.
type Quarantine struct {
	root   string // the data folder
	clock  func() time.Time
	logger zerolog.Logger
	damage []Damage
}

// NewQuarantine is that of a data folder; its own folder is made when something is put into it.
func NewQuarantine(root string, clock func() time.Time, logger zerolog.Logger) *Quarantine {
	return &Quarantine{root: root, clock: clock, logger: logger}
}

// Damage is what this quarantine put aside or noted.
func (q *Quarantine) Damage() []Damage { return q.damage }

// Move puts a file or a folder of the data folder aside.
func (q *Quarantine) Move(path, reason string) error {
	aside, err := q.place(path)
	if err != nil {
		return err
	}
	if err := os.Rename(path, aside); err != nil {
		return fmt.Errorf("put %s aside: %w", q.relative(path), err)
	}
	if err := SyncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	q.note(path, aside, reason)
	return nil
}

// keep puts a file aside that another will replace at its place: its name stays as it is.
func (q *Quarantine) keep(path, reason string) error {
	aside, err := q.place(path)
	if err != nil {
		return err
	}
	if err := os.Link(path, aside); err != nil {
		if err := copyFile(path, aside); err != nil { // not all file systems have hard links
			return fmt.Errorf("put %s aside: %w", q.relative(path), errors.Join(err, os.Remove(aside)))
		}
	}
	q.note(path, aside, reason)
	return nil
}

// report notes a damage that nothing can be put aside for, because it is missing.
func (q *Quarantine) report(path, reason string) { q.note(path, path, reason) }

// keepEnd puts the end of a file aside, from an offset on, if there is space for it. That is no damage.
func (q *Quarantine) keepEnd(path string, from int64) {
	aside, err := q.place(path + "-end")
	if err == nil {
		err = copyFrom(path, aside, from)
	}
	q.logger.Info().Str("file", q.relative(path)).Int64("byte", from).AnErr("not_kept", err).
		Msg("history: the last record was cut off while it was written; it is left out")
}

func (q *Quarantine) note(path, aside, reason string) {
	damage := Damage{
		File:   q.relative(aside),
		Reason: q.relative(path) + ": " + reason,
		Time:   metric.TimestampMs(q.clock().UnixMilli()),
	}
	q.damage = append(q.damage, damage)
	q.logger.Warn().Str("file", q.relative(path)).Str("kept", damage.File).Str("reason", reason).
		Msg("history: damage was found; what verifies is kept in use, the rest is put aside")
	if err := q.list(damage); err != nil {
		q.logger.Warn().Err(err).Msg("history: the list of what was put aside could not be written")
	}
}

func (q *Quarantine) list(damage Damage) error {
	line, err := json.Marshal(struct {
		Time   time.Time `json:"time"`
		File   string    `json:"file"`
		Reason string    `json:"reason"`
	}{damage.Time.Time().UTC(), damage.File, damage.Reason})
	if err != nil {
		return err
	}
	folder := filepath.Join(q.root, QuarantineFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, quarantineList), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// place is a name in the quarantine that is free: the time, and where the file comes from.
func (q *Quarantine) place(path string) (string, error) {
	folder := filepath.Join(q.root, QuarantineFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the quarantine folder: %w", err)
	}
	name := q.clock().UTC().Format("20060102T150405Z") + "-" + strings.ReplaceAll(q.relative(path), string(filepath.Separator), "-")
	for i := 1; ; i++ {
		free := filepath.Join(folder, name)
		if i > 1 {
			free += fmt.Sprintf("-%d", i)
		}
		if _, err := os.Lstat(free); errors.Is(err, os.ErrNotExist) {
			return free, nil
		} else if err != nil {
			return "", fmt.Errorf("find a place in the quarantine folder: %w", err)
		}
	}
}

func (q *Quarantine) relative(path string) string {
	if relative, err := filepath.Rel(q.root, path); err == nil {
		return relative
	}
	return path
}
