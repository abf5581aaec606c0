// Package internal holds the rooms of the house; this test holds their walls.
package internal

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// layers is the map of the house. A room imports rooms of strictly lower layers only; the command imports all.
var layers = map[string]int{
	"vitals/internal/metric":              0,
	"vitals/internal/collect":             1,
	"vitals/internal/hub":                 1,
	"vitals/internal/wire":                1,
	"vitals/internal/hub/hubtest":         2,
	"vitals/internal/limits":              2,
	"vitals/internal/history":             2,
	"vitals/internal/history/salvage":     1,
	"vitals/internal/history/historytest": 3,
	"vitals/internal/promapi":             2,
	"vitals/internal/promapi/pattern":     1,
	"vitals/internal/promapi/promtest":    3,
	"vitals/internal/snapshot":            3,
	"vitals/internal/ingest":              2,
	"vitals/internal/client":              2,
	"vitals/internal/bench":               3,
	"vitals/internal/stream":              2,
	"vitals/internal/stream/streamtest":   2,
	"vitals/internal/doctor":              3,
	"vitals/internal/web":                 3,
	"vitals/cmd/vitals/settings":          4,
	"vitals/cmd/vitals":                   5,
	"vitals/cmd/generate":                 5,
	"vitals/cmd/bench":                    5,
	"vitals/internal":                     9, // this test
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestRoomsImportOnlyLowerLayers(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 6 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	for _, importer := range packages {
		layer, known := layers[importer.ImportPath]
		if !known {
			t.Errorf("%s is not on the map; give it a layer", importer.ImportPath)
		}
		for _, imported := range importer.Imports {
			if !strings.HasPrefix(imported, "vitals/") {
				continue
			}
			if below, known := layers[imported]; known && below >= layer {
				t.Errorf("%s (layer %d) imports %s (layer %d)", importer.ImportPath, layer, imported, below)
			}
		}
	}
}

func TestMetricImportsTheStandardLibraryAndUnicodeTablesOnly(t *testing.T) {
	for _, room := range listPackages(t) {
		for _, imported := range room.Imports {
			if room.ImportPath == "vitals/internal/metric" && strings.Contains(imported, ".") && imported != "golang.org/x/text/unicode/norm" {
				t.Errorf("metric imports %s", imported)
			}
		}
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "vitals/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var found goPackage
		err := decoder.Decode(&found)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, found)
	}
}
