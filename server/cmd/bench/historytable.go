package main

import (
	"fmt"
	"os"

	"vitals/internal/bench"
)

func (c *historyCommand) print(f historyFigures) {
	c.printRecording(f)
	c.printEngines(f)
	c.printServer(f)
}

func (c *historyCommand) printRecording(f historyFigures) {
	printed := bench.Table{
		Title: fmt.Sprintf("Recording %d series a second", f.cost.series),
		Head:  []string{"server", "CPU ms/s", "half of the windows", "aim"},
	}
	for _, row := range []struct {
		name, aim string
		values    []float64
	}{
		{"--history off", "", f.cost.off}, {"recording", "", f.cost.on}, {"more, window by window", "<= 0.3", f.cost.more},
	} {
		half := fmt.Sprintf("%.2f to %.2f", bench.Quantile(row.values, 0.25), bench.Quantile(row.values, 0.75))
		printed.Add(row.name, fmt.Sprintf("%.2f", bench.Median(row.values)), half, row.aim)
	}
	printed.Note("Medians of %d windows of %v, of %d pairs of servers that run side by side; all sensors on, synced each second.",
		c.Pairs*c.Rounds, c.Window, c.Pairs)
	printed.Note("Load: %s", machineLoad())
	printed.Print(os.Stdout)
}

func (c *historyCommand) printEngines(f historyFigures) {
	printed := bench.Table{
		Title: "The store beside SQLite, the same rows: a host, 60 series, a row a second",
		Head: []string{
			"engine", "samples/s", "B/sample", "with the log", "24 h p50 ms", "p99", "1 h of all p50 ms", "p99", "24 h, ratio",
		},
	}
	base := bench.Median(f.vitals.Day)
	for _, row := range []struct {
		name      string
		kept, day engineResult
	}{
		{"vitals, 24 h", f.vitals, f.vitals},
		{"SQLite, a column for each series, 24 h", f.wide, f.wide},
		{"SQLite, a row for each sample, 2 h", f.narrow, f.narrowDay},
	} {
		printed.Add(row.name, fmt.Sprintf("%.2g M", float64(row.kept.Samples)/row.kept.AppendSec/1e6),
			fmt.Sprintf("%.2f", float64(row.kept.Stored.Bytes)/float64(row.kept.Stored.Samples)),
			fmt.Sprintf("%.2f", float64(row.kept.Stored.Everything)/float64(row.kept.Samples)),
			milliseconds(row.day.Day, 0.5), milliseconds(row.day.Day, 0.99), milliseconds(row.kept.Hour, 0.5),
			milliseconds(row.kept.Hour, 0.99), fmt.Sprintf("%.1f", bench.Median(row.day.Day)/base))
	}
	printed.Add("aim", "", "<= 2.0", "", "", "< 5", "", "< 60")
	printed.Note("Rows of this machine's sensors, read %d times, %v apart, and told over and over; one commit for each second.",
		c.Samples, c.Sample)
	printed.Note("B/sample: of finished blocks, index included. With the log: all files, which hold the newest hours twice or thrice.")
	printed.Note("24 h: one series in 300 buckets of least, mean and most. A row for each sample: of a table that holds nothing else.")
	printed.Note("SQLite is modernc.org/sqlite with journal_mode WAL and synchronous NORMAL. Load: %s", machineLoad())
	printed.Print(os.Stdout)
}

func milliseconds(values []float64, share float64) string {
	return fmt.Sprintf("%.1f", bench.Quantile(values, share))
}

func (c *historyCommand) printServer(f historyFigures) {
	printed := bench.Table{Title: "Memory, start, and the past over HTTP", Head: []string{"what", "figure", "aim"}}
	each := float64(f.many.Samples) / f.many.AppendSec
	printed.Add("50 hosts of 60 series, two hours: samples a second", fmt.Sprintf("%.2g M", each/1e6), "")
	printed.Add("  resident MB", fmt.Sprintf("%.0f", f.resident), "< 100")
	printed.Add("  opened after a kill, seconds", fmt.Sprintf("%.2f", f.again.OpenMs/1e3), "< 2")
	printed.Add("  resident MB then", fmt.Sprintf("%.0f", f.reopens), "")
	printed.Add("24 h of one series over HTTP, p50 ms", milliseconds(f.asked.day, 0.5), "")
	printed.Add("  p99 ms", milliseconds(f.asked.day, 0.99), "< 5")
	printed.Add(fmt.Sprintf("an hour of %d series over HTTP, p50 ms", f.asked.series), milliseconds(f.asked.hour, 0.5), "")
	printed.Add("  p99 ms", milliseconds(f.asked.hour, 0.99), "< 60")
	printed.Add("  in CBOR, as the app asks, p50 ms", milliseconds(f.asked.hourCBOR, 0.5), "")
	printed.Add("  p99 ms", milliseconds(f.asked.hourCBOR, 0.99), "")
	printed.Note("Two hours were fed in as little time as the store took, its minute shortened to 0.1 s. HTTP: until the whole answer is")
	printed.Note("read, 300 buckets a series; the server keeps %.1f M samples. Load: %s", float64(f.asked.samples)/1e6, machineLoad())
	printed.Print(os.Stdout)
}
