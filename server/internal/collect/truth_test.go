package collect

import (
	"bytes"
	"crypto/rand"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"vitals/internal/metric"
)

// The truth tests compare sensors with this machine's own files, read by a parser that shares nothing with the sensors.
// Each sensor read stands between two independent reads: whatever else the machine does, a true value lies between what
// they allow.

// rows reads a file of this machine as words.
func rows(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("SKIPPED: this machine has no %s: %v", path, err)
	}
	var found [][]string
	for line := range bytes.Lines(text) {
		found = append(found, strings.Fields(strings.ReplaceAll(string(line), ":", " ")))
	}
	return found
}

func number(t *testing.T, word string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(word, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func eventsOf(t *testing.T, sensor Sensor, now time.Time) map[string]float64 {
	t.Helper()
	events, err := sensor.Read(now)
	if err != nil {
		t.Fatal(err)
	}
	return valuesOf(events)
}

func ownSensor(t *testing.T, name string) Sensor {
	t.Helper()
	for _, sensor := range hostSensors(t.Context(), resolvePaths(""), HostOptions{}) {
		if sensor.Name() == name {
			return sensor
		}
	}
	t.Skipf("SKIPPED: this machine has no sensor %s", name)
	return nil
}

// within checks a value against two independent ones, in either order, give or take the slack.
func within(t *testing.T, name string, value, bound, otherBound, slack float64) {
	t.Helper()
	least, most := min(bound, otherBound)-slack, max(bound, otherBound)+slack
	if value < least || value > most {
		t.Errorf("%s is %v, want between %v and %v", name, value, least, most)
	}
}

// work keeps a processor busy in user and kernel mode for a moment.
func work(duration time.Duration) {
	buffer := make([]byte, 64<<10)
	for end := time.Now().Add(duration); time.Now().Before(end); {
		_, _ = rand.Read(buffer) // fills the buffer or ends the program
		_ = bytes.Count(buffer, []byte{0})
	}
}

// cpuRow is the sum line of /proc/stat: user and nice, system and interrupts, iowait, steal, idle, in ticks.
func cpuRow(t *testing.T) [5]float64 {
	t.Helper()
	words := rows(t, "/proc/stat")[0]
	n := func(i int) float64 { return number(t, words[i]) }
	return [5]float64{n(1) + n(2), n(3) + n(6) + n(7), n(5), n(8), n(4)}
}

func TestTruthOfCPU(t *testing.T) {
	sensor := ownSensor(t, "cpu")
	before := cpuRow(t)
	eventsOf(t, sensor, time.Now())
	afterFirst := cpuRow(t)
	work(700 * time.Millisecond)
	beforeSecond := cpuRow(t)
	values := eventsOf(t, sensor, time.Now())
	after := cpuRow(t)

	// What was spent while the sensor measured is at most outer and at least inner. The sum line is computed apart from
	// the lines of the cores that the sensor adds up: each may be off by a tick a core.
	const slack = 8
	outer, inner := 0.0, 0.0
	for i := range after {
		outer += after[i] - before[i] + slack
		inner += max(beforeSecond[i]-afterFirst[i]-slack, 0)
	}
	for i, name := range []string{"cpu.user", "cpu.system", "cpu.iowait", "cpu.steal"} {
		least := 100 * max(beforeSecond[i]-afterFirst[i]-slack, 0) / outer
		most := 100 * (after[i] - before[i] + slack) / max(inner, 1)
		within(t, name, values[name], least, most, 0.01)
	}
	sum := values["cpu.user"] + values["cpu.system"] + values["cpu.iowait"] + values["cpu.steal"]
	within(t, "cpu", values["cpu"], sum, sum, 0.05)
	if values["cpu"] <= 0 {
		t.Errorf("cpu is %v %% though this test worked", values["cpu"])
	}
}

func memoryRow(t *testing.T, key string) float64 {
	t.Helper()
	for _, words := range rows(t, "/proc/meminfo") {
		if words[0] == key {
			return 1024 * number(t, words[1])
		}
	}
	return 0
}

func TestTruthOfMemory(t *testing.T) {
	const slack = 256 * mib // what other programs may take and give back between the reads
	availableBefore, swapBefore := memoryRow(t, "MemAvailable"), memoryRow(t, "SwapFree")
	values := eventsOf(t, ownSensor(t, "memory"), time.Now())
	available, swap, total := memoryRow(t, "MemAvailable"), memoryRow(t, "SwapFree"), memoryRow(t, "MemTotal")
	within(t, "memory.total", values["memory.total"], total, total, 0)
	within(t, "memory.available", values["memory.available"], availableBefore, available, slack)
	within(t, "memory.used", values["memory.used"], total-availableBefore, total-available, slack)
	within(t, "memory", values["memory"], 100-100*availableBefore/total, 100-100*available/total, 100*slack/total)
	cached := memoryRow(t, "Cached") + memoryRow(t, "Buffers") + memoryRow(t, "SReclaimable")
	within(t, "memory.cached", values["memory.cached"], cached, cached, slack)
	if swapTotal := memoryRow(t, "SwapTotal"); swapTotal > 0 {
		within(t, "swap.used", values["swap.used"], swapTotal-swapBefore, swapTotal-swap, slack)
	}
}

func TestTruthOfLoad(t *testing.T) {
	before := rows(t, "/proc/loadavg")[0]
	values := eventsOf(t, ownSensor(t, "load"), time.Now())
	after := rows(t, "/proc/loadavg")[0]
	for i, name := range []string{"load.1m", "load.5m", "load.15m"} {
		within(t, name, values[name], number(t, before[i]), number(t, after[i]), 0)
	}
}

// counted is what the counters of devices say: one row a device, by name.
type counted map[string][]float64

// devices reads chosen columns of a table whose device is in the given column.
func devices(t *testing.T, path string, nameAt int, columns ...int) counted {
	t.Helper()
	found := make(counted)
	for _, words := range rows(t, path) {
		if len(words) <= columns[len(columns)-1] {
			continue
		}
		var values []float64
		for _, column := range columns {
			if value, err := strconv.ParseFloat(words[column], 64); err == nil {
				values = append(values, value)
			}
		}
		if len(values) == len(columns) {
			found[words[nameAt]] = values
		}
	}
	return found
}

// checkGrowth measures between two pairs of independent reads and compares rates with the growth that these allow.
func checkGrowth(t *testing.T, sensor Sensor, read func() counted, scale float64, families []string, label string, load func()) {
	t.Helper()
	before := read()
	start := time.Now()
	eventsOf(t, sensor, start)
	afterFirst := read()
	load()
	beforeSecond := read()
	end := time.Now()
	values := eventsOf(t, sensor, end)
	after := read()
	checked := 0
	for device := range after {
		for i, family := range families {
			value, shown := values[seriesName(family, label, device)]
			if !shown {
				continue
			}
			checked++
			elapsed := end.Sub(start).Seconds()
			inner, outer := beforeSecond[device][i]-afterFirst[device][i], after[device][i]-before[device][i]
			within(t, family+" of "+device+" in bytes", value*elapsed, inner*scale, outer*scale, 1)
			t.Logf("%s of %s: %.0f bytes in %.3f s, independently %.0f to %.0f", family, device, value*elapsed, elapsed, inner*scale, outer*scale)
		}
	}
	if checked == 0 {
		t.Skipf("SKIPPED: this machine shows no %s", label)
	}
}

func TestTruthOfDisks(t *testing.T) {
	read := func() counted { return devices(t, "/proc/diskstats", 2, 5, 9) }
	checkGrowth(t, ownSensor(t, "disk"), read, 512, []string{"disk.device.read", "disk.device.write"}, "device", func() {
		content := make([]byte, 8*mib)
		_, _ = rand.Read(content) // fills the buffer or ends the program
		file, err := os.Create(filepath.Join(t.TempDir(), "written"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTruthOfNetwork(t *testing.T) {
	read := func() counted { return devices(t, "/proc/net/dev", 0, 1, 9) }
	families := []string{"network.interface.receive", "network.interface.transmit"}
	checkGrowth(t, ownSensor(t, "network"), read, 1, families, "interface", func() {
		// Packets to nowhere: TEST-NET-2, port discard. Without a route nothing is sent, and the counters agree as well.
		if connection, err := net.Dial("udp", "198.51.100.1:9"); err == nil {
			for range 20 {
				_, _ = connection.Write(make([]byte, 1000)) // it does not matter whether it is sent
			}
			_ = connection.Close()
		}
	})
}

func TestTruthOfFilesystems(t *testing.T) {
	const slack = 64 * mib // what others write between the reads
	statOf := func(path string) (used, total float64) {
		var stat syscall.Statfs_t
		if err := syscall.Statfs(path, &stat); err != nil {
			t.Fatal(err)
		}
		return float64(stat.Blocks-stat.Bfree) * float64(stat.Frsize), float64(stat.Blocks) * float64(stat.Frsize)
	}
	sensor := ownSensor(t, "filesystem").(*filesystemSensor)
	points, err := sensor.mounts.list()
	if err != nil || len(points) == 0 {
		t.Fatalf("this machine shows the file systems %v (%v), want some", points, err)
	}
	usedBefore := make(map[string]float64)
	for _, point := range points {
		usedBefore[point], _ = statOf(point)
	}
	values := eventsOf(t, sensor, time.Now())
	for deadline := time.Now().Add(2 * time.Second); len(values) < 3*len(points) && time.Now().Before(deadline); {
		maps.Copy(values, valuesOf(sensor.Late(time.Now())))
	}
	for _, point := range points {
		used, total := statOf(point)
		within(t, "used of "+point, values[seriesName("filesystem.used", "mount", point)], usedBefore[point], used, slack)
		within(t, "total of "+point, values[seriesName("filesystem.total", "mount", point)], total, total, 0)
	}
}

func TestTruthOfUptimeAndProcesses(t *testing.T) {
	countProcesses := func() float64 {
		numbered, err := filepath.Glob("/proc/[1-9]*")
		if err != nil {
			t.Fatal(err)
		}
		return float64(len(numbered))
	}
	before, processesBefore := number(t, rows(t, "/proc/uptime")[0][0]), countProcesses()
	uptime := eventsOf(t, ownSensor(t, "uptime"), time.Now())["uptime"]
	processes := eventsOf(t, ownSensor(t, "processes"), time.Now())["processes"]
	after, processesAfter := number(t, rows(t, "/proc/uptime")[0][0]), countProcesses()
	within(t, "uptime", uptime, before, after, 1)
	within(t, "processes", processes, processesBefore, processesAfter, 25) // others start and end processes all the time
}

// ownSeconds is the processor time of this process.
func ownSeconds(t *testing.T) float64 {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func TestTruthOfVitals(t *testing.T) {
	sensor := ownSensor(t, "vitals")
	work(100 * time.Millisecond) // what was used before the first read does not count
	before, start := ownSeconds(t), time.Now()
	eventsOf(t, sensor, start)
	afterFirst := ownSeconds(t)
	work(50 * time.Millisecond)
	beforeSecond, end := ownSeconds(t), time.Now()
	values := eventsOf(t, sensor, end)
	after := ownSeconds(t)
	percent := 100 / end.Sub(start).Seconds()
	within(t, "vitals.cpu", values["vitals.cpu"], percent*(beforeSecond-afterFirst), percent*(after-before), 0.01)
	for _, words := range rows(t, "/proc/self/status") {
		if len(words) > 1 && words[0] == "VmRSS" {
			within(t, "vitals.memory", values["vitals.memory"], 1024*number(t, words[1]), 1024*number(t, words[1]), 16*mib)
		}
	}
}

// A whole host, sampled by its own clock, sends what it promises.
func TestHostSource(t *testing.T) {
	source, err := NewHost(t.Context(), HostOptions{Name: "own"})
	if err != nil {
		t.Fatal(err)
	}
	work(100 * time.Millisecond)
	update := source.Sample(t.Context(), time.Now(), 0)[0]
	families := make(map[string]metric.Family)
	for _, family := range source.Families() {
		families[family.Name] = family
	}
	checkEvents(t, update, families)
	values := valuesOf(update.Events)
	for _, name := range []string{"cpu", "cpu.core{core=0}", "load.1m", "memory", "processes", "uptime", "vitals.cpu"} {
		if _, sent := values[name]; !sent {
			t.Errorf("%s is missing among %d events", name, len(values))
		}
	}
	if update.Host != "own" || source.Hosts()[0].Name != "own" {
		t.Errorf("the host is called %q and %q, want the name it was given", update.Host, source.Hosts()[0].Name)
	}
	if host := source.Hosts()[0]; host.CPUCount < 1 || host.MemoryBytes == 0 || host.BootTime == 0 {
		t.Errorf("the host is %+v, want processors, memory and boot time", host)
	}
}
