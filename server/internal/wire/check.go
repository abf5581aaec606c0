package wire

import (
	"fmt"
	"math"

	"vitals/internal/metric"
)

func (f Subscribe) check() error {
	if err := checkHosts(f.Hosts); err != nil {
		return err
	}
	if len(f.Metrics) > MaxGlobs {
		return tooMany("metrics", len(f.Metrics), MaxGlobs)
	}
	for i, glob := range f.Metrics {
		if _, err := metric.ParseGlob(glob); err != nil {
			return badField(fmt.Sprintf("metrics[%d]", i), err.Error())
		}
	}
	if f.Backfill != nil && !(*f.Backfill >= 0 && *f.Backfill <= maxBackfillSeconds) {
		return badField("backfill", fmt.Sprintf("must be seconds from 0 to %d", maxBackfillSeconds))
	}
	return checkSince(f.Since)
}

func (f Unsubscribe) check() error { return checkHosts(f.Hosts) }

func (f Ping) check() error {
	if f.ID > maxSafeInteger {
		return badField("id", "must be at most 2^53-1")
	}
	return nil
}

func (f Hello) check() error {
	switch {
	case f.Protocol < 1:
		return badField("protocol", "must be 1 or more")
	case f.Epoch == "":
		return badField("epoch", "is missing or empty")
	case !(f.Interval > 0):
		return badField("interval", "must be more than 0 seconds")
	case !(f.Backfill >= 0):
		return badField("backfill", "must be 0 seconds or more")
	case f.Hosts == nil:
		return badField("hosts", "is missing")
	}
	for i, host := range f.Hosts {
		if host.Name == "" {
			return badField(fmt.Sprintf("hosts[%d].name", i), "is missing or empty")
		}
	}
	return nil
}

func (f Catalog) check() error {
	if f.Host == "" {
		return badField("host", "is missing or empty")
	}
	if f.Series == nil {
		return badField("series", "is missing")
	}
	for i, series := range f.Series {
		if _, err := metric.ParseName(series.Metric); err != nil {
			return badField(fmt.Sprintf("series[%d].metric", i), err.Error())
		}
		if series.Family == "" {
			return badField(fmt.Sprintf("series[%d].family", i), "is missing or empty")
		}
		if series.Every < 0 {
			return badField(fmt.Sprintf("series[%d].every", i), "must not be negative")
		}
	}
	return nil
}

func (f Snapshot) check() error {
	if err := checkRow(f.Host, f.Seq); err != nil {
		return err
	}
	if f.Timestamps == nil {
		return badField("timestamps", "is missing")
	}
	if f.Columns == nil {
		return badField("columns", "is missing")
	}
	for i, column := range f.Columns {
		if len(column) != len(f.Timestamps) {
			return badField(fmt.Sprintf("columns[%d]", i),
				fmt.Sprintf("has %d values for %d timestamps", len(column), len(f.Timestamps)))
		}
	}
	return nil
}

func (f Update) check() error {
	if err := checkRow(f.Host, f.Seq); err != nil {
		return err
	}
	if f.Timestamp == 0 {
		return badField("timestamp", "is missing or 0")
	}
	if f.Values == nil {
		return badField("values", "is missing")
	}
	return nil
}

func (f Gap) check() error {
	switch {
	case f.Host == "":
		return badField("host", "is missing or empty")
	case f.From > maxSafeInteger:
		return badField("from", "must be at most 2^53-1")
	case f.To > maxSafeInteger || f.To < f.From:
		return badField("to", "must be at least from and at most 2^53-1")
	}
	return nil
}

func (f Error) check() error {
	if f.Code == "" {
		return badField("code", "is missing or empty")
	}
	return nil
}

func (f Pong) check() error {
	if f.Time == 0 {
		return badField("time", "is missing or 0")
	}
	return nil
}

func checkRow(host string, seq uint64) error {
	if host == "" {
		return badField("host", "is missing or empty")
	}
	if seq == 0 || seq > maxSafeInteger {
		return badField("seq", "must be from 1 to 2^53-1")
	}
	return nil
}

func checkHosts(hosts []string) error {
	if len(hosts) > MaxHosts {
		return tooMany("hosts", len(hosts), MaxHosts)
	}
	for i, host := range hosts {
		if host == "" || len(host) > maxHostBytes {
			return badField(fmt.Sprintf("hosts[%d]", i), fmt.Sprintf("must have 1 to %d bytes", maxHostBytes))
		}
	}
	return nil
}

func checkSince(since map[string]metric.Position) error {
	if len(since) > MaxHosts {
		return tooMany("since", len(since), MaxHosts)
	}
	for _, position := range since {
		if len(position.Epoch) > maxEpochBytes || position.Epoch == "" {
			return badField("since", fmt.Sprintf("an epoch has 1 to %d bytes", maxEpochBytes))
		}
		if position.Seq > math.MaxInt64 {
			return badField("since", "a seq is at most 2^63-1")
		}
	}
	return nil
}

func tooMany(field string, have, allowed int) *FieldError {
	return &FieldError{Code: CodeTooMany, Field: field, Message: fmt.Sprintf("has %d entries, at most %d are allowed", have, allowed)}
}
