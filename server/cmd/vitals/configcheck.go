package main

import (
	"fmt"

	"github.com/goccy/go-yaml"

	"vitals/cmd/vitals/settings"
)

type configCheckCommand struct {
	settings.Settings
}

// Run prints the settings in force, in the form of a settings file.
func (c *configCheckCommand) Run(p *process) error {
	for _, variable := range settings.UnknownVariables(p.application, environment()) {
		fmt.Fprintf(p.stderr, "vitals: warning: %s is not a setting\n", variable)
	}
	text, err := yaml.Marshal(c.Values())
	if err != nil {
		return fmt.Errorf("print settings: %w", err)
	}
	_, err = p.stdout.Write(text)
	return err
}
