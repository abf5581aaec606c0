package history

import (
	"slices"
	"sort"

	"vitals/internal/metric"
)

// sort brings samples of several parts into the order of time; of two at the same instant the first stays.
func (p *rawPast) sort() {
	sort.Stable(samplesByTime{p})
	kept := 0
	for i, at := range p.times {
		if kept > 0 && p.times[kept-1] == at {
			continue
		}
		p.times[kept], p.values[kept] = at, p.values[i]
		kept++
	}
	p.times, p.values = p.times[:kept], p.values[:kept]
}

type samplesByTime struct{ *rawPast }

func (s samplesByTime) Len() int           { return len(s.times) }
func (s samplesByTime) Less(i, j int) bool { return s.times[i] < s.times[j] }
func (s samplesByTime) Swap(i, j int) {
	s.times[i], s.times[j] = s.times[j], s.times[i]
	s.values[i], s.values[j] = s.values[j], s.values[i]
}

// trim leaves what is within [from, to).
func (p *rawPast) trim(from, to metric.TimestampMs) {
	first, _ := slices.BinarySearch(p.times, from)
	behind, _ := slices.BinarySearch(p.times, to)
	p.times, p.values = p.times[first:behind], p.values[first:behind]
}

// rawResult are the series that have samples. Those that were measured together share their times.
func rawResult(pasts []rawPast, from, to metric.TimestampMs) (series []SeriesResult, timelines [][]metric.TimestampMs) {
	known := make(map[timelineKey][]int)
	for _, past := range pasts {
		past.trim(from, to)
		if len(past.times) == 0 {
			continue
		}
		result := past.result
		result.Values = past.values
		key := keyOf(past.times)
		at := slices.IndexFunc(known[key], func(i int) bool { return slices.Equal(timelines[i], past.times) })
		if at >= 0 {
			result.Timeline = known[key][at]
		} else {
			result.Timeline = len(timelines)
			known[key] = append(known[key], len(timelines))
			timelines = append(timelines, past.times)
		}
		series = append(series, result)
	}
	return series, timelines
}

// timelineKey is what timelines that are equal have in common, and few others.
type timelineKey struct {
	count               int
	first, middle, last metric.TimestampMs
}

func keyOf(times []metric.TimestampMs) timelineKey {
	count := len(times)
	return timelineKey{count, times[0], times[count/2], times[count-1]}
}
