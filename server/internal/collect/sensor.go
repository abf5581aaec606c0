package collect

import (
	"time"

	"vitals/internal/metric"
)

// slowEvery is the pace of sensors that are dear to read: a value every so many ticks.
const slowEvery = 10

// Sensor reads one source of figures. One file, one sensor, one failure.
type Sensor interface {
	// Name is the label of the sensor's own duration and success, such as cpu.
	Name() string

	// Families describes every series that Read may return. The sensor is read every so many ticks as the smallest
	// Every among them says.
	Families() []metric.Family

	// Read returns the values of this instant. The sampler fills in timestamps and rounds the values. Events may come
	// together with an error, when a part could not be read. A sensor is read by one goroutine at a time; it may block,
	// and is left behind when it does so for too long.
	Read(now time.Time) ([]metric.Event, error)
}

// latecomer is an optional power of a slow sensor: it has values that came after its Read had stopped waiting for them.
// Late is called on the ticks between two reads and must not block.
type latecomer interface {
	Late(now time.Time) []metric.Event
}

// Faults counts what went wrong with one sensor since the start.
type Faults struct {
	Errors    uint64 // reads that returned an error or panicked
	Hangs     uint64 // reads that did not return within the budget
	NotFinite uint64 // values that were dropped because they were NaN or infinite
}

// sensorFamilies describes what the sampler says about the sensors themselves.
func sensorFamilies() []metric.Family {
	return []metric.Family{
		{
			Name: "sensor.duration", Labels: []string{"sensor"}, Unit: metric.Seconds, Kind: metric.Gauge, Decimals: 6,
			Help:       "Time that the last read of a sensor took",
			Prometheus: "vitals_sensor_duration_seconds",
		},
		{
			Name: "sensor.success", Labels: []string{"sensor"}, Unit: metric.Boolean, Kind: metric.Gauge,
			Help:       "Whether the last read of a sensor succeeded; 0 too while it hangs",
			Prometheus: "vitals_sensor_success",
		},
	}
}
