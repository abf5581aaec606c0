package history

import (
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"vitals/internal/metric"
)

// The labels of a stored series. The two hidden ones begin and end like those that Prometheus keeps to itself.
const (
	HostLabel     = "host"         // the host's name
	MetricLabel   = "__metric__"   // the whole name of the series, see [metric.ParseName]
	DecimalsLabel = "__decimals__" // of values that are stored rounded: the digits after the point that they have
)

// seriesLabels are the labels that a series of a host is stored under. The family is the zero value if it is not known.
func seriesLabels(host string, series metric.Series, family metric.Family) labels.Labels {
	builder := labels.NewScratchBuilder(4 + len(series.Labels))
	builder.Add(model.MetricNameLabel, prometheusName(series.Family, family))
	builder.Add(HostLabel, host)
	builder.Add(MetricLabel, series.Metric)
	if decimals := storedDecimals(series, family); decimals != exact {
		builder.Add(DecimalsLabel, strconv.Itoa(decimals))
	}
	for key, value := range series.Labels {
		builder.Add(labelName(key, series.Labels), value)
	}
	builder.Sort()
	return builder.Labels()
}

// prometheusName is that of the family, or one made of the family's own name if it is not known.
func prometheusName(name string, family metric.Family) string {
	if family.Prometheus != "" {
		return family.Prometheus
	}
	return strings.ReplaceAll(name, ".", "_")
}

// labelName keeps a key of a series apart from the labels that every series has, as Prometheus does it: exported_ goes
// before it until no other has that name.
func labelName(key string, taken map[string]string) string {
	if key != HostLabel && !strings.HasPrefix(key, "__") {
		return key
	}
	for {
		key = "exported_" + key
		if _, collides := taken[key]; !collides {
			return key
		}
	}
}

// isHidden says that a label is for this package only.
func isHidden(name string) bool { return name == MetricLabel || name == DecimalsLabel }
