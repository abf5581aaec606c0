package main

import (
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"vitals/cmd/vitals/settings"
	"vitals/internal/history"
	"vitals/internal/metric"
	"vitals/internal/snapshot"
)

type snapshotCommand struct {
	Dir  string `arg:"" name:"folder" help:"The folder to make; the one above it exists."`
	Data string `placeholder:"DIR" help:"The data folder of the server, as its --data; without it, where it is by itself."`
}

// Run copies history, of a server that runs or not, and verifies the copy.
func (c *snapshotCommand) Run(p *process) error {
	data, err := (&settings.Settings{Data: c.Data}).DataFolder()
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	contents, err := snapshot.Take(p.ctx, snapshot.Options{
		Data: data, Target: c.Dir, Open: func() (snapshot.Store, error) { return openUntouched(data, zerolog.New(p.stderr)) },
	})
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	for _, damage := range contents.Damaged {
		fmt.Fprintf(p.stderr, "vitals: warning: was damaged before it was copied: %s\n", damage)
	}
	fmt.Fprintf(p.stdout, "%s holds %s, verified\n", filepath.Clean(c.Dir), described(contents))
	return nil
}

// openUntouched opens history such that nothing of it is too old or too much: what this command is not told of the settings
// of a server must not delete what that server keeps.
func openUntouched(data string, logger zerolog.Logger) (*history.TSDB, error) {
	const longest, most = 100 * 365 * 24 * time.Hour, 1 << 60
	syscall.Umask(filesOfOwner)
	return history.Open(history.Options{
		Dir: data, RetentionTime: longest, RetentionBytes: most, Logger: logger.Level(zerolog.WarnLevel),
	})
}

// described says what is in a snapshot.
func described(contents history.Contents) string {
	if contents.Samples == 0 {
		return "no samples"
	}
	return fmt.Sprintf("%d samples of %d series, from %s to %s",
		contents.Samples, contents.Series, readable(contents.Oldest), readable(contents.Newest))
}

func readable(at metric.TimestampMs) string { return time.UnixMilli(int64(at)).Format(time.RFC3339) }
