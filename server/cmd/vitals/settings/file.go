package settings

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// EnvironmentPrefix begins the name of every variable that is read.
const EnvironmentPrefix = "VITALS"

const maxFileBytes = 1 << 20

// LoadFile reads a YAML file of settings for kong. Its keys are the names of the flags without the dashes.
func LoadFile(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("read settings: the file has more than %d bytes", maxFileBytes)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("read settings: %s", yaml.FormatError(err, false, false))
	}
	return file(values), nil
}

// file resolves flags from the keys of a settings file.
type file map[string]any

// Validate refuses keys that are no settings.
func (f file) Validate(app *kong.Application) error {
	known := flagNames(app.Node)
	for _, key := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(known, key) {
			return fmt.Errorf("settings file: there is no setting %q; there are %s", key, strings.Join(known, ", "))
		}
	}
	return nil
}

// Resolve gives the file's value to a flag, unless its variable is set: kong asks files after variables. A flag without a
// variable is none of the server's settings, though it may be called like one.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if len(flag.Envs) == 0 {
		return nil, nil
	}
	for _, variable := range flag.Envs {
		if _, set := os.LookupEnv(variable); set {
			return nil, nil
		}
	}
	value, present := f[flag.Name]
	if !present {
		return nil, nil
	}
	switch value := value.(type) {
	case nil:
		return nil, fmt.Errorf("settings file: %s has no value; write one, or leave the key out", flag.Name)
	case map[string]any:
		return nil, fmt.Errorf("settings file: %s has keys below it; allowed is a value or a list of values", flag.Name)
	case []any:
		words := make([]string, 0, len(value))
		for _, word := range value {
			words = append(words, fmt.Sprint(word))
		}
		return strings.Join(words, ","), nil
	}
	return fmt.Sprint(value), nil
}

// flagNames lists the settings in the order of the struct: the flags of the serve command.
func flagNames(node *kong.Node) []string {
	var names []string
	for _, flag := range settingsOf(node) {
		names = append(names, flag.Name)
	}
	return names
}

// settingsOf finds the flags that the Settings struct made.
func settingsOf(node *kong.Node) []*kong.Flag {
	for _, child := range node.Children {
		if child.Name == "serve" {
			return child.Flags
		}
	}
	return nil
}

// UnknownVariables lists the variables of an environment that begin like ours and are none of them.
func UnknownVariables(app *kong.Application, environment []string) []string {
	known := map[string]bool{EnvironmentPrefix + "_CONFIG": true}
	for _, flag := range settingsOf(app.Node) {
		for _, variable := range flag.Envs {
			known[variable] = true
		}
	}
	var unknown []string
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, EnvironmentPrefix+"_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
