package history

import (
	"context"
	"errors"
	"time"

	"vitals/internal/metric"
)

// errEmptyRange is for a range that ends before it begins.
var errEmptyRange = errors.New("the range must begin before it ends")

// Query implements [Store].
func (t *TSDB) Query(ctx context.Context, query Query) (*Result, error) {
	return t.reader().query(ctx, query)
}

func (t *TSDB) reader() *reader {
	return &reader{chunks: t.Queryable(), describe: t.catalogue.seriesNamed, bounds: usualBounds()}
}

// query reads within the bounds.
func (r *reader) query(ctx context.Context, query Query) (*Result, error) {
	if query.From >= query.To {
		return nil, errEmptyRange
	}
	asked, err := r.plan(query)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.bounds.time, r.bounds.tooLong())
	defer cancel()
	result, err := r.answer(ctx, asked)
	if err != nil {
		return nil, explain(ctx, err)
	}
	return result, nil
}

// plan is a query with its decisions made.
type plan struct {
	Query
	grid     grid // of the buckets; of no buckets if raw samples are asked for
	mayBeRaw bool // as long as no series has more than points samples
	points   int
}

func (p plan) mustBeRaw() bool { return p.grid.count == 0 }

// span is what must be read: for buckets whole ones.
func (p plan) span() (from, to int64) {
	if p.mustBeRaw() {
		return int64(p.From), int64(p.To)
	}
	return p.grid.from, p.grid.to()
}

func (r *reader) plan(query Query) (plan, error) {
	made := plan{Query: query, points: query.Points}
	if err := r.bounds.checkPoints(int64(query.Points)); err != nil {
		return made, err
	}
	switch {
	case query.Step > 0:
		made.grid = gridOver(query.From, query.To, query.Step)
		limit := r.bounds
		if query.Points > 0 {
			limit.points = query.Points
		}
		return made, limit.checkPoints(made.grid.count)
	case query.Points > 0:
		made.mayBeRaw = true
		made.grid = gridOver(query.From, query.To, stepFor(query.From, query.To, query.Points))
	default:
		made.mayBeRaw, made.points = true, r.bounds.points
	}
	return made, nil
}

func (r *reader) answer(ctx context.Context, asked plan) (*Result, error) {
	from, to := asked.span()
	querier, err := r.chunks.ChunkQuerier(from, to-1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	found, err := r.find(ctx, querier, asked.Selection, from, to)
	if err != nil {
		return nil, err
	}
	if err := r.bounds.checkSeries(len(found)); err != nil {
		return nil, err
	}
	making := newAnswering(asked, r.bounds)
	for _, past := range found {
		if err := making.add(ctx, past); err != nil {
			return nil, err
		}
	}
	return making.result(), nil
}

// answering makes the answer, series by series: raw samples as long as these are few, buckets from then on.
type answering struct {
	plan
	reading
	isRaw      bool
	raw        []rawPast
	buckets    *buckets
	summarizer summarizer
	series     []SeriesResult
}

// rawPast are the samples of a series, those beyond the range too that its first and last bucket would need.
type rawPast struct {
	result SeriesResult
	times  []metric.TimestampMs
	values []float64
	inside int // the range
}

func newAnswering(asked plan, limits bounds) *answering {
	return &answering{
		plan: asked, reading: reading{bounds: limits}, isRaw: asked.mayBeRaw,
		summarizer: summarizer{from: asked.From, to: asked.To},
	}
}

func (a *answering) add(ctx context.Context, past storedPast) error {
	a.summarizer.begin()
	var err error
	if a.isRaw {
		err = a.addRaw(ctx, past)
	} else {
		err = a.addBuckets(ctx, past)
	}
	if err != nil || !a.Summary || len(a.summarizer.values) == 0 {
		return err
	}
	summary := a.summarizer.end()
	if a.isRaw {
		a.raw[len(a.raw)-1].result.Summary = summary
	} else {
		a.series[len(a.series)-1].Summary = summary
	}
	return nil
}

// summarize keeps samples for the summary, if one is asked for.
func (a *answering) summarize(times []metric.TimestampMs, values []float64) error {
	if !a.Summary {
		return nil
	}
	before := cap(a.summarizer.values)
	a.summarizer.add(times, values)
	return a.hold(8 * int64(cap(a.summarizer.values)-before))
}

func (a *answering) addRaw(ctx context.Context, past storedPast) error {
	a.raw = append(a.raw, rawPast{result: SeriesResult{Series: past.series}})
	from, to := a.span()
	err := a.each(ctx, past, from, to, func(times []metric.TimestampMs, values []float64) error {
		if err := a.summarize(times, values); err != nil {
			return err
		}
		if !a.isRaw {
			a.buckets.add(times, values)
			return nil
		}
		return a.collect(times, values)
	})
	if err != nil {
		return err
	}
	if !a.isRaw {
		a.endBuckets()
		return nil
	}
	current := &a.raw[len(a.raw)-1]
	if current.inside == 0 && a.mustBeRaw() {
		a.raw = a.raw[:len(a.raw)-1]
		return nil
	}
	if len(past.parts) > 1 {
		current.sort()
	}
	return nil
}

// collect keeps samples as they are, until there are too many.
func (a *answering) collect(times []metric.TimestampMs, values []float64) error {
	current := &a.raw[len(a.raw)-1]
	before := cap(current.times) + cap(current.values)
	current.times, current.values = append(current.times, times...), append(current.values, values...)
	for _, at := range times {
		if at >= a.From && at < a.To {
			current.inside++
		}
	}
	if err := a.hold(8 * int64(cap(current.times)+cap(current.values)-before)); err != nil {
		return err
	}
	switch {
	case current.inside <= a.points:
		return nil
	case a.mustBeRaw():
		return a.bounds.tooManyRaw(current.result.Series.Metric)
	}
	return a.turnToBuckets()
}

// turnToBuckets makes buckets of what was collected. The last series stays open, there is more to come of it.
func (a *answering) turnToBuckets() error {
	a.isRaw = false
	for i := range a.raw {
		if i > 0 {
			a.endBuckets()
		}
		if err := a.beginBuckets(a.raw[i].result.Series); err != nil {
			return err
		}
		a.buckets.result.Summary = a.raw[i].result.Summary
		a.buckets.add(a.raw[i].times, a.raw[i].values)
		_ = a.hold(-8 * int64(cap(a.raw[i].times)+cap(a.raw[i].values)))
		a.raw[i] = rawPast{}
	}
	a.raw = nil
	return nil
}

func (a *answering) addBuckets(ctx context.Context, past storedPast) error {
	if err := a.beginBuckets(past.series); err != nil {
		return err
	}
	from, to := a.span()
	err := a.each(ctx, past, from, to, func(times []metric.TimestampMs, values []float64) error {
		a.buckets.add(times, values)
		return a.summarize(times, values)
	})
	if err == nil {
		a.endBuckets()
	}
	return err
}

func (a *answering) beginBuckets(series metric.Series) error {
	if err := a.hold(bucketBytes * a.grid.count); err != nil {
		return err
	}
	if a.buckets == nil {
		a.buckets = newBuckets(a.grid)
	}
	a.buckets.begin(series)
	return nil
}

func (a *answering) endBuckets() {
	result, hasSamples := a.buckets.end()
	if !hasSamples {
		_ = a.hold(-bucketBytes * a.grid.count)
		return
	}
	a.series = append(a.series, result)
}

func (a *answering) result() *Result {
	result := &Result{Host: a.Host, From: a.From, To: a.To}
	if a.isRaw {
		result.Series, result.Timelines = rawResult(a.raw, a.From, a.To)
		return result
	}
	result.From, result.To = metric.TimestampMs(a.grid.from), metric.TimestampMs(a.grid.to())
	result.Step = time.Duration(a.grid.step) * time.Millisecond
	result.Series = a.series
	if len(a.series) > 0 {
		result.Timelines = [][]metric.TimestampMs{a.grid.timeline()}
	}
	return result
}
