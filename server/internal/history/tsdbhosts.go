package history

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"vitals/internal/metric"
)

// Hosts implements [Store].
func (t *TSDB) Hosts(ctx context.Context) ([]PastHost, error) {
	querier, err := t.Queryable().Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	names, _, err := querier.LabelValues(ctx, HostLabel, nil)
	if err != nil {
		return nil, err
	}
	o, err := t.acquire()
	if err != nil {
		return nil, err
	}
	defer o.release()
	found := make([]PastHost, 0, len(names))
	for _, name := range names {
		name = strings.Clone(name) // it ends with the querier
		span, err := t.hostSpan(ctx, o, name)
		if err != nil {
			return nil, err
		}
		if span.oldest <= span.newest {
			found = append(found, PastHost{
				Host: t.catalogue.hostNamed(name), Oldest: metric.TimestampMs(span.oldest), Newest: metric.TimestampMs(span.newest),
			})
		}
	}
	return found, nil
}

// timeSpan is from the oldest to the newest sample; the other way round if there is none.
type timeSpan struct{ oldest, newest int64 }

// hostSpan tells from the index alone when a host has chunks. Those that are still open are known by what was appended, or
// are read once if nothing was since the start.
func (t *TSDB) hostSpan(ctx context.Context, o *opened, host string) (timeSpan, error) {
	span := timeSpan{math.MaxInt64, math.MinInt64}
	newest, appended := t.newest.of(host)
	readers := []tsdb.BlockReader{tsdb.NewRangeHead(o.db.Head(), math.MinInt64, math.MaxInt64)}
	for _, block := range o.db.Blocks() {
		readers = append(readers, block)
	}
	for _, reader := range readers {
		if err := ctx.Err(); err != nil {
			return span, err
		}
		err := eachChunk(reader, labels.Label{Name: HostLabel, Value: host}, func(data tsdb.ChunkReader, meta chunks.Meta) {
			last := meta.MaxTime
			if last == math.MaxInt64 && appended {
				last = newest
			} else if last == math.MaxInt64 {
				last = lastOf(data, meta)
			}
			span.oldest, span.newest = min(span.oldest, meta.MinTime), max(span.newest, last)
		})
		if err := t.guard.Remaining(reader, err); err != nil {
			return span, err
		}
	}
	t.newest.note(host, span.newest)
	return span, nil
}

// lastOf reads the newest timestamp of a chunk.
func lastOf(data tsdb.ChunkReader, meta chunks.Meta) int64 {
	chunk, _, err := data.ChunkOrIterable(meta)
	if err != nil || chunk == nil {
		return meta.MinTime
	}
	last := meta.MinTime
	for samples := chunk.Iterator(nil); samples.Next() != 0; {
		last = samples.AtT()
	}
	return last
}

// newestSamples are the timestamps of the newest samples of hosts, as far as they were appended or asked for.
type newestSamples struct {
	mu     sync.Mutex
	byHost map[string]int64
}

func (n *newestSamples) note(host string, timestamp int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byHost == nil || len(n.byHost) > maxHostsBound {
		n.byHost = make(map[string]int64)
	}
	if before, known := n.byHost[host]; !known || before < timestamp {
		n.byHost[host] = timestamp
	}
}

func (n *newestSamples) of(host string) (int64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	timestamp, known := n.byHost[host]
	return timestamp, known
}

// Series implements [Store].
func (t *TSDB) Series(ctx context.Context, host string, from, to metric.TimestampMs) ([]metric.Series, error) {
	if from >= to {
		return nil, nil
	}
	querier, err := t.Queryable().ChunkQuerier(int64(from), int64(to)-1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = querier.Close() }() // it was read only
	stored := querier.Select(ctx, true, nil, labels.MustNewMatcher(labels.MatchEqual, HostLabel, host))
	var found []metric.Series
	for stored.Next() {
		if series, ok := t.catalogue.seriesNamed(host, stored.At().Labels().Get(MetricLabel)); ok {
			found = append(found, series)
		}
	}
	if err := stored.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b metric.Series) int { return strings.Compare(a.Metric, b.Metric) })
	return slices.CompactFunc(found, func(a, b metric.Series) bool { return a.Metric == b.Metric }), nil
}
