package collect

import (
	"context"
	"time"

	"vitals/internal/metric"
)

// Simulation samples machines that do not exist: web servers, databases, caches, batch workers and edge boxes with
// working days, nightly backups, spikes and noise. It has every family that a real machine has.
//
// Sample is a pure function of the seed, the host and the time: two simulations with the same seed agree, whatever was
// asked before, and past moments may be asked for in any order. It is safe to call from many goroutines.
type Simulation struct {
	machines []*machine
	families map[string]metric.Family
}

var _ Source = (*Simulation)(nil)

// NewSimulation makes so many hosts (at least one): web-1, db-1, cache-1, batch-1, edge-1, web-2 and so on.
func NewSimulation(hosts int, seed uint64) *Simulation {
	s := &Simulation{families: make(map[string]metric.Family)}
	for _, family := range Families() {
		s.families[family.Name] = family
	}
	now := time.Now()
	for number := range max(hosts, 1) {
		s.machines = append(s.machines, newMachine(number, seed, now))
	}
	return s
}

// Hosts returns the machines; their boot time is that of the moment when the simulation was made.
func (s *Simulation) Hosts() []metric.Host {
	hosts := make([]metric.Host, 0, len(s.machines))
	for _, machine := range s.machines {
		hosts = append(hosts, machine.host)
	}
	return hosts
}

// Families describes every series of this room.
func (s *Simulation) Families() []metric.Family { return Families() }

// Sample returns one update a host for that time, past or future. Slow families have values when tick is a multiple of 10.
func (s *Simulation) Sample(ctx context.Context, now time.Time, tick uint64) []metric.Update {
	updates := make([]metric.Update, 0, len(s.machines))
	for _, machine := range s.machines {
		if ctx.Err() != nil {
			return updates
		}
		updates = append(updates, s.sample(machine, now, tick))
	}
	return updates
}

func (s *Simulation) sample(machine *machine, now time.Time, tick uint64) metric.Update {
	scene := scene{
		machine:  machine,
		families: s.families,
		at:       float64(now.UnixMilli()) / 1000,
		update: metric.Update{
			Host: machine.host.Name, Timestamp: metric.TimestampOf(now), Events: make([]metric.Event, 0, 64+machine.cores),
		},
	}
	scene.play(tick%slowEvery == 0)
	return scene.update
}
