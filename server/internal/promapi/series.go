package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// listing is what all lists of names ask for.
type listing struct {
	querier  storage.Querier
	matchers [][]*labels.Matcher
	limit    int
	start    int64 // unix milliseconds
	end      int64
}

// openListing reads the parameters of a list and opens the storage; the caller closes the querier.
func (a *API) openListing(ctx context.Context, r *http.Request) (listing, error) {
	limit, err := limitParameter(r)
	if err != nil {
		return listing{}, err
	}
	start, end, err := period(r)
	if err != nil {
		return listing{}, err
	}
	matchers, err := a.selectors(ctx, r)
	if err != nil {
		return listing{}, err
	}
	wanted := listing{matchers: matchers, limit: a.limits.Series, start: start.UnixMilli(), end: end.UnixMilli()}
	if limit > 0 {
		wanted.limit = min(limit, wanted.limit)
	}
	if wanted.querier, err = a.storage.Querier(wanted.start, wanted.end); err != nil {
		return listing{}, err
	}
	return wanted, nil
}

// series lists the series that selectors match.
func (a *API) series(r *http.Request) (answer, error) {
	if len(r.Form["match[]"]) == 0 {
		return answer{}, &Error{Kind: BadData, Message: "no match[] parameter provided"}
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.limits.Time)
	defer cancel()
	wanted, err := a.openListing(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer closeRead(wanted.querier)
	set := wanted.find(ctx, seriesOnly)
	found, warnings := []labels.Labels{}, set.Warnings()
	for set.Next() && ctx.Err() == nil {
		if len(found) == wanted.limit {
			return answer{data: found, warnings: warnings.Add(errCutOff)}, nil
		}
		found = append(found, set.At().Labels())
	}
	if err := errors.Join(set.Err(), ctx.Err()); err != nil {
		return answer{}, readError(err)
	}
	return answer{data: found, warnings: warnings}, nil
}

// seriesOnly tells the storage that no samples will be read. It is a word of the library, for which it has no name.
const seriesOnly = "series"

// find asks the storage for what any of the selectors matches, each series once. The purpose may let it read less.
func (l listing) find(ctx context.Context, purpose string) storage.SeriesSet {
	hints := &storage.SelectHints{Start: l.start, End: l.end, Func: purpose, Limit: l.limit + 1}
	sets := make([]storage.SeriesSet, 0, len(l.matchers))
	for _, matchers := range l.matchers {
		sets = append(sets, l.querier.Select(ctx, true, hints, matchers...))
	}
	return storage.NewMergeSeriesSet(sets, 0, storage.ChainedSeriesMerge)
}

// labelNames lists the names of labels.
func (a *API) labelNames(r *http.Request) (answer, error) {
	return a.listNames(r, func(ctx context.Context, q storage.Querier, hints *storage.LabelHints, matchers []*labels.Matcher) (
		[]string, annotations.Annotations, error,
	) {
		return q.LabelNames(ctx, hints, matchers...)
	})
}

// labelValues lists the values of a label.
func (a *API) labelValues(r *http.Request) (answer, error) {
	name := r.PathValue("name")
	if len(name) > 3 && name[:3] == "U__" { // how a name with other characters than usual travels in a path
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) {
		return answer{}, &Error{Kind: BadData, Message: fmt.Sprintf("invalid label name: %.80q", name)}
	}
	return a.listNames(r, func(ctx context.Context, q storage.Querier, hints *storage.LabelHints, matchers []*labels.Matcher) (
		[]string, annotations.Annotations, error,
	) {
		return q.LabelValues(ctx, name, hints, matchers...)
	})
}

// lister asks the storage for names.
type lister func(context.Context, storage.Querier, *storage.LabelHints, []*labels.Matcher) ([]string, annotations.Annotations, error)

// listNames lists the names that a lister finds for any of the selectors, sorted.
func (a *API) listNames(r *http.Request, list lister) (answer, error) {
	ctx, cancel := context.WithTimeout(r.Context(), a.limits.Time)
	defer cancel()
	wanted, err := a.openListing(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer closeRead(wanted.querier)
	if len(wanted.matchers) == 0 {
		wanted.matchers = [][]*labels.Matcher{nil} // all
	}
	found, warnings := map[string]struct{}{}, annotations.Annotations{}
	for _, matchers := range wanted.matchers {
		names, more, err := list(ctx, wanted.querier, &storage.LabelHints{Limit: wanted.limit + 1}, matchers)
		if err != nil {
			return answer{}, readError(err)
		}
		warnings.Merge(more)
		for _, name := range names {
			found[name] = struct{}{}
		}
	}
	sorted := slices.AppendSeq(make([]string, 0, len(found)), maps.Keys(found))
	slices.Sort(sorted)
	if len(sorted) > wanted.limit {
		sorted, warnings = sorted[:wanted.limit], warnings.Add(errCutOff)
	}
	return answer{data: sorted, warnings: warnings}, nil
}

// closeRead closes what was only read; nothing is lost if that fails.
func closeRead(querier io.Closer) { querier.Close() }

// readError is an error of reading the storage: that of the context if this ended it.
func readError(err error) error {
	if isEnded(err) {
		return err
	}
	return unreadable(err)
}
