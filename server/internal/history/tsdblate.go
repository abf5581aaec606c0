package history

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"vitals/internal/history/salvage"
)

// lateSample is not the newest of its series, or it is not known whether it is. Whether another value stands at its instant
// has to be looked up: the library would keep both, and give back either.
type lateSample struct {
	series    *storedSeries
	timestamp int64
	stored    float64
}

// lateBytes must be free before late samples are committed: where the library cannot write a chunk of them it panics, with
// its locks held.
const lateBytes = 256 << 10

// sortIn commits the late samples that are not stored yet.
func (b *batch) sortIn() error {
	if len(b.late) == 0 {
		return nil
	}
	if free, known := freeBytes(b.store.options.Dir); known && free < lateBytes {
		return fmt.Errorf("%w: %d KiB are needed to sort in what came late, %d are free", ErrFull, lateBytes>>10, free>>10)
	}
	slices.SortStableFunc(b.late, compareLate)
	for first := 0; first < len(b.late); {
		last := first
		for last < len(b.late) && b.late[last].series.host == b.late[first].series.host {
			last++
		}
		if err := b.sortInHost(b.late[first:last]); err != nil {
			return err
		}
		first = last
	}
	return b.commit()
}

func compareLate(a, b lateSample) int {
	return cmp.Or(
		strings.Compare(a.series.host, b.series.host), strings.Compare(a.series.key.metric, b.series.key.metric),
		cmp.Compare(a.series.key.decimals, b.series.key.decimals), cmp.Compare(a.timestamp, b.timestamp),
	)
}

// sortInHost appends those late samples of a host that are missing. They are sorted by series and time.
func (b *batch) sortInHost(late []lateSample) error {
	bySeries := make(map[seriesKey]*lateSeries)
	for i, sample := range late {
		wanted := bySeries[sample.series.key]
		if wanted == nil {
			wanted = &lateSeries{series: sample.series, newest: math.MinInt64}
			bySeries[sample.series.key] = wanted
		}
		wanted.samples = late[i-len(wanted.samples) : i+1]
	}
	if err := salvage.Guarded(func() error { return b.lookUp(late, bySeries) }); err != nil {
		// Reading leaves no locks behind, so that the database can be closed, whatever broke.
		return fmt.Errorf("look for what came before: %v", err) //nolint:errorlint // see above
	}
	for _, wanted := range bySeries {
		if err := b.appendMissing(wanted); err != nil {
			return err
		}
	}
	return nil
}

// lateSeries are the late samples of a series, and what is stored at their instants.
type lateSeries struct {
	series  *storedSeries
	samples []lateSample
	stored  map[int64]float64
	newest  int64 // of all that were seen
	value   float64
}

// lookUp reads what is stored where the late samples belong; to the newest one of series of which that is not known.
func (b *batch) lookUp(late []lateSample, bySeries map[seriesKey]*lateSeries) error {
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for _, sample := range late {
		from, to = min(from, sample.timestamp), max(to, sample.timestamp)
		if !sample.series.known {
			to = math.MaxInt64
		}
	}
	querier, err := b.opened.db.Querier(from, to)
	if err != nil {
		return err
	}
	defer func() { _ = querier.Close() }() // it was read only
	found := querier.Select(context.Background(), false, nil, lateMatchers(late[0].series.host, bySeries)...)
	for found.Next() {
		if err := note(bySeries, found.At()); err != nil {
			return err
		}
	}
	return found.Err()
}

// So many names are asked for one by one; of more all series of the host are read.
const mostNamesAsked = 100

func lateMatchers(host string, bySeries map[seriesKey]*lateSeries) []*labels.Matcher {
	matchers := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, HostLabel, host)}
	if len(bySeries) > mostNamesAsked {
		return matchers
	}
	names := make([]string, 0, len(bySeries))
	for key := range bySeries {
		names = append(names, regexp.QuoteMeta(key.metric))
	}
	return append(matchers, labels.MustNewMatcher(labels.MatchRegexp, MetricLabel, strings.Join(names, "|")))
}

// note remembers what a stored series has where late samples belong.
func note(bySeries map[seriesKey]*lateSeries, found storage.Series) error {
	key := seriesKey{found.Labels().Get(MetricLabel), exact}
	if decimals, err := strconv.Atoi(found.Labels().Get(DecimalsLabel)); err == nil {
		key.decimals = decimals
	}
	wanted := bySeries[key]
	if wanted == nil {
		return nil
	}
	wanted.stored = make(map[int64]float64, len(wanted.samples))
	samples := found.Iterator(nil)
	for samples.Next() != chunkenc.ValNone {
		timestamp, stored := samples.At()
		wanted.newest, wanted.value = timestamp, stored
		if _, asked := slices.BinarySearchFunc(wanted.samples, timestamp, compareTime); asked {
			wanted.stored[timestamp] = stored
		}
	}
	return samples.Err()
}

func compareTime(sample lateSample, timestamp int64) int {
	return cmp.Compare(sample.timestamp, timestamp)
}

// appendMissing appends the samples at whose instants nothing is stored. Of several at one instant the first counts.
func (b *batch) appendMissing(wanted *lateSeries) error {
	series := wanted.series
	for i, sample := range wanted.samples {
		stored, taken := wanted.stored[sample.timestamp]
		if !taken && i > 0 && wanted.samples[i-1].timestamp == sample.timestamp {
			stored, taken = firstAt(wanted.samples, sample.timestamp), true
		}
		if taken {
			b.count(math.Float64bits(stored) == math.Float64bits(sample.stored))
			continue
		}
		if err := b.append(series, sample.timestamp, sample.stored); err != nil {
			return err
		}
		if sample.timestamp > wanted.newest {
			wanted.newest, wanted.value = sample.timestamp, sample.stored
		}
	}
	if !series.known || wanted.newest > series.newest {
		series.known, series.newest, series.newestValue = true, wanted.newest, wanted.value
	}
	return nil
}

func firstAt(samples []lateSample, timestamp int64) float64 {
	first, _ := slices.BinarySearchFunc(samples, timestamp, compareTime)
	return samples[first].stored
}
