package collect

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vitals/internal/metric"
)

func TestGauges(t *testing.T) {
	f := newFixture(t)
	ctx := f.paths.context(t.Context())
	for _, test := range []struct {
		sensor Sensor
		want   map[string]float64
	}{
		{loadSensor{ctx: ctx}, map[string]float64{"load.1m": 1.5, "load.5m": 0.75, "load.15m": 0.25}},
		{memorySensor{ctx: ctx}, map[string]float64{
			"memory": 43.75, "memory.used": 7000000 * 1024, "memory.available": 9000000 * 1024, "memory.cached": 6000000 * 1024,
			"memory.total": 16000000 * 1024, "swap": 25, "swap.used": 1000000 * 1024,
		}},
		{newPressureSensor(f.paths.proc), map[string]float64{"pressure.cpu": 12.5, "pressure.memory": 0.75, "pressure.io": 0.75}},
		{newProcessesSensor(f.paths.proc), map[string]float64{"processes": 3}},
	} {
		t.Run(test.sensor.Name(), func(t *testing.T) {
			if diff := cmp.Diff(test.want, f.read(test.sensor)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMachineWithoutSwapHasNoSwapSeries(t *testing.T) {
	f := newFixture(t)
	f.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 2000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n")
	values := f.read(memorySensor{ctx: f.paths.context(t.Context())})
	if _, sent := values["swap"]; sent {
		t.Errorf("values are %v, want no swap: absent is not 0", values)
	}
	if values["memory"] != 0 || values["memory.available"] != 1000*1024 {
		t.Errorf("values are %v, want available limited to the total", values)
	}
}

// A missing, empty or torn file is an error: never a value, never the end of the program.
func TestUnreadableFiles(t *testing.T) {
	for _, file := range []string{"stat", "meminfo", "diskstats", "net/dev", "1/mountinfo"} {
		for _, content := range []string{"missing", "", "x", "garbage: 12\nfoo bar baz\nwrong\n"} {
			t.Run(file+" "+content, func(t *testing.T) {
				f := newFixture(t)
				f.remove("proc/" + file)
				if content != "missing" {
					f.write("proc/"+file, content)
				}
				for _, sensor := range hostSensors(t.Context(), f.paths, HostOptions{}) {
					if sensor.Name() != sensorOf(file) {
						continue
					}
					values, err := f.tryRead(sensor)
					if len(values) != 0 {
						t.Errorf("%s returned %v (%v), want nothing", sensor.Name(), values, err)
					}
					if err == nil && content == "missing" {
						t.Errorf("%s returned no error", sensor.Name())
					}
				}
			})
		}
	}
}

func sensorOf(file string) string {
	return map[string]string{
		"stat": "cpu", "meminfo": "memory", "diskstats": "disk", "net/dev": "network", "1/mountinfo": "filesystem",
	}[file]
}

func TestCPUComesBackAfterAMissingFile(t *testing.T) {
	f := newFixture(t)
	sensor := f.cpu()
	f.read(sensor)
	f.remove("proc/stat")
	if _, err := f.tryRead(sensor); err == nil {
		t.Error("reading without a file returned no error")
	}
	f.lay("base")
	f.read(sensor)
	f.lay("normal")
	if got := f.read(sensor)["cpu"]; got != 25 {
		t.Errorf("cpu is %v after the file came back, want 25", got)
	}
}

func TestKernelWithoutPressure(t *testing.T) {
	f := newFixture(t)
	f.remove("proc/pressure/memory")
	if got := f.read(newPressureSensor(f.paths.proc)); len(got) != 2 {
		t.Errorf("values are %v, want cpu and io", got)
	}
	f.remove("proc/pressure")
	if newPressureSensor(f.paths.proc) != nil {
		t.Error("there is a sensor though the kernel has no pressure")
	}
	for _, sensor := range hostSensors(t.Context(), f.paths, HostOptions{}) {
		if sensor.Name() == "pressure" {
			t.Error("the host has the sensor, which would fail every second")
		}
	}
}

func TestTemperaturesWithPartialFailures(t *testing.T) {
	f := newFixture(t)
	f.lay("hwmon")
	sensor := newTemperatureSensor(f.paths.context(t.Context()))
	want := map[string]float64{
		"temperature{sensor=coretemp_package_id_0}": 45,
		"temperature{sensor=nvme_composite}":        38.9,
		"temperature{sensor=nvme_composite#2}":      41.9,
		"temperature{sensor=nct6775#4}":             28.5, // the three inputs before are not wired
	}
	if diff := cmp.Diff(want, f.read(sensor)); diff != "" {
		t.Errorf("want what answered and can be believed (-want +got):\n%s", diff)
	}
}

func TestTemperaturesWithoutAnySensor(t *testing.T) {
	f := newFixture(t)
	if got := f.read(newTemperatureSensor(f.paths.context(t.Context()))); len(got) != 0 {
		t.Errorf("values are %v, want none", got)
	}
}

func TestMountsThatAreShown(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct {
		name  string
		globs []string
		want  []string
	}{
		{"usual", nil, []string{"/", "/home", "/mnt/My Files", "/srv"}},
		{"by type", []string{"-nfs*"}, []string{"/", "/home", "/srv"}},
		{"by mount point", []string{"*", "/run", "-/home"}, []string{"/", "/mnt/My Files", "/run", "/srv"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sensor := newFilesystemSensor(t.Context(), f.paths, test.globs)
			got, err := sensor.mounts.list()
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("mounts are %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

func TestMountsAreAskedBelowTheRootfs(t *testing.T) {
	f := newFixture(t)
	sensor := newFilesystemSensor(t.Context(), f.paths, []string{"/srv"})
	var asked string
	sensor.statfs = func(path string) (usage, error) {
		asked = path
		return usage{used: 30, available: 10, total: 50}, nil
	}
	got := f.read(sensor)
	want := map[string]float64{"filesystem{mount=/srv}": 75, "filesystem.used{mount=/srv}": 30, "filesystem.total{mount=/srv}": 50}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if asked != filepath.Join(f.root, "srv") {
		t.Errorf("asked for %s, want the path below the rootfs", asked)
	}
}

func TestDescribeHost(t *testing.T) {
	f := newFixture(t)
	f.write("proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD  EPYC 7R13\n\nprocessor\t: 1\nmodel name\t: AMD  EPYC 7R13\n\n")
	source, err := newHost(t.Context(), f.paths, HostOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := source.Hosts()[0]
	want := metric.Host{
		Name: "fixture-1", Hostname: "fixture-1", OS: "Debian GNU/Linux 12 (bookworm)", CPUModel: "AMD EPYC 7R13", CPUCount: 2,
		MemoryBytes: 16000000 * 1024, BootTime: 1750000000000,
		Kernel: got.Kernel, Architecture: got.Architecture, Addresses: got.Addresses, Virtualization: got.Virtualization,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Kernel == "" || got.Architecture == "" {
		t.Errorf("kernel %q on %q, want both", got.Kernel, got.Architecture)
	}
}

func TestPrettyName(t *testing.T) {
	for release, want := range map[string]string{
		"NAME=Alpine\nVERSION_ID=3.20\n":        "Alpine 3.20",
		"PRETTY_NAME='Arch Linux'\nNAME=Arch\n": "Arch Linux",
		"":                                      "Linux",
	} {
		if got := prettyName(release); got != want {
			t.Errorf("name of %q is %q, want %q", release, got, want)
		}
	}
}

func TestNewHostRefusesBadOptions(t *testing.T) {
	for name, options := range map[string]HostOptions{
		"a bad glob":    {Filesystems: []string{"["}},
		"a bad root":    {Rootfs: "/no/such/folder"},
		"an empty root": {Rootfs: t.TempDir()},
	} {
		if _, err := NewHost(t.Context(), options); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestPathsHonourTheEnvironmentAndTheRootfs(t *testing.T) {
	t.Setenv("HOST_PROC", "/elsewhere/proc")
	t.Setenv("HOST_SYS", "")
	got := resolvePaths("/host/")
	want := paths{proc: "/elsewhere/proc", sys: "/host/sys", etc: "/host/etc", rootfs: "/host"}
	if got != want {
		t.Errorf("paths are %+v, want %+v", got, want)
	}
	t.Setenv("HOST_PROC", "")
	if got := resolvePaths(""); !got.isOwn() || got.sys != "/sys" {
		t.Errorf("paths are %+v, want our own", got)
	}
}

func (f *fixture) write(path, content string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.root, path), []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
}
