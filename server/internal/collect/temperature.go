package collect

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/shirou/gopsutil/v3/host"

	"vitals/internal/metric"
)

// Readings outside of these bounds, and an exact 0, come from inputs that nothing is wired to.
const (
	leastCelsius = -40
	mostCelsius  = 150
)

func temperatureFamilies() []metric.Family {
	return []metric.Family{{
		Name: "temperature", Labels: []string{"sensor"}, Unit: metric.Celsius, Kind: metric.Gauge, Decimals: 1,
		Every: slowEvery, Help: "Temperature that a sensor of the machine tells",
		Prometheus: "vitals_temperature_celsius", OpenTelemetry: "hw.temperature",
	}}
}

// temperatureSensor reads hwmon, or thermal zones where there is none. A machine without either has no events.
type temperatureSensor struct {
	ctx   context.Context
	names map[string]string // by key, with #2, #3 for sensors of the same name
}

func newTemperatureSensor(ctx context.Context) *temperatureSensor {
	return &temperatureSensor{ctx: ctx, names: make(map[string]string)}
}

func (s *temperatureSensor) Name() string              { return "temperature" }
func (s *temperatureSensor) Families() []metric.Family { return temperatureFamilies() }

// Read succeeds when some sensor answered: chips that are asleep refuse to, and are left out.
func (s *temperatureSensor) Read(time.Time) ([]metric.Event, error) {
	readings, err := host.SensorsTemperaturesWithContext(s.ctx)
	if len(readings) == 0 && err != nil {
		return nil, fmt.Errorf("read temperatures: %w", err)
	}
	events := make([]metric.Event, 0, len(readings))
	seen := make(map[string]int, len(readings))
	for _, reading := range readings {
		seen[reading.SensorKey]++
		if !isBelievable(reading.Temperature) {
			continue
		}
		if series := s.series(reading.SensorKey, seen[reading.SensorKey]); series != "" {
			events = append(events, metric.Event{Metric: series, Value: reading.Temperature})
		}
	}
	return events, nil
}

// series names the sensor; two drives of the same kind have the same key, so the second is called key#2.
func (s *temperatureSensor) series(key string, number int) string {
	if number > 1 {
		key += "#" + strconv.Itoa(number)
	}
	series, known := s.names[key]
	if !known {
		series = seriesName("temperature", "sensor", key)
		s.names[key] = series
	}
	return series
}

func isBelievable(celsius float64) bool {
	return celsius >= leastCelsius && celsius <= mostCelsius && celsius != 0
}
