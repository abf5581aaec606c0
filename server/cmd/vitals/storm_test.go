package main

import (
	"testing"
	"time"

	"vitals/internal/bench"
)

// TestNobodyMissesAKilledServerInSilence kills the server twice under many viewers. All come back, and none has a gap that was
// not announced or a row twice. How fast they are back is a figure of the benchmarks.
func TestNobodyMissesAKilledServerInSilence(t *testing.T) {
	if testing.Short() {
		t.Skip("many viewers")
	}
	for _, format := range []bench.Format{bench.FormatJSON, bench.FormatCBOR} {
		t.Run(string(format), func(t *testing.T) {
			result, err := bench.Storm(t.Context(), bench.StormOptions{
				Start: func(listen string) (func(), string, error) {
					command, address := startProcess(t, listen)
					return func() { _ = command.Process.Kill(); _ = command.Wait() }, address, nil
				},
				Viewers: 500, Kills: 2, Format: format, Globs: []string{"cpu", "memory", "load*"}, Down: 500 * time.Millisecond, Log: t.Logf,
			})
			if err != nil {
				t.Fatal(err)
			}
			if result.Ledger.Lost != 0 || result.Ledger.Duplicates != 0 || len(result.Back) != 2*result.Viewers {
				t.Errorf("%+v, %d came back", result.Ledger, len(result.Back))
			}
		})
	}
}
