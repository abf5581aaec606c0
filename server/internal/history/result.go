package history

// Bytes is about how much memory the columns of a result take.
func (r *Result) Bytes() int64 {
	const wordBytes = 8
	words := 0
	for _, timeline := range r.Timelines {
		words += cap(timeline)
	}
	for _, series := range r.Series {
		words += cap(series.Values) + cap(series.Min) + cap(series.Max) + cap(series.Mean)
	}
	return int64(words) * wordBytes
}
