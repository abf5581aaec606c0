// Package collect reads the vital signs of a machine and turns them into updates, one a tick.
//
// A [Sensor] is one file, one source of figures and one failure. A [Source] is a set of hosts that can be sampled: the
// machine itself ([HostSource]) or machines that do not exist ([Simulation]). [Run] is the one clock: it samples the source
// at wall-clock multiples of the interval and hands each update to its sink.
//
// Rules that hold for every sensor:
//   - Rates are computed from counters over the measured interval of the monotonic clock. A counter that went back, and a
//     device that was not there at the last read, yield no event: never a spike, never a made-up zero.
//   - A sensor that fails yields what it could still read and a counted error. What is absent is left out; a value is
//     never sent twice.
//   - A sensor that does not return within its budget (half an interval, 250 ms at least, 2 s at most) is left behind in
//     its goroutine and skipped until its Read returns; the others go on in a new goroutine. What it finally returns is
//     thrown away, and it takes part again from its next turn on. So a hung sensor costs one goroutine, and never two.
//
// Who may block: a sensor's Read, up to its budget. The sink must not: it runs on the clock's goroutine. In the steady
// state the package uses the goroutine that called [Run] and, while a tick lasts, one more that reads the sensors.
//
// How to test: [Run] and the sampler know no clock but the time package, so testing/synctest drives them; sensors read
// below a procfs and a sysfs of the caller's choice, see testdata.
package collect
