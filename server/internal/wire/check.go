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
	if f.Interval != 0 && !(f.Interval >= minIntervalSeconds && f.Interval <= maxIntervalSeconds) {
		return badField("interval", fmt.Sprintf("must be 0 or seconds from %v to %d", minIntervalSeconds, maxIntervalSeconds))
	}
	if f.Backfill != nil && !(*f.Backfill >= 0 && *f.Backfill <= maxBackfillSeconds) {
		return badField("backfill", fmt.Sprintf("must be seconds from 0 to %d", maxBackfillSeconds))
	}
	return checkSince(f.Since)
}

func (f Unsubscribe) check() error { return checkHosts(f.Hosts) }

func (f Publish) check() error {
	switch {
	case f.ID > maxSafeInteger:
		return badField("id", "must be at most 2^53-1")
	case f.Events == nil:
		return badField("events", "is missing")
	case len(f.Events) > MaxEvents:
		return tooMany("events", len(f.Events), MaxEvents)
	}
	return nil
}

func (f Ping) check() error {
	if f.ID > maxSafeInteger {
		return badField("id", "must be at most 2^53-1")
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
