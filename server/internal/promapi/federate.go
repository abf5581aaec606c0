package promapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// federate gives the newest value of each series that match[] selects, as a page to scrape. It has the time of the value: a
// value that was scraped already is the same one again.
func (a *API) federate(w http.ResponseWriter, r *http.Request) error {
	leave, err := a.begin(r)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), a.limits.Time)
	defer cancel()
	newest, err := a.newest(ctx, r)
	if err != nil {
		return err
	}
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	w.Header().Set("Content-Type", string(format))
	w.Header().Set("Cache-Control", "no-store")
	page := expfmt.NewEncoder(w, format)
	for family := range slices.Values(families(newest, a.metadata())) {
		if err := page.Encode(family); err != nil {
			return nil //nolint:nilerr // the client is gone
		}
	}
	return nil
}

// newest finds the newest values, sorted by name. What has none within the lookback, or has ended, is left out.
func (a *API) newest(ctx context.Context, r *http.Request) (promql.Vector, error) {
	matchers, err := a.selectors(ctx, r)
	if err != nil {
		return nil, err
	}
	now := a.clock()
	found := listing{matchers: matchers, limit: a.limits.Series, start: now.Add(-lookback).UnixMilli(), end: now.UnixMilli()}
	if found.querier, err = a.storage.Querier(found.start, found.end); err != nil {
		return nil, err
	}
	defer closeRead(found.querier)
	newest, err := lastSamples(ctx, found.find(ctx, ""), found.limit)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(newest, func(a, b promql.Sample) int {
		return strings.Compare(a.Metric.Get(model.MetricNameLabel), b.Metric.Get(model.MetricNameLabel))
	})
	return newest, nil
}

// lastSamples takes the last sample of each series.
func lastSamples(ctx context.Context, set storage.SeriesSet, limit int) (promql.Vector, error) {
	var newest promql.Vector
	var samples chunkenc.Iterator
	for set.Next() && ctx.Err() == nil {
		series := set.At()
		samples = series.Iterator(samples)
		last := promql.Sample{Metric: series.Labels()}
		for samples.Next() == chunkenc.ValFloat {
			last.T, last.F = samples.At()
		}
		if err := samples.Err(); err != nil {
			return nil, readError(err)
		}
		if last.T != 0 && !value.IsStaleNaN(last.F) {
			newest = append(newest, last)
		}
		if len(newest) > limit {
			return nil, &Error{Kind: Execution, Message: "more series than a page may have; select fewer by match[]"}
		}
	}
	if err := errors.Join(set.Err(), ctx.Err()); err != nil {
		return nil, readError(err)
	}
	return newest, nil
}

// families makes what the page is made of out of samples that are sorted by name.
func families(samples promql.Vector, known map[string]Metadata) []*dto.MetricFamily {
	var families []*dto.MetricFamily
	for _, sample := range samples {
		name := sample.Metric.Get(model.MetricNameLabel)
		if len(families) == 0 || families[len(families)-1].GetName() != name {
			families = append(families, family(name, known))
		}
		newest := families[len(families)-1]
		newest.Metric = append(newest.Metric, metric(sample))
	}
	return families
}

// family is one without metrics. All are given as untyped, as a Prometheus does; the help is ours.
func family(name string, known map[string]Metadata) *dto.MetricFamily {
	family := &dto.MetricFamily{Name: &name, Type: dto.MetricType_UNTYPED.Enum()}
	if metadata, isKnown := known[name]; isKnown && metadata.Help != "" {
		family.Help = &metadata.Help
	}
	return family
}

// metric is one sample of a family. It has an empty label instance: to the reader that honours labels this says that the
// values are not those of the server that was scraped.
func metric(sample promql.Sample) *dto.Metric {
	metric := &dto.Metric{Untyped: &dto.Untyped{Value: &sample.F}, TimestampMs: &sample.T}
	hasInstance := false
	sample.Metric.Range(func(label labels.Label) {
		if label.Name == model.MetricNameLabel {
			return
		}
		hasInstance = hasInstance || label.Name == "instance"
		metric.Label = append(metric.Label, &dto.LabelPair{Name: &label.Name, Value: &label.Value})
	})
	if !hasInstance {
		metric.Label = append(metric.Label, &dto.LabelPair{Name: new("instance"), Value: new("")})
	}
	return metric
}
