package hub

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"vitals/internal/metric"
)

// columns are the series of a host and when each had a value last.
type columns struct {
	catalog  *Catalog
	index    map[string]int32
	series   []metric.Series // those of the catalogue, with room to grow: catalogues that only grew share this memory
	decimals []int           // of each series
	seen     []time.Duration // when each series had its last value, by arrival
	custom   int             // how many are pushed; the others are measured by sensors
	idleAt   time.Duration   // when idle series are looked for again
	cells    []cell          // of the row that is being built, kept for the next one
}

// cell is a value that has a column.
type cell struct {
	column int32
	value  float64
}

func newColumns(host string) columns {
	return columns{catalog: &Catalog{Host: host}, index: make(map[string]int32)}
}

// admission decides over series that are new.
type admission struct {
	families  map[string]metric.Family
	maxSeries int  // of the host, of each sort
	room      int  // in all hosts together
	sampled   bool // the host was described: what its sensors measure needs no room
	known     []metric.Series
	byName    map[string]metric.Series // known, once it is needed
}

// place finds the column of each event that can be taken, and rejects the others. Series that are new get the next columns,
// and the host a longer catalogue.
func (c *columns) place(events []metric.Event, now time.Duration, admit *admission) (rejected []Rejection) {
	c.cells = c.cells[:0]
	for i, event := range events {
		column, err := c.column(event, now, admit)
		if err != nil {
			rejected = append(rejected, Rejection{Index: i, Err: err})
			continue
		}
		c.seen[column] = now
		c.cells = append(c.cells, cell{column, event.Value})
	}
	if len(c.series) > len(c.catalog.Series) {
		c.catalog = c.grown()
	}
	return rejected
}

// grown is the catalogue of all series. It ends where they end now, so that none that comes later changes it.
func (c *columns) grown() *Catalog {
	return &Catalog{
		Host: c.catalog.Host, Series: slices.Clip(c.series), decimals: slices.Clip(c.decimals), generation: c.catalog.generation,
	}
}

// column is that of the event's series; a new one is added behind the others.
func (c *columns) column(event metric.Event, now time.Duration, admit *admission) (int32, error) {
	if math.IsNaN(event.Value) || math.IsInf(event.Value, 0) {
		return 0, ErrNotFinite
	}
	if column, known := c.index[event.Metric]; known {
		return column, nil
	}
	hint := admit.hint(event.Metric)
	if err := c.admits(hint.Custom, admit); err != nil {
		return 0, err
	}
	name, err := metric.ParseName(event.Metric)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBadName, err)
	}
	series, decimals := describe(name, hint, admit.families)
	admit.room--
	return c.add(series, decimals, now), nil
}

// add gives a series the next column.
func (c *columns) add(series metric.Series, decimals int, seen time.Duration) (column int32) {
	column = int32(len(c.seen))
	c.index[series.Metric] = column
	c.series, c.decimals, c.seen = append(c.series, series), append(c.decimals, decimals), append(c.seen, seen)
	if series.Custom {
		c.custom++
	}
	return column
}

// admits holds the two sorts of series apart: what strangers push takes no room from what sensors measure.
func (c *columns) admits(custom bool, admit *admission) error {
	ofSort := len(c.index) - c.custom
	if custom {
		ofSort = c.custom
	}
	switch {
	case ofSort >= admit.maxSeries:
		return ErrTooManySeries
	case admit.room <= 0 && (custom || !admit.sampled):
		return ErrTooManyTotal
	}
	return nil
}

// hint is what the publisher says of a series.
func (a *admission) hint(name string) metric.Series {
	if a.byName == nil {
		a.byName = make(map[string]metric.Series, len(a.known))
		for _, series := range a.known {
			a.byName[series.Metric] = series
		}
	}
	return a.byName[name]
}

// describe makes the series of that name, in its family if that is known, with what the publisher says of it. The decimals
// are the digits that mean something in its values.
func describe(name metric.Name, hint metric.Series, families map[string]metric.Family) (series metric.Series, decimals int) {
	family, known := families[name.Family]
	if !known {
		family = metric.Family{Name: name.Family, Kind: metric.Gauge, Decimals: unknownDecimals}
	}
	series = family.Describe(name)
	series.Unit = cmp.Or(hint.Unit, series.Unit)
	series.Help = cmp.Or(hint.Help, series.Help)
	series.Kind = cmp.Or(hint.Kind, series.Kind)
	if hint.Custom {
		series.Custom, series.Every = true, 0
		return series, unknownDecimals // its values are not rounded, so its means are not either
	}
	return series, family.Decimals
}

const unknownDecimals = -1

// row makes values of the cells that were placed last. It is sparse if they are less than half of the catalogue.
func (c *columns) row() (columns []int32, values []float64) {
	size := len(c.catalog.Series)
	if 2*len(c.cells) >= size {
		values = emptyRow(size)
		for _, cell := range c.cells {
			values[cell.column] = cell.value
		}
		return nil, values
	}
	slices.SortStableFunc(c.cells, func(a, b cell) int { return cmp.Compare(a.column, b.column) })
	columns, values = make([]int32, 0, len(c.cells)), make([]float64, 0, len(c.cells))
	for i, cell := range c.cells {
		if i+1 < len(c.cells) && c.cells[i+1].column == cell.column {
			continue // the same series twice: the last value counts
		}
		columns, values = append(columns, cell.column), append(values, cell.value)
	}
	return columns, values
}

func emptyRow(size int) []float64 {
	values := make([]float64, size)
	for i := range values {
		values[i] = math.NaN()
	}
	return values
}

// skipPause counts a pause of this process as no time.
func (c *columns) skipPause(pause, now time.Duration) {
	for column, seen := range c.seen {
		c.seen[column] = min(now, seen+pause)
	}
}

// Series that fall idle within this part of the time that makes them idle leave together: a catalogue each second, one
// shorter than the other, would be sent to everybody and kept by the ring.
const idleParts = 60

// dropIdle lets go of the series that had no value since before the limit, and says how many those were. The columns
// behind them move up, in a new catalogue.
func (c *columns) dropIdle(now, idle time.Duration) (dropped int) {
	if now < c.idleAt || len(c.seen) == 0 {
		return 0
	}
	c.idleAt = slices.Min(c.seen) + idle
	if now < c.idleAt {
		return 0
	}
	kept := newColumns(c.catalog.Host)
	kept.cells, kept.idleAt = c.cells, now+idle/idleParts
	for column, series := range c.series {
		if now-c.seen[column] < idle {
			kept.add(series, c.decimals[column], c.seen[column])
		}
	}
	kept.catalog.generation = c.catalog.generation + 1
	kept.catalog = kept.grown()
	dropped = len(c.seen) - len(kept.seen)
	*c = kept
	return dropped
}
