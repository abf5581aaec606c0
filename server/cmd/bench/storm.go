package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"vitals/internal/bench"
)

// stormCommand kills a server under its viewers and looks how they come back.
type stormCommand struct {
	Binary  string `required:"" help:"The program to measure."`
	Viewers int    `default:"1000" help:"How many viewers."`
	Kills   int    `default:"3" help:"How often the server is killed."`
	Format  string `default:"json" enum:"json,cbor" help:"What they speak."`
}

// Run measures and prints.
func (c *stormCommand) Run(ctx context.Context) error {
	result, err := bench.Storm(ctx, bench.StormOptions{
		Start: func(listen string) (func(), string, error) {
			return bench.StartServer(ctx, c.Binary, listen, "--source", "simulate", "--simulate-hosts", "1", "--backfill", "1m")
		},
		Viewers: c.Viewers, Kills: c.Kills, Format: bench.Format(c.Format), Down: time.Second,
		Globs: []string{"cpu", "memory", "load*"}, // few, because the viewers decode on the processors that the server needs
		Log:   func(format string, values ...any) { fmt.Fprintf(os.Stderr, "storm: "+format+"\n", values...) },
	})
	if err != nil {
		return err
	}
	printed := bench.Table{
		Title: "Storm: SIGKILL under all viewers, started again after 1 s",
		Head:  []string{"viewers", "kills", "back p50 s", "p99 s", "last s", "rows", "announced gaps", "missing unannounced", "twice"},
	}
	seen := result.Ledger
	printed.Add(fmt.Sprint(c.Viewers), fmt.Sprint(c.Kills), fmt.Sprintf("%.1f", bench.Median(result.Back)),
		fmt.Sprintf("%.1f", bench.Quantile(result.Back, 0.99)), fmt.Sprintf("%.1f", bench.Quantile(result.Back, 1)),
		fmt.Sprint(seen.Deliveries), fmt.Sprint(seen.Gaps), fmt.Sprint(seen.Lost), fmt.Sprint(seen.Duplicates))
	printed.Note("Back: from the moment the new server listens to the first row that a viewer got of it. The viewers decode every")
	printed.Note("frame and share %d processors with the server. Load: %s", runtime.NumCPU(), machineLoad())
	printed.Print(os.Stdout)
	return nil
}
