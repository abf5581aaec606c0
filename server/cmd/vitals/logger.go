package main

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

	"vitals/cmd/vitals/settings"
)

// newLogger writes JSON, or lines for people when that was asked for or a terminal is there.
func newLogger(options settings.Settings, out io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(options.LogLevel)
	if err != nil {
		return zerolog.Nop(), err
	}
	console := options.LogFormat == "console"
	if terminal, isFile := out.(*os.File); isFile && options.LogFormat == "auto" {
		console = isatty.IsTerminal(terminal.Fd())
	}
	if console {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.DateTime}
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger(), nil
}
