package collect

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
)

// noon is a Wednesday.
func noon() time.Time { return time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC) }

// checkEvents holds the events of an update to the catalogue.
func checkEvents(t *testing.T, update metric.Update, families map[string]metric.Family) {
	t.Helper()
	seen := make(map[string]bool)
	for _, event := range update.Events {
		name, err := metric.ParseName(event.Metric)
		if err != nil {
			t.Errorf("%s: %v", update.Host, err)
			continue
		}
		family, known := families[name.Family]
		if !known || len(name.Labels) != len(family.Labels) {
			t.Errorf("%s: %s is of no family, or has other labels", update.Host, event.Metric)
		}
		if seen[event.Metric] {
			t.Errorf("%s: %s comes twice in a tick", update.Host, event.Metric)
		}
		seen[event.Metric] = true
		if math.IsNaN(event.Value) || math.IsInf(event.Value, 0) || event.Value != family.Round(event.Value) {
			t.Errorf("%s: %s is %v, want a finite value of %d decimals", update.Host, event.Metric, event.Value, family.Decimals)
		}
		if family.Unit == metric.Percent && (event.Value < 0 || event.Value > 100) && family.Name != "vitals.cpu" {
			t.Errorf("%s: %s is %v %%", update.Host, event.Metric, event.Value)
		}
		if event.Value < 0 && family.Unit != metric.Celsius {
			t.Errorf("%s: %s is %v, want no negative value", update.Host, event.Metric, event.Value)
		}
		if event.Timestamp != update.Timestamp {
			t.Errorf("%s: %s has its own timestamp", update.Host, event.Metric)
		}
	}
}

func TestSimulationIsAFunctionOfSeedHostAndTime(t *testing.T) {
	one, two := NewSimulation(6, 42), NewSimulation(6, 42)
	one.Sample(t.Context(), noon().Add(time.Hour), 3) // what was asked before does not matter
	if diff := cmp.Diff(one.Sample(t.Context(), noon(), 0), two.Sample(t.Context(), noon(), 0)); diff != "" {
		t.Errorf("two simulations of one seed differ:\n%s", diff)
	}
	few := NewSimulation(2, 42).Sample(t.Context(), noon(), 0)
	if diff := cmp.Diff(few, two.Sample(t.Context(), noon(), 0)[:2]); diff != "" {
		t.Errorf("a host depends on how many there are:\n%s", diff)
	}
	other := NewSimulation(1, 43).Sample(t.Context(), noon(), 0)[0]
	if cmp.Equal(other.Events, few[0].Events) {
		t.Error("another seed gives the same values")
	}
}

func TestSimulationHasEveryFamily(t *testing.T) {
	simulation := NewSimulation(5, 1)
	families := make(map[string]metric.Family)
	for _, family := range simulation.Families() {
		families[family.Name] = family
	}
	missing := make(map[string]bool)
	for name := range families {
		missing[name] = true
	}
	for _, update := range simulation.Sample(t.Context(), noon(), 0) {
		checkEvents(t, update, families)
		if update.Host != "web-1" {
			continue
		}
		for _, event := range update.Events {
			name, _, _ := strings.Cut(event.Metric, "{")
			delete(missing, name)
		}
	}
	if len(missing) != 0 {
		t.Errorf("the first host lacks the families %v", missing)
	}
}

func TestSimulationHangsTogether(t *testing.T) {
	simulation := NewSimulation(10, 7)
	hosts := simulation.Hosts()
	for moment := range 100 { // about two weeks, at all hours
		at := noon().Add(time.Duration(moment) * 197 * time.Minute)
		for i, update := range simulation.Sample(t.Context(), at, uint64(moment)) {
			checkTogether(t, hosts[i], valuesOf(update.Events))
		}
	}
}

func checkTogether(t *testing.T, host metric.Host, values map[string]float64) {
	t.Helper()
	sum := func(families ...string) (total float64, count int) {
		for name, value := range values {
			if family, _, _ := strings.Cut(name, "{"); slices.Contains(families, family) {
				total += value
				count++
			}
		}
		return total, count
	}
	modes, _ := sum("cpu.user", "cpu.system", "cpu.iowait", "cpu.steal")
	within(t, host.Name+" cpu", values["cpu"], modes, modes, 0.02)
	cores, count := sum("cpu.core")
	within(t, host.Name+" cpu", values["cpu"], cores/float64(count), cores/float64(count), 0.01)
	if count != host.CPUCount {
		t.Errorf("%s has %d cores and says %d", host.Name, count, host.CPUCount)
	}
	memory, _ := sum("memory.used", "memory.available")
	within(t, host.Name+" memory", memory, values["memory.total"], float64(host.MemoryBytes), 0)
	if values["memory.cached"] > values["memory.available"] {
		t.Errorf("%s has more cached than available", host.Name)
	}
	for total, part := range map[string]string{
		"disk.read": "disk.device.read", "disk.write": "disk.device.write",
		"network.receive": "network.interface.receive", "network.transmit": "network.interface.transmit",
	} {
		parts, devices := sum(part)
		within(t, host.Name+" "+total, values[total], parts, parts, 0)
		if devices != 2 {
			t.Errorf("%s has %d devices in %s, want 2", host.Name, devices, part)
		}
	}
}

func TestSimulatedDaysAreBelievable(t *testing.T) {
	simulation := NewSimulation(2, 1)
	mean := func(host int, metric string, from time.Time) float64 {
		sum := 0.0
		for i := range 60 {
			updates := simulation.Sample(t.Context(), from.Add(time.Duration(i)*10*time.Second), 1)
			sum += valuesOf(updates[host].Events)[metric]
		}
		return sum / 60
	}
	day, night, weekend := mean(0, "cpu", noon()), mean(0, "cpu", noon().Add(-7*time.Hour)), mean(0, "cpu", noon().Add(96*time.Hour))
	if day < 2*night || weekend > 0.8*day {
		t.Errorf("cpu is %.1f %% by day, %.1f at night, %.1f on Sunday: want a working week", day, night, weekend)
	}
	quiet := mean(1, "disk.read", noon().Add(-12*time.Hour))
	busiest := 0.0
	for hour := range 4 {
		busiest = max(busiest, mean(1, "disk.read", noon().Add(time.Duration(-10*60+20*hour)*time.Minute)))
	}
	if busiest < 3*quiet {
		t.Errorf("disk.read is %.0f at midnight and %.0f later in the night: want a backup", quiet, busiest)
	}
}

func TestSimulationIsNeitherStillNorWild(t *testing.T) {
	simulation := NewSimulation(5, 1)
	var before []float64
	steps, still := 0.0, 0
	for second := range 120 {
		var now []float64
		for _, update := range simulation.Sample(t.Context(), noon().Add(time.Duration(second)*time.Second), 1) {
			now = append(now, valuesOf(update.Events)["cpu"])
		}
		for i := range before {
			step := math.Abs(now[i] - before[i])
			steps += step
			if step == 0 {
				still++
			}
		}
		before = now
	}
	if mean := steps / (119 * 5); mean < 0.1 || mean > 8 {
		t.Errorf("cpu moves by %.2f %% a second, want a living machine", mean)
	}
	if still > 40 {
		t.Errorf("cpu stood still in %d of 595 seconds", still)
	}
}

func TestSimulationNamesItsHosts(t *testing.T) {
	var names []string
	for _, host := range NewSimulation(7, 1).Hosts() {
		names = append(names, host.Name)
		if host.OS == "" || host.Kernel == "" || host.CPUModel == "" || host.BootTime <= 0 || len(host.Addresses) != 1 {
			t.Errorf("host %+v lacks static data", host)
		}
	}
	if want := []string{"web-1", "db-1", "cache-1", "batch-1", "edge-1", "web-2", "db-2"}; !slices.Equal(names, want) {
		t.Errorf("hosts are %v, want %v", names, want)
	}
	if hosts := NewSimulation(0, 1).Hosts(); len(hosts) != 1 {
		t.Errorf("%d hosts, want at least one", len(hosts))
	}
}

func TestSimulationSendsSlowFamiliesOnEveryTenthTick(t *testing.T) {
	simulation := NewSimulation(1, 1)
	for tick := range uint64(21) {
		_, sent := valuesOf(simulation.Sample(t.Context(), noon(), tick)[0].Events)["filesystem{mount=/}"]
		if sent != (tick%10 == 0) {
			t.Errorf("tick %d: file systems sent %t", tick, sent)
		}
	}
}

func TestSimulationEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if updates := NewSimulation(3, 1).Sample(ctx, noon(), 0); len(updates) != 0 {
		t.Errorf("%d updates after the end, want none", len(updates))
	}
}

func TestFamiliesAreDescribed(t *testing.T) {
	seen := make(map[string]string)
	for _, family := range Families() {
		if family.Help == "" || strings.HasSuffix(family.Help, ".") {
			t.Errorf("%s: help is %q, want a sentence without its full stop", family.Name, family.Help)
		}
		if family.Kind != metric.Gauge || !strings.HasPrefix(family.Prometheus, "vitals_") {
			t.Errorf("%s: kind %q, Prometheus name %q", family.Name, family.Kind, family.Prometheus)
		}
		if family.Unit == metric.Percent && !strings.HasSuffix(family.Prometheus, "_ratio") ||
			family.Unit == metric.Bytes && !strings.HasSuffix(family.Prometheus, "_bytes") {
			t.Errorf("%s: %s is not called after its base unit", family.Name, family.Prometheus)
		}
		for _, name := range []string{family.Name, family.Prometheus} {
			if other, taken := seen[name]; taken {
				t.Errorf("%s and %s are both called %s", other, family.Name, name)
			}
			seen[name] = family.Name
		}
	}
}
