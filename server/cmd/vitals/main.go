// Command vitals shows the live vital signs of a machine in the browser.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"vitals/cmd/vitals/settings"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// commandLine is the grammar of the command line.
type commandLine struct {
	Config kong.ConfigFlag `placeholder:"FILE" env:"VITALS_CONFIG" help:"Read settings from this YAML file; its keys are the names of the flags."`

	Serve       serveCommand       `cmd:"" default:"withargs" help:"Sample this machine and show it (the default)."`
	Push        pushCommand        `cmd:"" help:"Add values of your own to a server, as arguments or as lines on standard input."`
	Tail        tailCommand        `cmd:"" help:"Print metrics of a server as they come."`
	Doctor      doctorCommand      `cmd:"" help:"Find out what stands between a server and its viewers, and what mends it; exit 0 if nothing is to be mended."`
	Snapshot    snapshotCommand    `cmd:"" help:"Copy history to a folder, while a server writes it or while none runs, and verify the copy."`
	Bench       benchCommand       `cmd:"" help:"Find out how many viewers this machine can hold."`
	BenchFloor  benchFloorCommand  `cmd:"" hidden:""`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running server whether it is well; exit 0 if it is."`
	ConfigCheck configCommand      `cmd:"" name:"config" help:"Look at the settings."`
}

type configCommand struct {
	Check configCheckCommand `cmd:"" help:"Check the settings and print them as a file; exit 1 with the reason if they are wrong."`
}

// process is what a command has of the world.
type process struct {
	ctx         context.Context // a command lives exactly as long as the process
	stdout      io.Writer
	stderr      io.Writer
	application *kong.Application
}

// exit ends parsing after the help was printed.
type exit int

// exitError is an error with an exit code of its own. Without a cause all is said already.
type exitError struct {
	code  int
	cause error
}

func (e *exitError) Error() string { return e.cause.Error() }

// run is the program: it never calls os.Exit, so that tests can run it whole. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case exit:
			code = int(cause)
		default:
			panic(cause) // a fault of ours must not look like success
		}
	}()
	err := parseAndRun(ctx, args, stdout, stderr)
	ended, isExit := errors.AsType[*exitError](err)
	switch {
	case err == nil:
		return 0
	case isExit && ended.cause == nil:
		return ended.code
	}
	fmt.Fprintln(stderr, "vitals: "+err.Error())
	if isExit {
		return ended.code
	}
	return 1
}

func parseAndRun(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var grammar commandLine
	parser, err := kong.New(&grammar,
		kong.Name("vitals"),
		kong.Description("Live vital signs of your machines, in the browser."),
		kong.DefaultEnvars(settings.EnvironmentPrefix),
		kong.Configuration(settings.LoadFile),
		kong.Writers(stdout, stderr),
		kong.ValueFormatter(settings.Help),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), settings.DurationMapper()),
		kong.Exit(func(code int) { panic(exit(code)) }),
	)
	if err != nil {
		return fmt.Errorf("build command line: %w", err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return explain(err)
	}
	return command.Run(&process{ctx: ctx, stdout: stdout, stderr: stderr, application: parser.Model})
}

// explain keeps the message of a bad command line and drops the type that makes kong print its usage.
func explain(err error) error {
	if parse, isParse := errors.AsType[*kong.ParseError](err); isParse {
		return errors.Unwrap(parse)
	}
	return err
}

type versionCommand struct{}

func (versionCommand) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, "vitals "+version)
	return err
}
