package collect

import (
	"math"

	"vitals/internal/metric"
)

// The signals of a machine. Those of cores, disks and so on are counted up from theirs.
const (
	chBoot channel = iota + 1
	chWork
	chJobs
	chSpikes
	chSystem
	chStall
	chSteal
	chMemory
	chSaw
	chCached
	chSwap
	chProcesses
	chSelf
	chCores       channel = 1000
	chDisks       channel = 2000
	chInterfaces  channel = 3000
	chTemperature channel = 4000
	chSensors     channel = 5000
)

// scene is one machine at one moment. Everything in it hangs together: the mean of the cores is the total, which is the
// sum of its modes; totals are the sums of their devices; used and available memory make up the whole.
type scene struct {
	*machine
	families map[string]metric.Family
	at       float64
	update   metric.Update
}

// play writes the events of the moment.
func (s *scene) play(slow bool) {
	busy := s.processors()
	s.loads()
	s.memoryVitals()
	s.diskVitals()
	s.networkVitals()
	s.pressures(busy)
	s.say("uptime", "uptime", math.Floor(s.at-s.bootTime(s.at)))
	s.ownVitals(slow)
	if slow {
		s.countProcesses()
		s.filesystems()
		s.temperatures()
	}
}

// say adds an event and returns its value, rounded as the family wants it.
func (s *scene) say(family, name string, value float64) float64 {
	value = s.families[family].Round(value)
	s.update.Events = append(s.update.Events, metric.Event{Metric: name, Value: value, Timestamp: s.update.Timestamp})
	return value
}

// utilization is the share of the processors that the work of that time wants, 0 to 1.
func (m *machine) utilization(at float64) float64 {
	return clamp(m.steadyUse(at)+0.5*m.spikes(chSpikes, at, 97, 0.3), 0.003, 0.97)
}

// steadyUse is the utilization without its spikes.
func (m *machine) steadyUse(at float64) float64 {
	mood := 0.4*m.noise(chWork, at, 900, 240, 61) + 0.7*m.noise(chWork+3, at, 47, 19, 8, 3)
	people := m.work * workday(at) * (1 + mood)
	return m.idle*(1+0.3*m.noise(chWork+1, at, 31, 7, 2)) + people + m.jobs*m.jobLoad(at) + 0.12*m.backup(at)
}

// jobLoad is the share of the batch jobs that run: jobs begin and end sharply, several at once.
func (m *machine) jobLoad(at float64) float64 {
	running := 0.0
	for lane := range 4 {
		c := chJobs + channel(lane)<<20
		length := 420.0 + 310*float64(lane)
		if m.chance(c, int64(math.Floor(at/length))) < 0.45 {
			running += 0.25 * (1 + 0.06*m.noise(c+1<<50, at, 40, 9, 2))
		}
	}
	return running
}

func (m *machine) backup(at float64) float64 {
	return nightly(at, m.backupDelay, 1500+30*float64(m.cores))
}

// average is the mean of a utilization over the time before, as a load average sees it.
func average(use func(at float64) float64, at, seconds float64) float64 {
	const points = 40 // so many that one of them passing a spike moves the mean by little
	sum, weights := 0.0, 0.0
	for i := range points {
		past := (float64(i) + 0.5) / points * 2 * seconds
		weight := math.Exp(-past / seconds)
		sum += weight * use(at-past)
		weights += weight
	}
	return sum / weights
}

// processors says cores, modes and total, and returns the total share.
func (s *scene) processors() float64 {
	wanted := 100 * s.utilization(s.at) * (1 + 0.09*s.wave(chWork+2, s.at, 1.05))
	cores := make([]float64, s.cores)
	sum := 0.0
	for i := range cores {
		// Some cores are used more than others for minutes, and none of them is steady.
		own := s.noise(chCores+channel(i), s.at, 310, 23, 5, 1.7)
		cores[i] = s.families["cpu.core"].Round(clamp(wanted*(1+0.8*own)+2*own, 0, 100))
		sum += cores[i]
	}
	total := s.families["cpu"].Round(sum / float64(s.cores))
	round := s.families["cpu.system"].Round
	system := round(total * s.kernelShare * (1 + 0.25*s.noise(chSystem, s.at, 60, 11, 3)))
	stall := round(total * s.stallShare())
	steal := round(total * s.steal * (1 + s.noise(chSteal, s.at, 120, 13, 3)))
	s.say("cpu", "cpu", total)
	s.say("cpu.user", "cpu.user", total-system-stall-steal)
	s.say("cpu.system", "cpu.system", system)
	s.say("cpu.iowait", "cpu.iowait", stall)
	s.say("cpu.steal", "cpu.steal", steal)
	for i, share := range cores {
		s.say("cpu.core", s.names.cores[i], share)
	}
	return total / 100
}

// stallShare is the part of the time in use that waits for a disk: much while the backup reads everything.
func (s *scene) stallShare() float64 {
	return min(s.stall*(1+0.8*s.noise(chStall, s.at, 90, 13, 3))+0.22*s.backup(s.at), 0.6)
}

// loads leaves the spikes out of the long averages, in which they would be lost anyway.
func (s *scene) loads() {
	cores := float64(s.cores)
	s.say("load.1m", "load.1m", 1.06*cores*average(s.utilization, s.at, 60))
	s.say("load.5m", "load.5m", 1.06*cores*average(s.steadyUse, s.at, 300))
	s.say("load.15m", "load.15m", 1.06*cores*average(s.steadyUse, s.at, 900))
}

func (s *scene) memoryVitals() {
	const page = 4096
	saw := s.memorySaw * sawtooth(s.at, 4*hourSeconds+1800*s.chance(chSaw, 0))
	share := s.memoryUsed + saw + 0.05*workday(s.at) + 0.1*s.jobs*s.jobLoad(s.at) +
		0.02*s.noise(chMemory, s.at, 7200, 900, 120, 11) + 0.0004*s.noise(chMemory+1, s.at, 3, 1.1)
	used := math.Floor(clamp(share, 0.02, 0.985)*s.memory/page) * page
	available := s.memory - used
	cached := math.Floor(available*(0.74+0.06*s.noise(chCached, s.at, 3600, 300, 31))/page) * page
	s.say("memory", "memory", 100*used/s.memory)
	s.say("memory.used", "memory.used", used)
	s.say("memory.available", "memory.available", available)
	s.say("memory.cached", "memory.cached", cached)
	s.say("memory.total", "memory.total", s.memory)
	if s.swap > 0 {
		swapped := math.Floor(s.swap*clamp(0.04+0.03*s.noise(chSwap, s.at, 21600, 3600), 0, 1)/page) * page
		s.say("swap", "swap", 100*swapped/s.swap)
		s.say("swap.used", "swap.used", swapped)
	}
}

// sawtooth rises from 0 to 1 in each period and falls back in the last fiftieth of it.
func sawtooth(at, period float64) float64 {
	along := math.Mod(at, period) / period
	return min(along/0.98, (1-along)/0.02)
}

func (s *scene) diskVitals() {
	totalAt := len(s.update.Events)
	s.say("disk.read", "disk.read", 0)
	s.say("disk.write", "disk.write", 0)
	work := 0.15 + workday(s.at) + s.jobs*s.jobLoad(s.at)
	for i, disk := range s.disks {
		c := chDisks + channel(i)*10
		burst := math.Exp(1.4 * s.noise(c, s.at, 120, 23, 5, 1.3))
		flush := s.spikes(c+1, s.at, 31, 0.5) * disk.write * 2
		read := min(disk.read*work*burst+s.backup(s.at)*0.2*disk.most, 0.7*disk.most)
		write := min(disk.write*work*math.Exp(1.2*s.noise(c+2, s.at, 60, 11, 2))+flush, 0.6*disk.most)
		busy := clamp(100*(read+write)/(0.45*disk.most)+1.5*s.noise(c+3, s.at, 7, 2)+1, 0, 100)
		s.update.Events[totalAt].Value += s.say("disk.device.read", s.names.read[i], read)
		s.update.Events[totalAt+1].Value += s.say("disk.device.write", s.names.write[i], write)
		s.say("disk.device.busy", s.names.busy[i], busy)
	}
}

func (s *scene) networkVitals() {
	totalAt := len(s.update.Events)
	s.say("network.receive", "network.receive", 0)
	s.say("network.transmit", "network.transmit", 0)
	work := 0.06 + workday(s.at) + 0.6*s.spikes(chSpikes, s.at, 97, 0.3)
	for i, port := range s.interfaces {
		c := chInterfaces + channel(i)*10
		// What comes in goes out again, changed: both follow the same requests.
		requests := work * math.Exp(0.5*s.noise(c, s.at, 300, 61, 13, 3, 1.3))
		receive := port.receive * requests * (1 + 0.15*s.noise(c+1, s.at, 5, 1.7))
		transmit := port.transmit * requests * (1 + 0.15*s.noise(c+2, s.at, 5, 1.7))
		if i == 1 {
			transmit += s.backup(s.at) * 0.08 * port.most
		}
		drops := math.Floor(40 * max(s.spikes(c+3, s.at, 1800, 0.3)-0.2, 0))
		s.update.Events[totalAt].Value += s.say("network.interface.receive", s.names.receive[i], min(receive, port.most))
		s.update.Events[totalAt+1].Value += s.say("network.interface.transmit", s.names.transmit[i], min(transmit, port.most))
		s.say("network.interface.errors", s.names.errors[i], math.Floor(5*max(s.spikes(c+4, s.at, 7200, 0.2)-0.4, 0)))
		s.say("network.interface.drops", s.names.drops[i], drops)
	}
}

func (s *scene) pressures(busy float64) {
	recent := average(s.utilization, s.at, 10)
	s.say("pressure.cpu", "pressure.cpu", clamp(3*recent*recent+160*max(recent-0.62, 0)+20*max(busy-0.8, 0), 0, 100))
	s.say("pressure.memory", "pressure.memory", clamp(8*max(s.noise(chMemory+2, s.at, 3600, 400, 30)-0.55, 0), 0, 100))
	s.say("pressure.io", "pressure.io", clamp(100*recent*s.stallShare()*1.4, 0, 100))
}

func (s *scene) countProcesses() {
	people := 0.12 * s.profile.processes * workday(s.at)
	s.say("processes", "processes", s.profile.processes+people+0.03*s.profile.processes*s.noise(chProcesses, s.at, 600, 60, 7))
}

// ownVitals are those of Vitals itself on the machine, and of its sensors.
func (s *scene) ownVitals(slow bool) {
	s.say("vitals.cpu", "vitals.cpu", 0.14+0.05*s.noise(chSelf, s.at, 60, 7, 2))
	s.say("vitals.memory", "vitals.memory", math.Floor((21+3*s.noise(chSelf+1, s.at, 3600, 120, 9))*mib/4096)*4096)
	for i, sensor := range simulatedSensors() {
		if sensor.slow && !slow {
			continue
		}
		seconds := sensor.seconds * math.Exp(0.6*s.noise(chSensors+channel(i), s.at, 11, 3, 1.1))
		s.say("sensor.duration", s.names.durations[i], seconds)
		s.say("sensor.success", s.names.successes[i], 1)
	}
}

func (s *scene) filesystems() {
	for i, mount := range s.mounts {
		days := math.Mod(s.at/daySeconds, 7)
		share := clamp(mount.share+mount.growth*days, 0, 1)
		used := math.Floor(share*mount.size/4096) * 4096
		s.say("filesystem", s.names.mountShares[i], 100*used/mount.size)
		s.say("filesystem.used", s.names.mountUsed[i], used)
		s.say("filesystem.total", s.names.mountSize[i], mount.size)
	}
}

// temperatures follow the load with the delay of metal.
func (s *scene) temperatures() {
	load := average(s.utilization, s.at, 60)
	for i, sensor := range s.sensors {
		drift := 1.2 * s.noise(chTemperature+channel(i), s.at, 1800, 120, 20)
		s.say("temperature", s.names.temperatures[i], sensor.rest+sensor.load*load+drift)
	}
}
