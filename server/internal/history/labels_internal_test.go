package history

import (
	"testing"

	"vitals/internal/metric"
)

func TestSeriesLabels(t *testing.T) {
	cpu := metric.Family{Name: "cpu.core", Decimals: 2, Prometheus: "vitals_cpu_core_ratio"}
	for text, c := range map[string]struct {
		family metric.Family
		custom bool
		want   string
	}{
		`cpu.core{core=0}`: {
			cpu, false,
			`{__decimals__="2", __metric__="cpu.core{core=0}", __name__="vitals_cpu_core_ratio", core="0", host="web"}`,
		},
		`orders.open`: {metric.Family{}, true, `{__metric__="orders.open", __name__="orders_open", host="web"}`},
		`x{host=a}`:   {metric.Family{}, true, `{__metric__="x{host=a}", __name__="x", exported_host="a", host="web"}`},
		`x{exported_host=b,host=a}`: {
			metric.Family{},
			true,
			`{__metric__="x{exported_host=b,host=a}", __name__="x", exported_exported_host="a", exported_host="b", host="web"}`,
		},
		`x{__name__=y}`: {metric.Family{}, true, `{__metric__="x{__name__=y}", __name__="x", exported___name__="y", host="web"}`},
	} {
		name, err := metric.ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		series := metric.Family{Name: name.Family}.Describe(name)
		series.Custom = c.custom
		if got := seriesLabels("web", series, c.family).String(); got != c.want {
			t.Errorf("%s: %s, want %s", text, got, c.want)
		}
	}
}
