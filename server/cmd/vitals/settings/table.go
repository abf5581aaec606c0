package settings

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Table documents all settings as a table in Markdown.
func Table() (string, error) {
	var grammar struct {
		Serve Settings `cmd:""`
	}
	parser, err := kong.New(&grammar, kong.DefaultEnvars(EnvironmentPrefix), kong.Name("vitals"))
	if err != nil {
		return "", fmt.Errorf("describe settings: %w", err)
	}
	var table strings.Builder
	table.WriteString("| flag | variable | default | what it does |\n| --- | --- | --- | --- |\n")
	for _, flag := range settingsOf(parser.Model.Node) {
		standard := ""
		if flag.HasDefault {
			standard = "`" + flag.Default + "`"
		}
		fmt.Fprintf(&table, "| `--%s` | `%s` | %s | %s |\n", flag.Name, flag.Envs[0], standard, strings.ReplaceAll(flag.Help, "|", `\|`))
	}
	return table.String(), nil
}
