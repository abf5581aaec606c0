package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// remoteRead gives raw samples to another Prometheus, which then evaluates itself. Of the two forms of the answer it has the
// one that every reader takes: all samples in one message.
func (a *API) remoteRead(w http.ResponseWriter, r *http.Request) error {
	leave, err := a.begin(r)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), a.limits.Time)
	defer cancel()
	request, err := a.readRequest(r)
	if err != nil {
		return err
	}
	if err := a.boundMatchers(ctx, request.Queries); err != nil {
		return err
	}
	budget := a.limits.Samples
	response := &prompb.ReadResponse{Results: make([]*prompb.QueryResult, len(request.Queries))}
	for i, query := range request.Queries {
		if response.Results[i], err = a.readSamples(ctx, query, &budget); err != nil {
			return err
		}
	}
	message, err := response.Marshal()
	if err != nil {
		return fmt.Errorf("encode samples: %w", err)
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.Header().Set("Content-Encoding", "snappy")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(snappy.Encode(nil, message)) // an error: the client is gone
	return nil
}

// readRequest decodes the body. What it unpacks to is bounded before it is unpacked.
func (a *API) readRequest(r *http.Request) (*prompb.ReadRequest, error) {
	packed, err := io.ReadAll(r.Body) // bounded by who called
	if err != nil {
		return nil, bodyError("read the body", err)
	}
	size, err := snappy.DecodedLen(packed)
	if most := a.mostUnpacked(); err == nil && size > most {
		err = fmt.Errorf("%d bytes unpacked; at most %d are read", size, most)
	}
	var unpacked []byte
	if err == nil {
		unpacked, err = snappy.Decode(nil, packed)
	}
	request := &prompb.ReadRequest{}
	if err == nil {
		err = request.Unmarshal(unpacked)
	}
	if err != nil {
		return nil, &Error{Kind: BadData, Message: fmt.Sprintf("the body is no read request, packed by snappy: %v", err)}
	}
	if len(request.Queries) > a.limits.Selectors {
		return nil, &Error{Kind: BadData, Message: fmt.Sprintf("%d queries; at most %d are read", len(request.Queries), a.limits.Selectors)}
	}
	return request, nil
}

// mostUnpacked is how large a read request may be. What two bytes say may take a hundred in memory, so it is not much more than
// the text that is allowed.
func (a *API) mostUnpacked() int {
	const timesText = 4
	return timesText * a.limits.ExpressionBytes
}

// boundMatchers bounds the matchers of all queries together, before any of them is compiled.
func (a *API) boundMatchers(ctx context.Context, queries []*prompb.Query) error {
	together := burden{limits: a.limits}
	for _, query := range queries {
		for _, matcher := range query.GetMatchers() {
			if err := together.matcher(ctx, matcher); err != nil {
				return badParameter("matchers", err)
			}
		}
	}
	return nil
}

// readSamples finds the samples of one query and takes them off the budget.
func (a *API) readSamples(ctx context.Context, query *prompb.Query, budget *int) (*prompb.QueryResult, error) {
	matchers, err := readMatchers(query.GetMatchers())
	if err != nil {
		return nil, err
	}
	querier, err := a.storage.Querier(query.GetStartTimestampMs(), query.GetEndTimestampMs())
	if err != nil {
		return nil, err
	}
	defer closeRead(querier)
	set := querier.Select(ctx, true, nil, matchers...)
	result := &prompb.QueryResult{}
	for set.Next() {
		series, err := a.readSeries(ctx, set.At(), budget)
		if err != nil {
			return nil, err
		}
		if result.Timeseries = append(result.Timeseries, series); len(result.Timeseries) > a.limits.Series {
			return nil, &Error{Kind: Execution, Message: fmt.Sprintf("more than %d series; select fewer", a.limits.Series)}
		}
	}
	if err := errors.Join(set.Err(), ctx.Err()); err != nil {
		return nil, readError(err)
	}
	return result, nil
}

func (a *API) readSeries(ctx context.Context, from storage.Series, budget *int) (*prompb.TimeSeries, error) {
	series := &prompb.TimeSeries{Labels: prompb.FromLabels(from.Labels(), nil)}
	samples := from.Iterator(nil)
	for samples.Next() == chunkenc.ValFloat {
		if *budget--; *budget < 0 {
			return nil, &Error{Kind: Execution, Message: fmt.Sprintf(
				"more than %d samples; ask for fewer series or a shorter range", a.limits.Samples)}
		}
		const checkEvery = 1 << 14
		if *budget%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at, value := samples.At()
		series.Samples = append(series.Samples, prompb.Sample{Timestamp: at, Value: value})
	}
	if err := samples.Err(); err != nil {
		return nil, readError(err)
	}
	return series, nil
}

// readMatchers reads the matchers of a query.
func readMatchers(written []*prompb.LabelMatcher) ([]*labels.Matcher, error) {
	kinds := map[prompb.LabelMatcher_Type]labels.MatchType{
		prompb.LabelMatcher_EQ: labels.MatchEqual, prompb.LabelMatcher_NEQ: labels.MatchNotEqual,
		prompb.LabelMatcher_RE: labels.MatchRegexp, prompb.LabelMatcher_NRE: labels.MatchNotRegexp,
	}
	matchers := make([]*labels.Matcher, 0, len(written))
	for _, one := range written {
		kind, isKnown := kinds[one.GetType()]
		if !isKnown {
			return nil, &Error{Kind: BadData, Message: fmt.Sprintf("matcher: there is no type %d", one.GetType())}
		}
		matcher, err := labels.NewMatcher(kind, one.GetName(), one.GetValue())
		if err != nil {
			return nil, &Error{Kind: BadData, Message: fmt.Sprintf("matcher: %v", err)}
		}
		matchers = append(matchers, matcher)
	}
	if !namesSomething(matchers) {
		return nil, &Error{Kind: BadData, Message: "a query must contain at least one non-empty matcher"}
	}
	return matchers, nil
}
