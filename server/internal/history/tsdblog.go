package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog" //nolint:depguard // the library logs to nothing else; its lines end in zerolog
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// libraryLog passes what the library logs to our own log, warnings and worse.
type libraryLog struct {
	logger zerolog.Logger
	fields []slog.Attr
	group  string
	lost   *lostLate
}

// lostLate holds why the log of samples that came late could not be written; nothing while it could. The library tells
// nobody but its log: it has the samples in memory by then, and its Commit succeeds.
type lostLate struct{ cause atomic.Pointer[error] }

func (l *lostLate) note(record slog.Record) {
	cause := errors.New(record.Message)
	record.Attrs(func(field slog.Attr) bool {
		if err, is := field.Value.Any().(error); is {
			cause = err
		}
		return true
	})
	l.cause.Store(&cause)
}

func (l *lostLate) err() error {
	if cause := l.cause.Load(); cause != nil {
		return fmt.Errorf("write the log of late samples: %w", *cause)
	}
	return nil
}

// Messages of the library, by their beginnings.
const (
	lostLateMessage = "Failed to log out of order samples"
	overlapMessage  = "Overlapping blocks found" // each minute, until they are made one; late samples make them
)

func newLibraryLog(logger zerolog.Logger, lost *lostLate) *slog.Logger {
	return slog.New(libraryLog{logger: logger, lost: lost})
}

// Enabled implements slog.Handler.
func (libraryLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (l libraryLog) Handle(_ context.Context, record slog.Record) error {
	if strings.HasPrefix(record.Message, lostLateMessage) {
		l.lost.note(record)
	}
	fields := make(map[string]any, len(l.fields)+record.NumAttrs())
	for _, field := range l.fields {
		fields[field.Key] = field.Value.String()
	}
	record.Attrs(func(field slog.Attr) bool {
		fields[l.group+field.Key] = field.Value.String()
		return true
	})
	l.logger.WithLevel(levelOf(record)).Fields(fields).Str("from", "history library").Msg(record.Message)
	return nil
}

func levelOf(record slog.Record) zerolog.Level {
	switch {
	case strings.HasPrefix(record.Message, overlapMessage):
		return zerolog.DebugLevel
	case record.Level >= slog.LevelError:
		return zerolog.ErrorLevel
	}
	return zerolog.WarnLevel
}

// WithAttrs implements slog.Handler.
func (l libraryLog) WithAttrs(fields []slog.Attr) slog.Handler {
	named := make([]slog.Attr, 0, len(l.fields)+len(fields))
	named = append(named, l.fields...)
	for _, field := range fields {
		named = append(named, slog.Attr{Key: l.group + field.Key, Value: field.Value})
	}
	l.fields = named
	return l
}

// WithGroup implements slog.Handler.
func (l libraryLog) WithGroup(name string) slog.Handler {
	l.group += name + "."
	return l
}
