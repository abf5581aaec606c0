// Command generate writes what is derived from the Go types and from the contracts: the JSON Schema of the protocol, the
// tables of metrics and settings, and the documentation that the server shows under /docs. Run it by `make gen`.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "schema":
		return writeSchema(stdout)
	case len(args) == 1 && args[0] == "metrics":
		return writeMetrics(stdout)
	case len(args) == 2 && args[0] == "settings":
		return updateSettings(args[1])
	case len(args) == 3 && args[0] == "documentation":
		return writeDocumentation(args[1], args[2])
	}
	return errors.New("usage: generate schema | metrics | settings README | documentation ROOT FOLDER")
}
