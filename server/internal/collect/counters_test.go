package collect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The trees of testdata are one second apart: base, then normal, wrap, reset or plugged; later follows plugged.

func (f *fixture) cpu() Sensor { return newCPUSensor(f.paths.context(f.t.Context())) }

func (f *fixture) disks() Sensor {
	return newDiskSensor(f.paths.context(f.t.Context()), f.paths.sys, nil)
}

func (f *fixture) network() Sensor {
	return newNetworkSensor(f.paths.context(f.t.Context()), f.paths, nil)
}

func TestCountersBecomeRates(t *testing.T) {
	const (
		kept  = "values of the parts that went on as usual"
		none  = "no value from counters that went back"
		fresh = "no value of a part at its first read"
	)
	normalCPU := map[string]float64{
		"cpu": 25, "cpu.user": 15, "cpu.system": 5, "cpu.iowait": 2.5, "cpu.steal": 2.5,
		"cpu.core{core=0}": 50, "cpu.core{core=1}": 0,
	}
	normalDisk := map[string]float64{
		"disk.read": 1572864, "disk.write": 2097152,
		"disk.device.read{device=sda}": 1048576, "disk.device.write{device=sda}": 2097152, "disk.device.busy{device=sda}": 50,
		"disk.device.read{device=nvme0n1}": 524288, "disk.device.write{device=nvme0n1}": 0, "disk.device.busy{device=nvme0n1}": 0,
	}
	normalNetwork := map[string]float64{
		"network.receive": 2001000, "network.transmit": 100500,
		"network.interface.receive{interface=eth0}": 2000000, "network.interface.transmit{interface=eth0}": 100000,
		"network.interface.errors{interface=eth0}": 4, "network.interface.drops{interface=eth0}": 7,
		"network.interface.receive{interface=eth1}": 1000, "network.interface.transmit{interface=eth1}": 500,
		"network.interface.errors{interface=eth1}": 0, "network.interface.drops{interface=eth1}": 0,
	}
	for _, test := range []struct {
		name, tree, why string
		sensor          func(*fixture) Sensor
		want            map[string]float64
	}{
		{"cpu", "normal", "shares with guest time counted once", (*fixture).cpu, normalCPU},
		{"cpu", "wrap", kept, (*fixture).cpu, map[string]float64{"cpu.core{core=0}": 50}},
		{"cpu", "reset", none, (*fixture).cpu, map[string]float64{}},
		{"cpu", "plugged", fresh, (*fixture).cpu, normalCPU},
		{"disk", "normal", "whole physical disks only", (*fixture).disks, normalDisk},
		{"disk", "wrap", kept, (*fixture).disks, map[string]float64{
			"disk.device.read{device=nvme0n1}": 524288, "disk.device.write{device=nvme0n1}": 0, "disk.device.busy{device=nvme0n1}": 0,
		}},
		{"disk", "reset", none, (*fixture).disks, map[string]float64{}},
		{"disk", "plugged", fresh, (*fixture).disks, normalDisk},
		{"network", "normal", "real interfaces only", (*fixture).network, normalNetwork},
		{"network", "wrap", kept, (*fixture).network, map[string]float64{
			"network.interface.receive{interface=eth1}": 1000, "network.interface.transmit{interface=eth1}": 500,
			"network.interface.errors{interface=eth1}": 0, "network.interface.drops{interface=eth1}": 0,
		}},
		{"network", "reset", none, (*fixture).network, map[string]float64{}},
		{"network", "plugged", fresh, (*fixture).network, normalNetwork},
	} {
		t.Run(test.name+" "+test.tree, func(t *testing.T) {
			f := newFixture(t)
			sensor := test.sensor(f)
			if values := f.read(sensor); len(values) != 0 {
				t.Errorf("the first read returned %v, want nothing: no interval has been measured", values)
			}
			f.lay(test.tree)
			if diff := cmp.Diff(test.want, f.read(sensor)); diff != "" {
				t.Errorf("want %s (-want +got):\n%s", test.why, diff)
			}
		})
	}
}

func TestWhatIsPluggedInHasValuesFromItsSecondReadOn(t *testing.T) {
	f := newFixture(t)
	sensors := []Sensor{f.cpu(), f.disks(), f.network()}
	for _, sensor := range sensors {
		f.read(sensor)
	}
	for _, tree := range []string{"plugged", "later"} {
		f.lay(tree)
		f.now = f.now.Add(relistEvery) // the list of disks is read again
		for _, sensor := range sensors {
			values := f.read(sensor)
			name := map[string]string{
				"cpu": "cpu.core{core=2}", "disk": "disk.device.read{device=sdb}", "network": "network.interface.receive{interface=eth2}",
			}[sensor.Name()]
			if value, sent := values[name]; sent != (tree == "later") || sent && value <= 0 {
				t.Errorf("%s: %s sent %t (%v), want it from its second read on", tree, name, sent, value)
			}
		}
	}
}

func TestCountersAfterAResetGoOn(t *testing.T) {
	f := newFixture(t)
	sensor := f.network()
	f.read(sensor)
	f.lay("reset")
	f.read(sensor)
	f.lay("normal")
	if got := f.read(sensor)["network.interface.receive{interface=eth1}"]; got != 7990 {
		t.Errorf("one read after the reset eth1 receives %v bytes/s, want 7990", got)
	}
}

func TestRatesUseTheMeasuredInterval(t *testing.T) {
	f := newFixture(t)
	sensor := f.disks()
	f.read(sensor)
	f.lay("normal")
	f.now = f.now.Add(59e9) // a minute between the reads
	values := f.read(sensor)
	if got, want := values["disk.write"], 34953.0; got != want {
		t.Errorf("disk.write is %v after a minute's pause, want %v: the mean, no spike", got, want)
	}
	if got, want := values["disk.device.busy{device=sda}"], 0.83; got != want {
		t.Errorf("busy is %v %%, want %v", got, want)
	}
}

func TestCPUToleratesTheLooseCountersOfIdleTime(t *testing.T) {
	before := cpuCounters{user: 100, system: 50, iowait: 10, steal: 1, idle: 1000}
	for _, test := range []struct {
		name  string
		after cpuCounters
		want  float64
		ok    bool
	}{
		{"iowait a tick back", cpuCounters{user: 101, system: 50, iowait: 9.99, steal: 1, idle: 1003}, 25, true},
		{"idle a tick back", cpuCounters{user: 101, system: 50, iowait: 10, steal: 1, idle: 999.99}, 100, true},
		{"idle far back", cpuCounters{user: 101, system: 50, iowait: 10, steal: 1, idle: 10}, 0, false},
		{"user back", cpuCounters{user: 99.99, system: 50, iowait: 10, steal: 1, idle: 1001}, 0, false},
		{"steal back", cpuCounters{user: 101, system: 50, iowait: 10, steal: 0, idle: 1001}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			spent, ok := test.after.since(before)
			share, _ := spent.share(spent.busy())
			if ok != test.ok || share != test.want {
				t.Errorf("got %v %% (%t), want %v %% (%t)", share, ok, test.want, test.ok)
			}
		})
	}
}

func TestDisksWithoutSysfs(t *testing.T) {
	f := newFixture(t)
	f.remove("sys")
	sensor := f.disks()
	f.read(sensor)
	f.lay("normal")
	f.remove("sys")
	values := f.read(sensor)
	if values["disk.read"] != 1572864 || len(values) != 8 {
		t.Errorf("values are %v, want sda and nvme0n1, found by their names", values)
	}
}

func TestGlobsChooseDevices(t *testing.T) {
	f := newFixture(t)
	ctx := f.paths.context(t.Context())
	disks := newDiskSensor(ctx, f.paths.sys, []string{"*", "dm-0", "-sda"})
	network := newNetworkSensor(ctx, f.paths, []string{"docker*"})
	f.read(disks)
	f.read(network)
	f.lay("normal")
	values := f.read(disks)
	if _, shown := values["disk.device.read{device=sda}"]; shown || values["disk.device.read{device=dm-0}"] != 524288 {
		t.Errorf("disks are %v, want dm-0 shown over the 2 s and sda not", values)
	}
	if values["disk.read"] != 262144 {
		t.Errorf("disk.read is %v, want nvme0n1 alone: dm-0 is never part of the total", values["disk.read"])
	}
	values = f.read(network)
	if _, total := values["network.receive"]; total || len(values) != 4 {
		t.Errorf("network is %v, want docker0 shown and no total of it", values)
	}
}

func TestNetworkPrefersTheNamespaceOfInit(t *testing.T) {
	f := newFixture(t)
	if got, want := f.paths.networkCounters(), f.paths.proc+"/net/dev"; got != want {
		t.Errorf("counters come from %s, want %s", got, want)
	}
	f.lay("initnet")
	if got, want := f.paths.networkCounters(), f.paths.proc+"/1/net/dev"; got != want {
		t.Errorf("counters come from %s, want %s", got, want)
	}
}
