package collect

import (
	"context"
	"fmt"
	"maps"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/metric"
)

// Bounds of the time that one sensor may take before it is left behind.
const (
	leastBudget = 250 * time.Millisecond
	mostBudget  = 2 * time.Second
)

// sampler reads a set of sensors, one after another, and observes them.
type sampler struct {
	host     string
	budget   time.Duration
	logger   zerolog.Logger
	families map[string]metric.Family
	watched  []*watched

	mu     sync.Mutex
	faults map[string]Faults
}

// watched is a sensor with what the sampler knows about it. Only hung is shared with the goroutines that read sensors.
type watched struct {
	Sensor
	every    uint64
	duration string // the names of its own two series
	success  string
	failing  bool
	hung     atomic.Bool
}

func newSampler(host string, interval time.Duration, logger zerolog.Logger, sensors []Sensor) *sampler {
	s := &sampler{
		host:     host,
		budget:   min(max(interval/2, leastBudget), mostBudget),
		logger:   logger,
		families: make(map[string]metric.Family),
		faults:   make(map[string]Faults),
	}
	for _, family := range sensorFamilies() {
		s.families[family.Name] = family
	}
	for _, sensor := range sensors {
		s.watch(sensor)
	}
	return s
}

func (s *sampler) watch(sensor Sensor) {
	every := 0
	for _, family := range sensor.Families() {
		s.families[family.Name] = family
		if pace := max(family.Every, 1); every == 0 || pace < every {
			every = pace
		}
	}
	s.watched = append(s.watched, &watched{
		Sensor:   sensor,
		every:    uint64(max(every, 1)),
		duration: seriesName("sensor.duration", "sensor", sensor.Name()),
		success:  seriesName("sensor.success", "sensor", sensor.Name()),
	})
}

// tick reads the sensors whose turn it is and returns what they say.
func (s *sampler) tick(ctx context.Context, now time.Time, number uint64) metric.Update {
	update := metric.Update{Host: s.host, Timestamp: metric.TimestampOf(now)}
	update.Events = make([]metric.Event, 0, 64)
	var queue []*watched
	for _, sensor := range s.watched {
		switch due := number%sensor.every == 0; {
		case due && sensor.hung.Load():
			s.add(&update, sensor, metric.Event{Metric: sensor.success, Value: 0})
		case due:
			queue = append(queue, sensor)
		case !sensor.hung.Load():
			s.addLate(&update, sensor, now)
		}
	}
	for len(queue) > 0 {
		queue = s.run(ctx, &update, queue)
	}
	return update
}

func (s *sampler) addLate(update *metric.Update, sensor *watched, now time.Time) {
	if late, ok := sensor.Sensor.(latecomer); ok {
		s.add(update, sensor, late.Late(now)...)
	}
}

// run reads the sensors of the queue in a goroutine of its own. It returns those that are still to be read: none, or the
// ones after a sensor that hangs.
func (s *sampler) run(ctx context.Context, update *metric.Update, queue []*watched) []*watched {
	current := newRound(queue)
	go current.read()
	hung := current.wait(ctx, s.budget)
	for i, result := range current.results {
		s.collect(update, queue[i], result)
	}
	if !hung {
		return nil
	}
	if ctx.Err() == nil {
		s.leaveBehind(update, queue[len(current.results)])
		return queue[len(current.results)+1:]
	}
	return nil
}

func (s *sampler) collect(update *metric.Update, sensor *watched, result result) {
	s.add(update, sensor, result.events...)
	s.add(update, sensor, metric.Event{Metric: sensor.duration, Value: result.took.Seconds()})
	success := metric.Event{Metric: sensor.success, Value: 1}
	if result.err != nil {
		success.Value = 0
		s.count(sensor, func(faults *Faults) { faults.Errors++ })
	}
	s.add(update, sensor, success)
	s.report(sensor, result.err)
}

func (s *sampler) leaveBehind(update *metric.Update, sensor *watched) {
	s.count(sensor, func(faults *Faults) { faults.Hangs++ })
	s.add(update, sensor, metric.Event{Metric: sensor.success, Value: 0})
	s.report(sensor, fmt.Errorf("no answer within %v", s.budget))
}

// add appends the events that can be sent: finite, of a known family, rounded to the digits that mean something.
func (s *sampler) add(update *metric.Update, sensor *watched, events ...metric.Event) {
	for _, event := range events {
		name, _, _ := strings.Cut(event.Metric, "{")
		family, known := s.families[name]
		event.Value = family.Round(event.Value)
		if math.IsNaN(event.Value) || math.IsInf(event.Value, 0) {
			s.count(sensor, func(faults *Faults) { faults.NotFinite++ })
			continue
		}
		if known {
			event.Timestamp = update.Timestamp
			update.Events = append(update.Events, event)
		}
	}
}

// report logs the first failure of a row and the recovery, not every tick between.
func (s *sampler) report(sensor *watched, err error) {
	switch failing := err != nil; {
	case failing && !sensor.failing:
		s.logger.Warn().Str("sensor", sensor.Name()).Err(err).Msg("sensor fails")
	case !failing && sensor.failing:
		s.logger.Info().Str("sensor", sensor.Name()).Msg("sensor works again")
	}
	sensor.failing = err != nil
}

func (s *sampler) count(sensor *watched, change func(*Faults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := s.faults[sensor.Name()]
	change(&faults)
	s.faults[sensor.Name()] = faults
}

// copyFaults returns the counts of the sensors that ever failed. Safe to call from any goroutine.
func (s *sampler) copyFaults() map[string]Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.faults)
}
