package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"vitals/internal/bench"
)

// fanoutCommand shows one simulated machine to many viewers. Each row is what `vitals bench` measures, beside a plain loop of
// writes to as many connections right after it; the ratio of both is what counts.
type fanoutCommand struct {
	Binary string        `required:"" help:"The program to measure."`
	Window time.Duration `default:"8s" help:"Length of one measurement."`
	Rounds int           `default:"1" help:"Measurements of each row; medians are printed."`
	Only   string        `help:"Measure only rows whose name holds this."`
}

// fanoutRow is one load, and what the project wants to reach with it.
type fanoutRow struct {
	name      string
	arguments []string
	aim       string
}

func fanoutRows() []fanoutRow {
	return []fanoutRow{
		{"1 session", words("--viewers 1"), ""},
		{"500 sessions", words("--viewers 500"), ""},
		{"+ 500 slow, 500 stalled", words("--viewers 1500 --slow 500 --stalled 500"), "p99 + 10 ms"},
		{"1,000 sessions", words("--viewers 1000"), "1.4"},
		{"1,000 sessions, CBOR", words("--viewers 1000 --format cbor"), ""},
		{"1,000 batches", words("--viewers 1000 --form batch"), ""},
		{"1,000 event streams", words("--viewers 1000 --form events"), ""},
		{"5,000 sessions, 10 Hz", words("--viewers 5000 --interval 100ms"), "no drop"},
		{"10,000 sessions", words("--viewers 10000"), "1.9, 23 KB, p99 210"},
	}
}

func words(text string) []string { return strings.Fields(text) }

// loadGlobs choose the series of a usual machine, about 60, out of those that a simulated one has.
func loadGlobs() []string {
	return []string{
		"cpu*", "load*", "memory*", "swap*", "disk*", "network*", "pressure*", "processes", "uptime", "vitals*", "temperature*",
	}
}

// Run measures and prints.
func (c *fanoutCommand) Run(ctx context.Context) error {
	results := make(map[string][]bench.Result)
	for round := range c.Rounds {
		for _, row := range fanoutRows() {
			if !strings.Contains(row.name, c.Only) {
				continue
			}
			fmt.Fprintf(os.Stderr, "fanout: round %d of %d: %s\n", round+1, c.Rounds, row.name)
			result, err := c.measure(ctx, row)
			if err != nil {
				return err
			}
			results[row.name] = append(results[row.name], result)
		}
	}
	c.print(results)
	return nil
}

func (c *fanoutCommand) measure(ctx context.Context, row fanoutRow) (bench.Result, error) {
	arguments := []string{
		"bench", "--baseline", "--pin", "--json", "--duration", c.Window.String(), "--metrics", strings.Join(loadGlobs(), ","),
	}
	command := exec.CommandContext(ctx, c.Binary, append(arguments, row.arguments...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return bench.Result{}, fmt.Errorf("measure %s: %w: %s", row.name, err, stderr.String())
	}
	var result bench.Result
	if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
		return bench.Result{}, fmt.Errorf("measure %s: %w", row.name, err)
	}
	return result, nil
}

func (c *fanoutCommand) print(results map[string][]bench.Result) {
	printed := bench.Table{
		Title: "Fan-out: one host, a tick a second, about 60 series",
		Head: []string{
			"viewers", "CPU us/tick", "floor us", "ratio", "KB/viewer", "B/tick", "p50 ms", "p99 ms", "floor p99",
			"dropped", "missing", "twice", "closed", "aim",
		},
	}
	for _, row := range fanoutRows() {
		measured := results[row.name]
		if len(measured) == 0 {
			continue
		}
		figure := func(of func(bench.Result) float64) float64 {
			values := make([]float64, 0, len(measured))
			for _, result := range measured {
				values = append(values, of(result))
			}
			return bench.Median(values)
		}
		count := func(of func(bench.Ledger) int) string {
			sum := 0
			for _, result := range measured {
				sum += of(result.Fast)
			}
			return strconv.Itoa(sum)
		}
		printed.Add(row.name,
			fmt.Sprintf("%.1f", figure(func(r bench.Result) float64 { return r.Server.MicrosecondsPerDelivery })),
			fmt.Sprintf("%.1f", figure(func(r bench.Result) float64 { return r.Baseline.MicrosecondsPerDelivery })),
			fmt.Sprintf("%.2f", figure(func(r bench.Result) float64 { return r.Ratio })),
			memoryCell(figure(func(r bench.Result) float64 { return r.Server.BytesPerViewer }), measured[0].Viewers),
			fmt.Sprintf("%.0f", figure(func(r bench.Result) float64 { return r.BytesPerDelivery })),
			fmt.Sprintf("%.1f", figure(func(r bench.Result) float64 { return r.Latency.P50 })),
			fmt.Sprintf("%.1f", figure(func(r bench.Result) float64 { return r.Latency.P99 })),
			fmt.Sprintf("%.1f", figure(func(r bench.Result) float64 { return r.BaselineLatency.P99 })),
			count(func(l bench.Ledger) int { return l.Dropped }), count(func(l bench.Ledger) int { return l.Lost }),
			count(func(l bench.Ledger) int { return l.Duplicates }), count(func(l bench.Ledger) int { return l.Closed }), row.aim)
	}
	printed.Note("CPU: processor time of the server for each tick that a viewer got, less what it uses without viewers.")
	printed.Note("Floor: one loop of write(2) of as many bytes, no handshake, no scheduler between, measured in the same way right after.")
	printed.Note("The server, or the floor, has one processor to itself and the load another, if there are two. On loopback the writer")
	printed.Note("pays for the receiver's side of TCP too. Windows: %d of %v. Load: %s", c.Rounds, c.Window, machineLoad())
	printed.Note("KB/viewer: growth of the resident memory; buffers of the kernel are not in it. p50, p99: tick's timestamp to arrival.")
	printed.Note("Dropped, missing, twice and closed are sums over fast viewers: announced, unannounced, doubled, cut.")
	printed.Print(os.Stdout)
}

// memoryCell hides the noise of few viewers.
func memoryCell(bytesPerViewer float64, viewers int) string {
	if viewers < 100 {
		return "-"
	}
	return fmt.Sprintf("%.1f", bytesPerViewer/1e3)
}
