package collect

import (
	"context"
	"time"

	"vitals/internal/metric"
)

// Source is what [Run] drives: the machine itself, or simulated ones.
type Source interface {
	// Hosts returns what does not change while the source lives. The first host is the source's own.
	Hosts() []metric.Host

	// Families describes every series that Sample may return.
	Families() []metric.Family

	// Sample reads all hosts. The tick counts from 0; a family with Every n has values when tick is a multiple of n.
	// Every event carries the timestamp of its update. Sample is called by one goroutine at a time and returns soon
	// after ctx ends.
	Sample(ctx context.Context, now time.Time, tick uint64) []metric.Update
}

// Families describes every series that a source of this package may send, in the order of the documentation.
func Families() []metric.Family {
	var families []metric.Family
	for _, group := range [][]metric.Family{
		cpuFamilies(), loadFamilies(), memoryFamilies(), diskFamilies(), filesystemFamilies(), networkFamilies(),
		pressureFamilies(), temperatureFamilies(), processesFamilies(), uptimeFamilies(), vitalsFamilies(), sensorFamilies(),
	} {
		families = append(families, group...)
	}
	return families
}

// seriesName makes the name of a series of a device. It returns "" when the device has a name that no series can have
// (unprintable, or too long); such a device is left out.
func seriesName(family string, pairs ...string) string {
	name, err := metric.NewName(family, pairs...)
	if err != nil {
		return ""
	}
	return name.String()
}
