package wire

import (
	"fmt"

	"vitals/internal/metric"
)

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

func (f HostState) check() error {
	switch {
	case f.State == "":
		return badField("state", "is missing or empty")
	case f.Host.Name == "":
		return badField("host.name", "is missing or empty")
	case f.Since == 0:
		return badField("since", "is missing or 0")
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
	if err := checkRow(f.Host, f.From, f.Seq); err != nil {
		return err
	}
	if f.Timestamps == nil {
		return badField("timestamps", "is missing")
	}
	if f.Columns == nil {
		return badField("columns", "is missing")
	}
	if err := f.checkSeqs(); err != nil {
		return err
	}
	if err := f.checkColumns("columns", f.Columns, len(f.Columns)); err != nil {
		return err
	}
	if err := f.checkColumns("min", f.Min, len(f.Columns)); err != nil {
		return err
	}
	return f.checkColumns("max", f.Max, len(f.Columns))
}

func (f Snapshot) checkSeqs() error {
	if len(f.Seqs) == 0 {
		return checkSafe("seq", f.Seq+uint64(len(f.Timestamps)))
	}
	if len(f.Seqs) != len(f.Timestamps) {
		return badField("seqs", fmt.Sprintf("has %d positions for %d timestamps", len(f.Seqs), len(f.Timestamps)))
	}
	previous := f.Seq - 1
	for i, seq := range f.Seqs {
		if i == 0 && seq != f.Seq {
			return badField("seqs[0]", "must be seq")
		}
		if seq <= previous || seq > maxSafeInteger {
			return badField(fmt.Sprintf("seqs[%d]", i), "must be more than the one before and at most 2^53-1")
		}
		previous = seq
	}
	return nil
}

// checkColumns holds that there are none, or as many as there are series, each with a value a row.
func (f Snapshot) checkColumns(field string, columns []Column, series int) error {
	if len(columns) != 0 && len(columns) != series {
		return badField(field, fmt.Sprintf("has %d columns, columns has %d", len(columns), series))
	}
	for i, column := range columns {
		if len(column) != len(f.Timestamps) {
			return badField(fmt.Sprintf("%s[%d]", field, i),
				fmt.Sprintf("has %d values for %d timestamps", len(column), len(f.Timestamps)))
		}
	}
	return nil
}

func (f Update) check() error {
	if err := checkRow(f.Host, f.From, f.Seq); err != nil {
		return err
	}
	if f.Timestamp == 0 {
		return badField("timestamp", "is missing or 0")
	}
	if f.Values == nil {
		return badField("values", "is missing")
	}
	if err := f.checkSparse(); err != nil {
		return err
	}
	if err := f.checkEnvelope("min", f.Min); err != nil {
		return err
	}
	return f.checkEnvelope("max", f.Max)
}

func (f Update) checkEnvelope(field string, column Column) error {
	if len(column) != 0 && len(column) != len(f.Values) {
		return badField(field, fmt.Sprintf("has %d values, values has %d", len(column), len(f.Values)))
	}
	return nil
}

func (f Update) checkSparse() error {
	if len(f.Columns) == 0 {
		return nil
	}
	if len(f.Columns) != len(f.Values) {
		return badField("columns", fmt.Sprintf("has %d entries for %d values", len(f.Columns), len(f.Values)))
	}
	for i, column := range f.Columns[1:] {
		if column <= f.Columns[i] {
			return badField(fmt.Sprintf("columns[%d]", i+1), "must be more than the one before")
		}
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

func (f Published) check() error {
	switch {
	case f.ID > maxSafeInteger:
		return badField("id", "must be at most 2^53-1")
	case f.Accepted < 0:
		return badField("accepted", "must not be negative")
	case f.Rejected == nil:
		return badField("rejected", "is missing")
	}
	for i, rejection := range f.Rejected {
		if rejection.Code == "" {
			return badField(fmt.Sprintf("rejected[%d].code", i), "is missing or empty")
		}
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

func checkRow(host string, from, seq uint64) error {
	switch {
	case host == "":
		return badField("host", "is missing or empty")
	case seq == 0 || seq > maxSafeInteger:
		return badField("seq", "must be from 1 to 2^53-1")
	case from > seq:
		return badField("from", "must be at most seq")
	}
	return nil
}

func checkSafe(field string, whole uint64) error {
	if whole > maxSafeInteger {
		return badField(field, "must be at most 2^53-1")
	}
	return nil
}
