package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vitals/internal/client"
	"vitals/internal/doctor"
)

type doctorCommand struct {
	URL     string        `arg:"" name:"url" help:"The address that viewers use, such as https://vitals.example/path."`
	JSON    bool          `name:"json" env:"-" help:"Print the report as JSON."`
	Timeout time.Duration `default:"10s" env:"-" placeholder:"TIME" help:"How long a check may take, 1s to 10m."`
	Idle    time.Duration `env:"-" placeholder:"TIME" help:"Also watch whether quiet streams are cut, for this time, such as 90s."`
}

// The exit codes of the doctor, beside 0 when there is nothing to mend.
const (
	codeFindings  = 1
	codeCannotRun = 2
)

// Run examines a server and prints what was found.
func (c *doctorCommand) Run(p *process) error {
	const least, most = time.Second, 10 * time.Minute
	if c.Timeout < least || c.Timeout > most || c.Idle < 0 {
		cause := errors.New("--timeout wants a time from 1s to 10m, and --idle one that is not negative")
		return &exitError{code: codeCannotRun, cause: cause}
	}
	address, err := client.ParseAddress(c.URL)
	if err != nil {
		return &exitError{code: codeCannotRun, cause: err}
	}
	report := doctor.Examine(p.ctx, doctor.Options{Address: address, Timeout: c.Timeout, Idle: c.Idle})
	if p.ctx.Err() != nil {
		return &exitError{code: codeCannotRun, cause: errors.New("the examination was interrupted")}
	}
	write := writeReport
	if c.JSON {
		write = writeReportJSON
	}
	if err := write(p.stdout, report); err != nil {
		return &exitError{code: codeCannotRun, cause: err}
	}
	if !report.Healthy() {
		return &exitError{code: codeFindings}
	}
	return nil
}

func writeReportJSON(out io.Writer, report *doctor.Report) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// writeReport prints a line a finding, then what mends them.
func writeReport(out io.Writer, report *doctor.Report) error {
	var text strings.Builder
	for _, finding := range report.Findings {
		fmt.Fprintf(&text, "%s  %s  %s\n", strings.ToUpper(string(finding.Verdict)), pad(finding.Check, checkWidth), finding.Message)
	}
	for _, mend := range report.MendsByProgram() {
		fmt.Fprintf(&text, "\n%s, in %s:\n", mend.Program, mend.Place)
		for _, line := range mend.Lines {
			text.WriteString("    " + line + "\n")
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

const checkWidth = len("idle-websocket")
