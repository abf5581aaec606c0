package history

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"vitals/internal/metric"
)

// Updates turns raw samples back into the updates that they came in, oldest first. Their events are in the order of the
// families, then of the names, numbers in them by their value; what no family describes comes last.
func (r *Result) Updates(families []metric.Family) []metric.Update {
	rank := make(map[string]int, len(families))
	for i, family := range families {
		rank[family.Name] = i - len(families)
	}
	series := slices.Clone(r.Series)
	slices.SortStableFunc(series, func(a, b SeriesResult) int {
		return cmp.Or(cmp.Compare(rank[a.Series.Family], rank[b.Series.Family]), compareNatural(a.Series.Metric, b.Series.Metric))
	})
	byTime := make(map[metric.TimestampMs]*metric.Update)
	described := make(map[metric.TimestampMs][]metric.Series)
	for _, one := range series {
		r.addTo(byTime, described, one)
	}
	updates := make([]metric.Update, 0, len(byTime))
	for at, update := range byTime {
		update.Series = described[at]
		updates = append(updates, *update)
	}
	slices.SortFunc(updates, func(a, b metric.Update) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	return updates
}

// addTo adds the samples of a series to the updates of their instants, and to the first what the series is.
func (r *Result) addTo(updates map[metric.TimestampMs]*metric.Update, described map[metric.TimestampMs][]metric.Series, one SeriesResult) {
	isFirst := true
	for i, at := range r.Timelines[one.Timeline] {
		value := one.Values[i]
		if math.IsNaN(value) {
			continue
		}
		update := updates[at]
		if update == nil {
			update = &metric.Update{Host: r.Host, Timestamp: at}
			updates[at] = update
		}
		update.Events = append(update.Events, metric.Event{Metric: one.Series.Metric, Value: value, Timestamp: at})
		if isFirst {
			described[at] = append(described[at], one.Series)
			isFirst = false
		}
	}
}

// compareNatural orders names as people do: core 2 comes before core 10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		digitsA, digitsB := leadingDigits(a), leadingDigits(b)
		if digitsA > 0 && digitsB > 0 {
			numberA, numberB := strings.TrimLeft(a[:digitsA], "0"), strings.TrimLeft(b[:digitsB], "0")
			if order := cmp.Or(cmp.Compare(len(numberA), len(numberB)), cmp.Compare(numberA, numberB)); order != 0 {
				return order
			}
			a, b = a[digitsA:], b[digitsB:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func leadingDigits(text string) (count int) {
	for count < len(text) && text[count] >= '0' && text[count] <= '9' {
		count++
	}
	return count
}
