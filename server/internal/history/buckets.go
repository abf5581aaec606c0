package history

import (
	"math"

	"vitals/internal/metric"
)

// buckets gather the samples of one series at a time: least, most and mean of each bucket.
type buckets struct {
	grid   grid
	scaled []float64 // sums that cannot overflow, see [bucket]
	counts []int32
	result SeriesResult
	at     int64 // the bucket that is open, -1 for none
	open   bucket
}

// bucket is one that is being filled. The sum of large values may be infinite where their mean is not: the same sum is kept
// scaled down, too.
type bucket struct {
	least, most float64
	sum, scaled float64
	count       int32
}

func emptyBucket() bucket { return bucket{least: math.Inf(1), most: math.Inf(-1)} }

const sumScale = 1.0 / (1 << 62)

func newBuckets(g grid) *buckets {
	return &buckets{grid: g, scaled: make([]float64, g.count), counts: make([]int32, g.count)}
}

// bucketBytes is what a bucket of a series takes in a result.
const bucketBytes = 3 * 8

// begin makes ready for the next series.
func (b *buckets) begin(series metric.Series) {
	clear(b.scaled)
	clear(b.counts)
	count := b.grid.count
	columns := make([]float64, 3*count)
	b.result = SeriesResult{Series: series, Min: columns[:count:count], Mean: columns[count : 2*count : 2*count], Max: columns[2*count:]}
	b.at = -1
}

// add takes samples of the series within the grid, best in order of time.
func (b *buckets) add(times []metric.TimestampMs, values []float64) {
	for len(times) > 0 {
		index := (int64(times[0]) - b.grid.from) / b.grid.step
		if index != b.at {
			b.turnTo(index)
		}
		opens, length := b.grid.from+index*b.grid.step, uint64(b.grid.step)
		run := 1
		for run < len(times) && uint64(int64(times[run])-opens) < length { // below opens it is beyond, too
			run++
		}
		b.open.add(values[:run])
		times, values = times[run:], values[run:]
	}
}

func (b *bucket) add(values []float64) {
	least, most, sum := b.least, b.most, b.sum
	for _, value := range values {
		if value < least { // min and max ask more, for numbers that there are none of here
			least = value
		}
		if value > most {
			most = value
		}
		sum += value
	}
	b.least, b.most, b.sum = least, most, sum
	b.count += int32(len(values))
	if !math.IsInf(sum, 0) {
		b.scaled = sum * sumScale
		return
	}
	for _, value := range values {
		b.scaled += value * sumScale
	}
}

// turnTo puts the open bucket back and opens another one.
func (b *buckets) turnTo(index int64) {
	b.putBack()
	b.at = index
	b.open = emptyBucket()
	if b.counts[index] > 0 {
		r := &b.result
		b.open = bucket{r.Min[index], r.Max[index], r.Mean[index], b.scaled[index], b.counts[index]}
	}
}

// putBack stores the open bucket; until the end the means are sums.
func (b *buckets) putBack() {
	if b.at < 0 {
		return
	}
	r := &b.result
	r.Min[b.at], r.Max[b.at], r.Mean[b.at] = b.open.least, b.open.most, b.open.sum
	b.scaled[b.at], b.counts[b.at] = b.open.scaled, b.open.count
}

// end is the series, and whether it has any sample.
func (b *buckets) end() (result SeriesResult, hasSamples bool) {
	b.putBack()
	b.at = -1
	r := b.result
	for i, count := range b.counts {
		if count == 0 {
			r.Min[i], r.Mean[i], r.Max[i] = math.NaN(), math.NaN(), math.NaN()
			continue
		}
		hasSamples = true
		r.Mean[i] = meanOf(r.Mean[i], b.scaled[i], int(count), r.Min[i], r.Max[i])
	}
	return r, hasSamples
}

// meanOf is the mean of values that have that sum. It lies between the least and the most, whatever the rounding.
func meanOf(sum, scaled float64, count int, least, most float64) float64 {
	mean := sum / float64(count)
	if math.IsInf(sum, 0) {
		mean = scaled / float64(count) / sumScale
	}
	return min(max(mean, least), most)
}
