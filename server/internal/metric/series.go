package metric

import "math"

// Unit is what a value of a series counts. The app formats by it; the Prometheus and OpenTelemetry names convert from it.
type Unit string

// The units that sensors use.
const (
	Percent        Unit = "percent" // 0 to 100
	Bytes          Unit = "bytes"   //
	BytesPerSecond Unit = "bytes/s" //
	PerSecond      Unit = "1/s"     // things a second
	Celsius        Unit = "celsius" //
	Seconds        Unit = "seconds" //
	Count          Unit = "count"   // a number of things
	Boolean        Unit = "boolean" // 1 is true, 0 is false
	NoUnit         Unit = ""        // a plain number, such as a load average
)

// Kind says how a value behaves over time.
type Kind string

// Every family that sensors send is a gauge: rates are computed at the source.
const (
	Gauge   Kind = "gauge"
	Counter Kind = "counter" // only grows, starts again at 0
)

// Family describes all series that share a name before the braces.
type Family struct {
	Name          string   // such as cpu.core
	Labels        []string // the label keys of its series, sorted; none for a family of one series
	Unit          Unit     //
	Kind          Kind     //
	Help          string   // one sentence for people, without a full stop
	Decimals      int      // digits after the point that mean something; values are rounded to them at the source
	Every         int      // a value comes every so many ticks; 0 and 1 mean each tick
	Prometheus    string   // the name in Prometheus form: base units, ratios 0 to 1
	OpenTelemetry string   // the nearest name of the OpenTelemetry semantic conventions, if there is one
}

// Round cuts a value to the digits that mean something in this family.
func (f Family) Round(value float64) float64 {
	scale := math.Pow10(f.Decimals)
	return math.Round(value*scale) / scale
}

// Series describes one series of a host: what a reader must know before the first event.
type Series struct {
	Metric string            `json:"metric"`           // the whole name, such as cpu.core{core=0}
	Family string            `json:"family"`           // the name before the braces
	Labels map[string]string `json:"labels,omitempty"` // the labels between the braces
	Unit   Unit              `json:"unit"`             //
	Kind   Kind              `json:"kind"`             //
	Help   string            `json:"help,omitempty"`   //
	Every  int               `json:"every,omitempty"`  // a value comes every so many ticks; absent means each tick
	Custom bool              `json:"custom,omitempty"` // pushed by somebody, not measured by a sensor: values come when they come
}

// Describe makes the series with that name in this family.
func (f Family) Describe(name Name) Series {
	series := Series{Metric: name.String(), Family: name.Family, Unit: f.Unit, Kind: f.Kind, Help: f.Help}
	if f.Every > 1 {
		series.Every = f.Every
	}
	if len(name.Labels) > 0 {
		series.Labels = make(map[string]string, len(name.Labels))
		for _, label := range name.Labels {
			series.Labels[label.Key] = label.Value
		}
	}
	return series
}

// Host is what is known of a machine and does not change while it runs.
type Host struct {
	Name           string      `json:"name"`                     // the topic of its stream; unique within a hub
	Hostname       string      `json:"hostname"`                 // what the machine calls itself
	Addresses      []string    `json:"addresses,omitempty"`      // IP addresses of its real interfaces, loopback left out
	OS             string      `json:"os,omitempty"`             // such as Debian GNU/Linux 12 (bookworm)
	Kernel         string      `json:"kernel,omitempty"`         // such as Linux 6.1.0
	Architecture   string      `json:"architecture,omitempty"`   // such as x86_64
	Virtualization string      `json:"virtualization,omitempty"` // such as kvm guest; empty on bare metal
	CPUModel       string      `json:"cpuModel,omitempty"`       //
	CPUCount       int         `json:"cpuCount,omitempty"`       // logical processors
	MemoryBytes    uint64      `json:"memoryBytes,omitempty"`    //
	BootTime       TimestampMs `json:"bootTime,omitempty"`       // unix seconds on the wire
	SilentSince    TimestampMs `json:"silentSince,omitempty"`    // unix seconds of its last update, while it sends nothing
}
