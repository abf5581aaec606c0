package history

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// libraryLog passes what the library logs to our own log, warnings and worse.
type libraryLog struct {
	logger zerolog.Logger
	fields []slog.Attr
	group  string
	lost   *atomic.Bool // set when the log of late samples could not be written
}

// The library tells nobody but its log when it could not write the log of samples that came late: it has them in memory by
// then, and its Commit succeeds.
const lostLateSamples = "Failed to log out of order samples"

func newLibraryLog(logger zerolog.Logger, lost *atomic.Bool) *slog.Logger {
	return slog.New(libraryLog{logger: logger, lost: lost})
}

// Enabled implements slog.Handler.
func (libraryLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (l libraryLog) Handle(_ context.Context, record slog.Record) error {
	if strings.HasPrefix(record.Message, lostLateSamples) {
		l.lost.Store(true)
	}
	event := l.logger.Warn()
	if record.Level >= slog.LevelError {
		event = l.logger.Error()
	}
	for _, field := range l.fields {
		event = event.Str(field.Key, field.Value.String())
	}
	record.Attrs(func(field slog.Attr) bool {
		event = event.Str(l.group+field.Key, field.Value.String())
		return true
	})
	event.Str("from", "history library").Msg(record.Message)
	return nil
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
