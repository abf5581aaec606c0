package salvage

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
)

const (
	seriesFile      = "series.log"
	seriesPerRecord = 1000
)

// CopySeries replaces the second copy of what the log says once: which number stands for which series. Without it one bad
// byte at the beginning of the log would cost the names of all samples behind it.
func CopySeries(root string, series []record.RefSeries) error {
	fresh := filepath.Join(root, seriesFile+rewrittenSuffix)
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := WriteFile(fresh, func(out io.Writer) error { return writeSeries(out, series) }); err != nil {
		return err
	}
	if err := os.Rename(fresh, filepath.Join(root, seriesFile)); err != nil {
		return err
	}
	return SyncFolder(root)
}

func writeSeries(out io.Writer, series []record.RefSeries) error {
	var encoder record.Encoder
	writer := newSegmentWriter(out)
	for len(series) > 0 {
		part := series[:min(len(series), seriesPerRecord)]
		series = series[len(part):]
		if err := writer.write(logRecord{data: encoder.Series(part, nil)}); err != nil {
			return err
		}
	}
	return writer.flush()
}

// readSeriesCopy reads what verifies of the copy.
func readSeriesCopy(root string) map[chunks.HeadSeriesRef]labels.Labels {
	copied := make(map[chunks.HeadSeriesRef]labels.Labels)
	records := newRecordReader()
	defer records.close()
	_, _ = scanFile(filepath.Join(root, seriesFile), func(packed logRecord) error {
		if kind, err := records.read(packed); kind != record.Series || err != nil {
			return nil //nolint:nilerr // what does not verify is left out
		}
		for _, series := range records.series {
			copied[series.Ref] = series.Labels
		}
		return nil
	})
	return copied
}
