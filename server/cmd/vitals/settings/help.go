package settings

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// Help is a flag's text on the help page: what it is for, its default and its variable. kong leaves the default out where
// there is a placeholder.
func Help(value *kong.Value) string {
	text := kong.DefaultHelpValueFormatter(value)
	if !value.HasDefault {
		return text
	}
	return fmt.Sprintf("%s Default: %s.", text, value.Default)
}
