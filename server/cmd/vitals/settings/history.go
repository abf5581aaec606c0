package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vitals/internal/history"
)

const (
	minRetention, maxRetention         = time.Hour, 3650 * day
	minRetentionSize, maxRetentionSize = 16 << 20, 1 << 50
	minSync, maxSync                   = 100 * time.Millisecond, time.Hour
	maxSimulatedPast                   = 31 * day
	syncAlways                         = "always"
)

func (s *Settings) checkHistory() error {
	switch {
	case s.RetentionTime < minRetention || s.RetentionTime > maxRetention:
		return &Error{"--retention-time", formatDuration(s.RetentionTime), "1h to 3650d"}
	case s.RetentionSize < minRetentionSize || s.RetentionSize > maxRetentionSize:
		return &Error{"--retention-size", s.RetentionSize.String(), "16MiB to 1PiB"}
	case s.SimulatePast < 0 || s.SimulatePast > maxSimulatedPast:
		return &Error{"--simulate-past", formatDuration(s.SimulatePast), "0s to 31d"}
	}
	_, err := s.SyncPolicy()
	return err
}

// SyncPolicy is what --history-sync says.
func (s *Settings) SyncPolicy() (history.SyncPolicy, error) {
	if s.HistorySync == syncAlways {
		return 0, nil
	}
	every, valid := parseDuration(s.HistorySync)
	if !valid || every < minSync || every > maxSync {
		return 0, &Error{"--history-sync", s.HistorySync, "always, or 100ms to 1h"}
	}
	return history.SyncPolicy(every), nil
}

// KeepsHistory reports whether anything is written to disk.
func (s *Settings) KeepsHistory() bool { return s.History == "on" }

// DataFolder is where what is remembered is kept: --data, else the state folder of the service, of the machine or of the user.
func (s *Settings) DataFolder() (string, error) {
	folder, err := s.Data, error(nil)
	if folder == "" {
		folder, err = stateFolder()
	}
	if err != nil {
		return "", fmt.Errorf("%w; name a folder by --data, or go without by --history off", err)
	}
	return filepath.Abs(folder)
}

func stateFolder() (string, error) {
	if folders := os.Getenv("STATE_DIRECTORY"); folders != "" { // of systemd, which has made it
		first, _, _ := strings.Cut(folders, ":")
		return first, nil
	}
	if os.Geteuid() == 0 {
		return "/var/lib/vitals", nil
	}
	if folder := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "vitals"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", errors.New("there is no home folder to keep history in")
	}
	return filepath.Join(home, ".local", "state", "vitals"), nil
}
