package history

import (
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"vitals/internal/hub"
	"vitals/internal/metric"
)

// storedSeries is a series as the one who appends knows it.
type storedSeries struct {
	host     string
	key      seriesKey
	labels   labels.Labels
	rounding Rounding
	ref      storage.SeriesRef // 0 until the first append

	known       bool  // whether what follows is
	newest      int64 // timestamp of its newest sample
	newestValue float64
}

// seriesKey tells the stored series of a host apart: one that was measured and pushed too is stored twice, since its
// values were rounded at the one time and not at the other.
type seriesKey struct {
	metric   string
	decimals int
}

// hostSeries are the stored series of a host that were appended to lately.
type hostSeries struct {
	byKey  map[seriesKey]*storedSeries
	recent [2]binding
}

// binding is what the columns of a catalogue stand for.
type binding struct {
	catalog *hub.Catalog
	series  []*storedSeries
}

// Bounds on what is remembered; beyond them it is looked up again.
const (
	maxHostsBound  = 2000
	maxSeriesSpare = 4000 // of a host, above those of its catalogues
)

// bind finds the stored series of a catalogue's columns.
func (t *TSDB) bind(catalog *hub.Catalog) []*storedSeries {
	host := t.hosts[catalog.Host]
	if host == nil {
		if len(t.hosts) >= maxHostsBound {
			clear(t.hosts)
		}
		host = &hostSeries{byKey: make(map[seriesKey]*storedSeries, len(catalog.Series))}
		t.hosts[catalog.Host] = host
	}
	for _, bound := range host.recent {
		if bound.catalog == catalog {
			return bound.series
		}
	}
	bound := binding{catalog: catalog, series: t.storedSeries(host, catalog)}
	host.recent[1], host.recent[0] = host.recent[0], bound
	host.forget()
	t.catalogue.noteSeries(catalog.Host, catalog.Series)
	return bound.series
}

func (t *TSDB) storedSeries(host *hostSeries, catalog *hub.Catalog) []*storedSeries {
	found := make([]*storedSeries, len(catalog.Series))
	for column, series := range catalog.Series {
		family := t.families[series.Family]
		key := seriesKey{series.Metric, storedDecimals(series, family)}
		stored := host.byKey[key]
		if stored == nil {
			stored = newStoredSeries(catalog.Host, key, series, family)
			host.byKey[key] = stored
		}
		found[column] = stored
	}
	return found
}

func newStoredSeries(host string, key seriesKey, series metric.Series, family metric.Family) *storedSeries {
	return &storedSeries{
		host: host, key: key, labels: seriesLabels(host, series, family), rounding: newRounding(key.decimals),
	}
}

// forget drops series that no recent catalogue has, once they are many.
func (h *hostSeries) forget() {
	if len(h.byKey) <= maxSeriesSpare+len(h.recent[0].series)+len(h.recent[1].series) {
		return
	}
	clear(h.byKey)
	for _, bound := range h.recent {
		for _, series := range bound.series {
			h.byKey[series.key] = series
		}
	}
}
