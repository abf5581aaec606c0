package bench

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"
)

// Options say what is measured. Binary, Viewers, Form, Format and Duration are wanted.
type Options struct {
	LoadOptions

	Binary   string        // this program; it is started as the server, unless URL names one, and as the floor
	Interval time.Duration // of the server that is started; 1s
	Hosts    int           // how many machines the server that is started invents; 1
	Duration time.Duration // how long is counted
	Baseline bool          // measure the floor too
	Pin      bool          // servers on the first processor, viewers on the last
	Log      func(format string, values ...any)
}

// Latency is how long after its timestamp a row came, in milliseconds, over all fast viewers.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Cost is what a server on this machine used.
type Cost struct {
	MicrosecondsPerDelivery float64 `json:"microsecondsPerDelivery"` // processor time, less what it uses without viewers
	MillisecondsPerSecond   float64 `json:"millisecondsPerSecond"`   // processor time in all
	ResidentBytes           uint64  `json:"residentBytes"`
	BytesPerViewer          float64 `json:"bytesPerViewer"` // resident memory, buffers of the kernel are not in it
}

// Result is what a measurement gave.
type Result struct {
	Viewers             int      `json:"viewers"`
	Slow                int      `json:"slow"`
	Stalled             int      `json:"stalled"`
	Form                Form     `json:"form"`
	Format              Format   `json:"format"`
	Seconds             float64  `json:"seconds"`
	DeliveriesPerSecond float64  `json:"deliveriesPerSecond"`
	BytesPerDelivery    float64  `json:"bytesPerDelivery"`
	Fast                Ledger   `json:"fast"`
	SlowLedger          Ledger   `json:"slowLedger"`
	Latency             Latency  `json:"latencyMs"`
	Server              *Cost    `json:"server,omitempty"`   // nil for a server elsewhere
	Baseline            *Cost    `json:"baseline,omitempty"` // the floor under the same load
	BaselineLatency     *Latency `json:"baselineLatencyMs,omitempty"`
	Ratio               float64  `json:"ratio,omitempty"` // processor time for each delivery, server to floor
}

// settle is how long the work of connecting may echo before anything is counted.
const settle = 2 * time.Second

// Measure lets viewers come, counts, and lets them go.
func Measure(ctx context.Context, options Options) (Result, error) {
	options.setDefaults()
	if options.Pin {
		if err := MoveToProcessor(runtime.NumCPU() - 1); err != nil {
			return Result{}, err
		}
	}
	server, err := options.server(ctx)
	if err != nil {
		return Result{}, err
	}
	defer server.stop()
	options.URL = server.url
	result := Result{
		Viewers: options.Viewers, Slow: options.Slow, Stalled: options.Stalled, Form: options.Form, Format: options.Format,
		Seconds: options.Duration.Seconds(),
	}
	if err := options.measureServer(ctx, server, &result); err != nil {
		return Result{}, err
	}
	server.stop()
	if options.Baseline {
		err = options.measureFloor(ctx, &result)
	}
	return result, err
}

func (o *Options) setDefaults() {
	if o.Interval <= 0 {
		o.Interval = time.Second
	}
	o.Hosts = max(o.Hosts, 1)
	o.Pin = o.Pin && runtime.NumCPU() > 1
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
}

func (o *Options) measureServer(ctx context.Context, server *subject, into *Result) error {
	cost, counted, err := o.serve(ctx, server, o.LoadOptions)
	if err != nil {
		return err
	}
	into.Fast, into.SlowLedger, into.Latency, into.Server = counted.fast, counted.slow, counted.latency, cost
	deliveries := counted.fast.Deliveries + counted.slow.Deliveries
	into.DeliveriesPerSecond = float64(deliveries) / o.Duration.Seconds()
	into.BytesPerDelivery = float64(counted.fast.Bytes+counted.slow.Bytes) / float64(max(deliveries, 1))
	return nil
}

// measureFloor does the same with the floor in the server's place: as many bytes to as many fast viewers.
func (o *Options) measureFloor(ctx context.Context, into *Result) error {
	o.Log("the floor: a plain loop of writes of %.0f bytes", into.BytesPerDelivery)
	floor, err := o.launch(ctx, "bench-floor", "--bytes", strconv.Itoa(int(into.BytesPerDelivery)), "--interval", o.Interval.String())
	if err != nil {
		return err
	}
	defer floor.stop()
	load := o.LoadOptions
	load.URL, load.Form, load.Slow, load.Stalled = floor.url, raw, 0, 0
	load.Viewers -= o.Slow + o.Stalled
	cost, counted, err := o.serve(ctx, floor, load)
	if err != nil {
		return err
	}
	into.Baseline, into.BaselineLatency = cost, &counted.latency
	if into.Server != nil && cost != nil {
		into.Ratio = into.Server.MicrosecondsPerDelivery / cost.MicrosecondsPerDelivery
	}
	return nil
}

// counted is what the viewers saw.
type counted struct {
	fast, slow Ledger
	latency    Latency
}

// serve measures one subject under one load.
func (o *Options) serve(ctx context.Context, server *subject, options LoadOptions) (*Cost, counted, error) {
	load, err := NewLoad(options)
	if err != nil {
		return nil, counted{}, err
	}
	defer load.Close()
	alone, err := o.watchAlone(ctx, server)
	if err != nil {
		return nil, counted{}, err
	}
	o.Log("%d viewers come", options.Viewers)
	if err := load.Connect(ctx); err != nil {
		return nil, counted{}, err
	}
	if err := load.Watch(ctx, o.betweenTicks(time.Now().Add(settle))); err != nil {
		return nil, counted{}, err
	}
	before := server.usage()
	load.Begin()
	if err := load.Watch(ctx, time.Now().Add(o.Duration)); err != nil {
		return nil, counted{}, err
	}
	fast, slow, delays := load.End()
	after := server.usage()
	seen := counted{fast, slow, Latency{Median(delays), Quantile(delays, 0.99), Quantile(delays, 1)}}
	if len(delays) == 0 {
		return nil, counted{}, fmt.Errorf("no tick arrived at %s within %v", options.URL, o.Duration)
	}
	return o.cost(server, alone, before, after, seen, options.Viewers), seen, nil
}

// watchAlone is what the subject uses in a second while nobody watches.
func (o *Options) watchAlone(ctx context.Context, server *subject) (Usage, error) {
	const window = 3 * time.Second
	if server.pid == 0 {
		return Usage{}, nil
	}
	if err := Sleep(ctx, time.Until(o.betweenTicks(time.Now().Add(time.Second)))); err != nil {
		return Usage{}, err
	}
	before := server.usage()
	if err := Sleep(ctx, window); err != nil {
		return Usage{}, err
	}
	after := server.usage()
	return Usage{Processor: (after.Processor - before.Processor) / time.Duration(window.Seconds()), Resident: after.Resident}, nil
}

func (o *Options) cost(server *subject, alone, before, after Usage, seen counted, viewers int) *Cost {
	if server.pid == 0 {
		return nil
	}
	spent := after.Processor - before.Processor
	forViewers := spent - time.Duration(float64(alone.Processor)*o.Duration.Seconds())
	deliveries := max(seen.fast.Deliveries+seen.slow.Deliveries, 1)
	return &Cost{
		MicrosecondsPerDelivery: float64(forViewers.Nanoseconds()) / 1e3 / float64(deliveries),
		MillisecondsPerSecond:   Milliseconds(spent) / o.Duration.Seconds(),
		ResidentBytes:           after.Resident,
		BytesPerViewer:          (float64(after.Resident) - float64(alone.Resident)) / float64(viewers),
	}
}

// betweenTicks is the first moment after the one given in the middle of the pause between two ticks, which come at
// multiples of the interval.
func (o *Options) betweenTicks(after time.Time) time.Time {
	const middle = 0.7
	next := after.Truncate(o.Interval).Add(time.Duration(middle * float64(o.Interval)))
	if next.Before(after) {
		next = next.Add(o.Interval)
	}
	return next
}

// subject is what is measured: a program that was started, or one that runs already.
type subject struct {
	url     string
	pid     int // 0 when it cannot be seen
	process *Process
}

func (s *subject) stop() {
	if s.process != nil {
		s.process.Stop()
	}
}

// usage is zero for a subject that cannot be seen.
func (s *subject) usage() Usage {
	if s.pid == 0 {
		return Usage{}
	}
	used, _ := UsageOf(s.pid) // one that is gone has closed its connections, which is counted
	return used
}

// server starts a server with invented machines, or takes the one that the URL names.
func (o *Options) server(ctx context.Context) (*subject, error) {
	if o.URL == "" {
		return o.launch(ctx, "serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--source", "simulate",
			"--simulate-hosts", strconv.Itoa(o.Hosts), "--static", "none", "--interval", o.Interval.String(), "--history", "off")
	}
	where, err := parseTarget(o.URL)
	if err != nil {
		return nil, err
	}
	found := &subject{url: o.URL}
	if where.address.Addr().IsLoopback() {
		found.pid, _ = listenerOf(where.address.Port())
	}
	return found, nil
}

// launch starts this program with other arguments. Its first line says its address.
func (o *Options) launch(ctx context.Context, arguments ...string) (*subject, error) {
	var process *Process
	start := func() (err error) {
		process, err = Launch(ctx, o.Binary, arguments...)
		return err
	}
	begin := start
	if o.Pin {
		begin = func() error { return OnProcessor(0, start) }
	}
	if err := begin(); err != nil {
		return nil, err
	}
	address, err := process.Address()
	if err != nil {
		process.Stop()
		return nil, err
	}
	return &subject{url: "http://" + address, pid: process.PID, process: process}, nil
}
