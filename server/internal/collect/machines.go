package collect

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"vitals/internal/metric"
)

// profile is the character of a kind of simulated machine. Sizes are bytes, rates bytes a second.
type profile struct {
	role, system, kernel, architecture, virtualization, processor string

	cores              int
	memory, swap       float64
	idle, work, jobs   float64 // share of the processors in use: always, by people at work, by batch jobs
	kernelShare, stall float64 // of the time in use: in the kernel, waiting for a disk at rest
	steal              float64
	memoryUsed         float64 // share in use at rest
	memorySaw          float64 // share that fills up and is freed every few hours
	disks              [2]simulatedDisk
	mounts             []simulatedMount
	interfaces         [2]simulatedInterface
	sensors            []simulatedSensor
	processes          float64
}

// simulatedDisk has its rates on a usual working day, and the most it can do.
type simulatedDisk struct {
	name              string
	read, write, most float64
}

// simulatedMount fills from its share at the rate of growth a day, and is cleaned up weekly.
type simulatedMount struct {
	point         string
	size          float64
	share, growth float64
}

type simulatedInterface struct {
	name                    string
	receive, transmit, most float64
}

// simulatedSensor has its temperature at rest and what full load adds, in degrees Celsius.
type simulatedSensor struct {
	key        string
	rest, load float64
}

const (
	mib = 1 << 20
	gib = 1 << 30
	mb  = 1e6
)

// profiles are the kinds of machines, in the order in which hosts are made of them.
func profiles() []profile {
	return []profile{webProfile(), dbProfile(), cacheProfile(), batchProfile(), edgeProfile()}
}

func webProfile() profile {
	return profile{
		role: "web", system: "Debian GNU/Linux 12 (bookworm)", kernel: "Linux 6.1.0-28-amd64", architecture: "x86_64",
		virtualization: "kvm guest", processor: "AMD EPYC 7R13 Processor", cores: 16, memory: 32 * gib, swap: 4 * gib,
		idle: 0.05, work: 0.55, kernelShare: 0.24, stall: 0.02, steal: 0.012, memoryUsed: 0.42, memorySaw: 0.06,
		disks: [2]simulatedDisk{{"nvme0n1", 3 * mb, 14 * mb, 900 * mb}, {"nvme1n1", 0.6 * mb, 2.5 * mb, 900 * mb}},
		mounts: []simulatedMount{
			{"/", 90 * gib, 0.43, 0.002},
			{"/var/lib/data", 1900 * gib, 0.85, 0.004},
			{"/boot/efi", 512 * mib, 0.09, 0},
			{"/mnt/backup", 4000 * gib, 0.61, 0.003},
		},
		interfaces: [2]simulatedInterface{{"eth0", 52 * mb, 78 * mb, 1250 * mb}, {"eth1", 9 * mb, 4 * mb, 1250 * mb}},
		sensors:    []simulatedSensor{{"k10temp_tctl", 41, 33}, {"nvme_composite", 36, 12}, {"acpitz", 31, 8}},
		processes:  312,
	}
}

func dbProfile() profile {
	return profile{
		role: "db", system: "Rocky Linux 9.4 (Blue Onyx)", kernel: "Linux 5.14.0-427.el9.x86_64", architecture: "x86_64",
		processor: "Intel(R) Xeon(R) Gold 6426Y", cores: 32, memory: 256 * gib, swap: 16 * gib,
		idle: 0.08, work: 0.38, jobs: 0.06, kernelShare: 0.16, stall: 0.14, memoryUsed: 0.76, memorySaw: 0.02,
		disks: [2]simulatedDisk{{"nvme0n1", 85 * mb, 120 * mb, 3200 * mb}, {"nvme1n1", 20 * mb, 160 * mb, 3200 * mb}},
		mounts: []simulatedMount{
			{"/", 120 * gib, 0.28, 0.001},
			{"/boot", 1 * gib, 0.34, 0},
			{"/var/lib/pgsql", 3500 * gib, 0.66, 0.005},
			{"/var/lib/wal", 800 * gib, 0.87, 0.006},
		},
		interfaces: [2]simulatedInterface{{"eno1", 34 * mb, 92 * mb, 3125 * mb}, {"eno2", 40 * mb, 40 * mb, 3125 * mb}},
		sensors:    []simulatedSensor{{"coretemp_package_id_0", 44, 30}, {"nvme_composite", 42, 14}, {"nvme_composite#2", 40, 15}},
		processes:  684,
	}
}

func cacheProfile() profile {
	return profile{
		role: "cache", system: "Ubuntu 24.04.1 LTS", kernel: "Linux 6.8.0-49-generic", architecture: "aarch64",
		virtualization: "kvm guest", processor: "Neoverse-N1", cores: 8, memory: 128 * gib,
		idle: 0.06, work: 0.34, kernelShare: 0.46, stall: 0.004, steal: 0.006, memoryUsed: 0.62, memorySaw: 0.24,
		disks: [2]simulatedDisk{{"vda", 0.1 * mb, 0.9 * mb, 500 * mb}, {"vdb", 0.05 * mb, 6 * mb, 500 * mb}},
		mounts: []simulatedMount{
			{"/", 40 * gib, 0.31, 0.001}, {"/boot/efi", 256 * mib, 0.03, 0}, {"/var/lib/redis", 256 * gib, 0.84, 0.001},
		},
		interfaces: [2]simulatedInterface{{"ens5", 140 * mb, 210 * mb, 1250 * mb}, {"ens6", 18 * mb, 12 * mb, 1250 * mb}},
		sensors:    []simulatedSensor{{"cpu_thermal", 38, 24}},
		processes:  168,
	}
}

func batchProfile() profile {
	return profile{
		role: "batch", system: "Debian GNU/Linux 13 (trixie)", kernel: "Linux 6.12.9-amd64", architecture: "x86_64",
		processor: "AMD EPYC 9354P 32-Core Processor", cores: 64, memory: 384 * gib, swap: 32 * gib,
		idle: 0.02, work: 0.08, jobs: 0.82, kernelShare: 0.07, stall: 0.05, memoryUsed: 0.18, memorySaw: 0.04,
		disks: [2]simulatedDisk{{"sda", 40 * mb, 22 * mb, 520 * mb}, {"sdb", 60 * mb, 75 * mb, 520 * mb}},
		mounts: []simulatedMount{
			{"/", 200 * gib, 0.22, 0.001},
			{"/boot/efi", 512 * mib, 0.07, 0},
			{"/scratch", 7000 * gib, 0.82, 0.012},
			{"/home", 1000 * gib, 0.57, 0.002},
		},
		interfaces: [2]simulatedInterface{{"enp65s0f0", 95 * mb, 22 * mb, 3125 * mb}, {"enp65s0f1", 3 * mb, 3 * mb, 3125 * mb}},
		sensors:    []simulatedSensor{{"k10temp_tctl", 39, 44}, {"k10temp_tccd1", 37, 41}, {"drivetemp", 33, 9}},
		processes:  1040,
	}
}

func edgeProfile() profile {
	return profile{
		role: "edge", system: "Debian GNU/Linux 12 (bookworm)", kernel: "Linux 6.6.51+rpt-rpi-v8", architecture: "aarch64",
		processor: "Cortex-A76", cores: 4, memory: 8 * gib, swap: 1 * gib,
		idle: 0.11, work: 0.30, jobs: 0.10, kernelShare: 0.30, stall: 0.09, memoryUsed: 0.55, memorySaw: 0.12,
		disks: [2]simulatedDisk{{"mmcblk0", 0.3 * mb, 0.8 * mb, 85 * mb}, {"sda", 1.2 * mb, 3.4 * mb, 320 * mb}},
		mounts: []simulatedMount{
			{"/", 58 * gib, 0.64, 0.002}, {"/boot/firmware", 510 * mib, 0.15, 0}, {"/srv/recordings", 930 * gib, 0.86, 0.01},
		},
		interfaces: [2]simulatedInterface{{"eth0", 4.2 * mb, 1.6 * mb, 125 * mb}, {"wlan0", 0.3 * mb, 0.1 * mb, 30 * mb}},
		sensors:    []simulatedSensor{{"cpu_thermal", 46, 27}, {"rp1_adc", 44, 14}},
		processes:  141,
	}
}

// machine is one simulated host.
type machine struct {
	profile
	signals
	host        metric.Host
	backupDelay float64 // seconds after 02:00 UTC
	bootOffset  float64 // seconds; the machine is started anew every bootPeriod
	bootPeriod  float64
	names       machineNames
}

// machineNames are the names of the series of one machine that have labels, made once.
type machineNames struct {
	cores                             []string
	read, write, busy                 [2]string
	receive, transmit, errors, drops  [2]string
	mountShares, mountUsed, mountSize []string
	temperatures                      []string
	durations, successes              []string
}

func newMachine(number int, seed uint64, now time.Time) *machine {
	kinds := profiles()
	kind := kinds[number%len(kinds)]
	m := &machine{profile: kind, signals: signals{seed: seed*0x9e3779b97f4a7c15 + uint64(number)}}
	m.backupDelay = math.Floor(50*m.chance(chBoot, 1)) * 60
	m.bootPeriod = (40 + math.Floor(80*m.chance(chBoot, 2))) * daySeconds
	m.bootOffset = math.Floor(m.bootPeriod * m.chance(chBoot, 3))
	name := fmt.Sprintf("%s-%d", kind.role, number/len(kinds)+1)
	m.host = metric.Host{
		Name: name, Hostname: name, OS: kind.system, Kernel: kind.kernel, Architecture: kind.architecture,
		Virtualization: kind.virtualization, CPUModel: kind.processor, CPUCount: kind.cores, MemoryBytes: uint64(kind.memory),
		Addresses: []string{fmt.Sprintf("10.%d.%d.%d", number/62500%250, 10+number/250%250, 11+number%240)},
		BootTime:  metric.TimestampMs(1000 * m.bootTime(float64(now.UnixMilli())/1000)),
	}
	m.names = m.makeNames()
	return m
}

// bootTime is when the machine was last started before that time.
func (m *machine) bootTime(at float64) float64 {
	return math.Floor((at-m.bootOffset)/m.bootPeriod)*m.bootPeriod + m.bootOffset
}

func (m *machine) makeNames() machineNames {
	var names machineNames
	for core := range m.cores {
		names.cores = append(names.cores, seriesName("cpu.core", "core", strconv.Itoa(core)))
	}
	for i := range 2 {
		disk, port := m.disks[i].name, m.interfaces[i].name
		names.read[i] = seriesName("disk.device.read", "device", disk)
		names.write[i] = seriesName("disk.device.write", "device", disk)
		names.busy[i] = seriesName("disk.device.busy", "device", disk)
		names.receive[i] = seriesName("network.interface.receive", "interface", port)
		names.transmit[i] = seriesName("network.interface.transmit", "interface", port)
		names.errors[i] = seriesName("network.interface.errors", "interface", port)
		names.drops[i] = seriesName("network.interface.drops", "interface", port)
	}
	for _, mount := range m.mounts {
		names.mountShares = append(names.mountShares, seriesName("filesystem", "mount", mount.point))
		names.mountUsed = append(names.mountUsed, seriesName("filesystem.used", "mount", mount.point))
		names.mountSize = append(names.mountSize, seriesName("filesystem.total", "mount", mount.point))
	}
	for _, sensor := range m.sensors {
		names.temperatures = append(names.temperatures, seriesName("temperature", "sensor", sensor.key))
	}
	for _, sensor := range simulatedSensors() {
		names.durations = append(names.durations, seriesName("sensor.duration", "sensor", sensor.name))
		names.successes = append(names.successes, seriesName("sensor.success", "sensor", sensor.name))
	}
	return names
}

// sensorCost is a sensor and how long a read of it takes, in seconds.
type sensorCost struct {
	name    string
	seconds float64
	slow    bool // read on every tenth tick only
}

func simulatedSensors() []sensorCost {
	return []sensorCost{
		{"cpu", 60e-6, false},
		{"load", 20e-6, false},
		{"memory", 45e-6, false},
		{"disk", 90e-6, false},
		{"network", 50e-6, false},
		{"pressure", 40e-6, false},
		{"processes", 80e-6, true},
		{"uptime", 2e-6, false},
		{"vitals", 15e-6, false},
		{"filesystem", 180e-6, true},
		{"temperature", 220e-6, true},
	}
}
