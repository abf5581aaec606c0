package history

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"vitals/internal/metric"
)

// reader answers questions from the chunks of a store.
type reader struct {
	chunks   storage.ChunkQueryable
	describe func(host, name string) (metric.Series, bool)
	bounds   bounds
}

// storedPast is what is stored of a series: usually one part. It has more where the same series was stored in two ways, such
// as rounded by one version of the program and exactly by another.
type storedPast struct {
	series metric.Series
	parts  []storedPart
}

type storedPart struct {
	chunks   storage.ChunkSeries
	rounding Rounding
}

// find lists the series of a selection that have chunks near [from, to), by name. The chunks are read later, while the
// querier is open.
func (r *reader) find(
	ctx context.Context, querier storage.ChunkQuerier, selection Selection, from, to int64,
) ([]storedPast, error) {
	matchers, err := matchersOf(selection)
	if err != nil {
		return nil, err
	}
	hints := &storage.SelectHints{Start: from, End: to - 1, DisableTrimming: true} // to trim a chunk is to encode it anew
	set := querier.Select(ctx, false, hints, matchers...)
	var found []storedPast
	places := make(map[string]int)
	for set.Next() {
		chunks := set.At()
		stored := chunks.Labels()
		name := stored.Get(MetricLabel)
		place, known := places[name]
		if !known {
			series, isSeries := r.describe(selection.Host, name)
			if !isSeries {
				continue
			}
			place = len(found)
			places[name] = place
			found = append(found, storedPast{series: series})
		}
		found[place].parts = append(found[place].parts, storedPart{chunks, RoundingOf(stored)})
	}
	if err := set.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b storedPast) int { return strings.Compare(a.series.Metric, b.series.Metric) })
	return found, nil
}

// matchersOf says in the library's words what is selected. A regular expression of whole names is a set to it.
func matchersOf(selection Selection) ([]*labels.Matcher, error) {
	host, err := labels.NewMatcher(labels.MatchEqual, HostLabel, selection.Host)
	if err != nil {
		return nil, err
	}
	if len(selection.Metrics) == 0 {
		return []*labels.Matcher{host}, nil
	}
	patterns := make([]string, 0, len(selection.Metrics))
	for _, glob := range selection.Metrics {
		patterns = append(patterns, strings.ReplaceAll(regexp.QuoteMeta(string(glob)), `\*`, `.*`))
	}
	names, err := labels.NewMatcher(labels.MatchRegexp, MetricLabel, strings.Join(patterns, "|"))
	if err != nil {
		return nil, fmt.Errorf("select series: %w", err)
	}
	return []*labels.Matcher{host, names}, nil
}
