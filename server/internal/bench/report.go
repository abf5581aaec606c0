package bench

import (
	"fmt"
	"io"
)

// Print shows a result to people.
func (r Result) Print(out io.Writer) {
	fmt.Fprintf(out, "\n%d viewers, %s, %s", r.Viewers, r.Form, r.Format)
	if r.Slow+r.Stalled > 0 {
		fmt.Fprintf(out, "; %d of them read 1 KB/s, %d nothing", r.Slow, r.Stalled)
	}
	fmt.Fprintf(out, "; counted for %.0f s\n\n", r.Seconds)
	line := func(name, format string, values ...any) {
		fmt.Fprintf(out, "  %-24s %s\n", name, fmt.Sprintf(format, values...))
	}
	line("deliveries", "%.0f a second, %.0f bytes each", r.DeliveriesPerSecond, r.BytesPerDelivery)
	line("latency", "p50 %.1f ms, p99 %.1f ms, max %.1f ms", r.Latency.P50, r.Latency.P99, r.Latency.Max)
	line("dropped, announced", "%d ticks in %d gaps", r.Fast.Dropped, r.Fast.Gaps)
	line("missing, unannounced", "%d ticks", r.Fast.Lost)
	line("duplicates", "%d ticks", r.Fast.Duplicates)
	line("closed by the server", "%d connections", r.Fast.Closed)
	if r.Slow > 0 {
		line("slow viewers", "%d ticks, %d dropped, %d missing, %d twice, %d closed", r.SlowLedger.Deliveries, r.SlowLedger.Dropped,
			r.SlowLedger.Lost, r.SlowLedger.Duplicates, r.SlowLedger.Closed)
	}
	if r.Server == nil {
		line("server", "not on this machine, or not ours to look at")
	} else {
		line("server, processor", "%.1f us a delivery, %.0f ms a second", r.Server.MicrosecondsPerDelivery, r.Server.MillisecondsPerSecond)
		line("server, memory", "%.1f KB a viewer, %.0f MB in all", r.Server.BytesPerViewer/1e3, float64(r.Server.ResidentBytes)/megabyte)
	}
	if r.Baseline != nil {
		line("floor, processor", "%.1f us a delivery", r.Baseline.MicrosecondsPerDelivery)
		line("floor, latency", "p50 %.1f ms, p99 %.1f ms", r.BaselineLatency.P50, r.BaselineLatency.P99)
	}
	if r.Ratio > 0 {
		line("server to floor", "%.2f", r.Ratio)
	}
	fmt.Fprintln(out)
}
