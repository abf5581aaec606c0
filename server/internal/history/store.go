package history

import (
	"context"
	"errors"
	"time"

	"vitals/internal/history/salvage"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// Store keeps rows and gives them back. It may be used by many goroutines; appends come from one.
type Store interface {
	// Append commits rows: when it returns without an error, they survive the end of the process. It takes all that can be
	// taken; what cannot is counted by its reason. An error means that nothing was committed for certain, and that the same
	// rows may be given again. It is [ErrFull] where there is no space, [ErrUnavailable] for every other trouble that may
	// pass, both wrapped with their cause.
	Append(ctx context.Context, rows []Row) (Appended, error)
	// Silence ends the series of a host after their newest samples: whoever asks what a value is now learns that there is
	// none. The next sample begins them again. Errors are those of Append.
	Silence(ctx context.Context, host string) error
	// Describe remembers what is known of a host, for a time when it is gone.
	Describe(metric.Host)
	// Hosts lists all hosts that have a past, by name, with what is known of them.
	Hosts(context.Context) ([]PastHost, error)
	// Series lists the series of a host that have a value within [from, to), sorted by name.
	Series(ctx context.Context, host string, from, to metric.TimestampMs) ([]metric.Series, error)
	// Query answers with buckets or raw samples. It ends early when the context does. What is beyond a limit is a
	// [*LimitError].
	Query(context.Context, Query) (*Result, error)
	// Export gives raw samples to the function, series by series in the order of their names, each in order of time, in
	// pieces that are only lent. It holds no more than a piece in memory.
	Export(context.Context, Selection, func(ExportPiece) error) error
	// Usage says how much is kept and how far it reaches.
	Usage() Usage
	// Close ends the store after what was appended is safe.
	Close() error
}

// The errors of Append.
var (
	ErrFull        = errors.New("there is no space left for history")
	ErrUnavailable = errors.New("history cannot be written")
	ErrClosed      = errors.New("history is closed")
)

// Row is one update of one host as it is stored.
type Row struct {
	Catalog   *hub.Catalog // names the host and its series; rows of the same catalogue share it
	Timestamp metric.TimestampMs
	Columns   []int32   // the columns that Values stand for, ascending; nil: all of the catalogue
	Values    []float64 // NaN where the series has none
}

// Appended counts what became of the samples of an append.
type Appended struct {
	Samples   int // taken, duplicates too
	Conflicts int // refused: another value stands at that instant
	TooOld    int // refused: older than what the store still sorts in
	TooNew    int // refused: further ahead of the clock than [MaxAhead]
}

// MaxAhead is how far ahead of the clock a sample may be.
const MaxAhead = 10 * time.Minute

// SyncPolicy says when data is made safe from a power loss: after each append if it is 0, else this often at most.
type SyncPolicy time.Duration

// Selection says what is asked for.
type Selection struct {
	Host    string
	Metrics []metric.Glob      // none: all series
	From    metric.TimestampMs // included
	To      metric.TimestampMs // not included
}

// Query asks for buckets, or for raw samples where these are few enough.
type Query struct {
	Selection
	// Step is the length of a bucket; buckets are aligned to multiples of it. 0 leaves it to Points.
	Step time.Duration
	// Points is how many buckets, or raw samples, a series may have: the least of [Steps] that fits is taken, or raw samples
	// if no series has more of them. 0 with no Step means raw samples, however many.
	Points int
	// Summary asks for figures over all raw samples of each series as well.
	Summary bool
}

// Result is the answer to a query.
type Result struct {
	Host      string
	From, To  metric.TimestampMs     // as asked; aligned outwards to the step where there is one
	Step      time.Duration          // 0: raw samples
	Timelines [][]metric.TimestampMs // of buckets one, with their beginnings; of raw samples those that series share
	Series    []SeriesResult         // sorted by name; series without a sample are left out
}

// SeriesResult is the past of one series. All columns are as long as its timeline.
type SeriesResult struct {
	Series   metric.Series
	Timeline int       // in Result.Timelines
	Values   []float64 // raw samples
	Min, Max []float64 // of buckets; NaN where there is no sample
	Mean     []float64
	Summary  *Summary // if asked for
}

// Summary are figures over raw samples.
type Summary struct {
	Count               int
	Min, Mean, P95, Max float64
	Last                float64
	LastTime            metric.TimestampMs
}

// ExportPiece is a run of samples of one series, lent until the function returns.
type ExportPiece struct {
	Series     metric.Series
	Timestamps []metric.TimestampMs
	Values     []float64
}

// PastHost is a host that history knows.
type PastHost struct {
	Host           metric.Host
	Oldest, Newest metric.TimestampMs // of its samples, as exactly as can be told without reading them
}

// LimitError says which limit a question goes beyond.
type LimitError struct {
	Limit   string // series, points, samples, time or memory
	Allowed int64
	Asked   int64 // 0 if it is not known
	Message string
}

// Error implements error.
func (e *LimitError) Error() string { return e.Message }

// Usage says how much is kept and how far it reaches.
type Usage struct {
	Oldest, Newest metric.TimestampMs // 0 if there is nothing
	Bytes          int64              // on disk, the log included, without what was put aside
	Samples        uint64             // that are kept, as exactly as can be told
	Series         int                // that had a value lately
	BytesPerDay    int64              // at the rate of the last hours; 0 while that is not known
	Reach          time.Duration      // how far back history will go at that rate
	RetentionTime  time.Duration
	RetentionBytes int64
	Sync           SyncPolicy
	Damaged        []salvage.Damage // what was found damaged since the store was opened, and put aside
}
