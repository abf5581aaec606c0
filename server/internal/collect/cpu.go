package collect

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"

	"vitals/internal/metric"
)

// jumpBackSeconds is how far the idle and iowait time of a core may step back and still count as no growth: the kernel
// keeps these two loosely (proc(5)).
const jumpBackSeconds = 3

func cpuFamilies() []metric.Family {
	share := func(name, help, prometheus string) metric.Family {
		return metric.Family{
			Name: name, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Help: help,
			Prometheus: prometheus, OpenTelemetry: "system.cpu.utilization",
		}
	}
	core := share("cpu.core", "Time that one processor was not idle", "vitals_cpu_core_ratio")
	core.Labels = []string{"core"}
	return []metric.Family{
		share("cpu", "Time that the processors were not idle, of all their time: user, system, iowait and steal", "vitals_cpu_ratio"),
		share("cpu.user", "Time spent in programs, nice ones and guests included", "vitals_cpu_user_ratio"),
		share("cpu.system", "Time spent in the kernel, interrupts included", "vitals_cpu_system_ratio"),
		share("cpu.iowait", "Time spent idle while a disk was waited for", "vitals_cpu_iowait_ratio"),
		share("cpu.steal", "Time that the hypervisor gave to other machines", "vitals_cpu_steal_ratio"),
		core,
	}
}

// cpuSensor computes shares from the growth of the kernel's time counters (cpu.Percent would share one baseline with
// every other caller in the process). The total is the sum of the cores, so it agrees with them.
type cpuSensor struct {
	ctx    context.Context
	before map[string]cpuCounters
	names  map[string]string
}

// cpuCounters are the seconds that a core spent since boot. Guest time is part of user and nice already.
type cpuCounters struct {
	user, system, iowait, steal, idle float64
}

func newCPUSensor(ctx context.Context) *cpuSensor {
	return &cpuSensor{ctx: ctx, names: make(map[string]string)}
}

func (s *cpuSensor) Name() string              { return "cpu" }
func (s *cpuSensor) Families() []metric.Family { return cpuFamilies() }

// Read returns shares since the read before; nothing at the first. A core that is new has a share from its second read on.
func (s *cpuSensor) Read(time.Time) ([]metric.Event, error) {
	times, err := cpu.TimesWithContext(s.ctx, true)
	if err != nil {
		return nil, err
	}
	if len(times) == 0 {
		s.before = nil
		return nil, errors.New("read cpu times: the kernel lists no processor")
	}
	before := s.before
	s.before = make(map[string]cpuCounters, len(times))
	cores := make([]metric.Event, 0, len(times))
	var total cpuCounters
	steady := true
	for _, core := range times {
		after := countersOf(core)
		s.before[core.CPU] = after
		last, known := before[core.CPU]
		if !known {
			continue
		}
		spent, ok := after.since(last)
		if !ok {
			steady = false
			continue
		}
		total = total.plus(spent)
		if share, some := spent.share(spent.busy()); some {
			cores = append(cores, metric.Event{Metric: s.coreName(core.CPU), Value: share})
		}
	}
	if !steady { // without one of its parts the total would be wrong
		return cores, nil
	}
	return append(total.events(), cores...), nil
}

func (s *cpuSensor) coreName(name string) string {
	series, known := s.names[name]
	if !known {
		series = seriesName("cpu.core", "core", strings.TrimPrefix(name, "cpu"))
		s.names[name] = series
	}
	return series
}

func countersOf(t cpu.TimesStat) cpuCounters {
	return cpuCounters{
		user: t.User + t.Nice, system: t.System + t.Irq + t.Softirq, iowait: t.Iowait, steal: t.Steal, idle: t.Idle,
	}
}

// since is what was spent after the reading before; false when a counter went back, by a wrap or a hot-plugged core.
func (c cpuCounters) since(before cpuCounters) (cpuCounters, bool) {
	spent := cpuCounters{
		user: c.user - before.user, system: c.system - before.system, iowait: c.iowait - before.iowait,
		steal: c.steal - before.steal, idle: c.idle - before.idle,
	}
	if spent.user < 0 || spent.system < 0 || spent.steal < 0 ||
		spent.iowait < -jumpBackSeconds || spent.idle < -jumpBackSeconds {
		return cpuCounters{}, false
	}
	spent.iowait, spent.idle = max(spent.iowait, 0), max(spent.idle, 0)
	return spent, true
}

func (c cpuCounters) plus(other cpuCounters) cpuCounters {
	return cpuCounters{
		user: c.user + other.user, system: c.system + other.system, iowait: c.iowait + other.iowait,
		steal: c.steal + other.steal, idle: c.idle + other.idle,
	}
}

func (c cpuCounters) busy() float64 { return c.user + c.system + c.iowait + c.steal }

// share is a part of the whole time in percent; false when no time has passed.
func (c cpuCounters) share(part float64) (float64, bool) {
	whole := c.busy() + c.idle
	if whole <= 0 {
		return 0, false
	}
	return 100 * part / whole, true
}

func (c cpuCounters) events() []metric.Event {
	if c.busy()+c.idle <= 0 {
		return nil
	}
	event := func(name string, part float64) metric.Event {
		share, _ := c.share(part)
		return metric.Event{Metric: name, Value: share}
	}
	return []metric.Event{
		event("cpu", c.busy()), event("cpu.user", c.user), event("cpu.system", c.system),
		event("cpu.iowait", c.iowait), event("cpu.steal", c.steal),
	}
}
