package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"vitals/internal/metric"
)

// sqliteEngine keeps the same in SQLite, in one of the two usual layouts: a row for each sample (series, ts, v), or a row for
// each host and second with a column for each metric. Its log is written at each commit and synced at checkpoints.
type sqliteEngine struct {
	file    string
	db      *sql.DB
	wide    bool
	columns int
	insert  string
	samples int64
	values  []any
}

func openSQLite(ctx context.Context, file string, wide bool, columns int) (*sqliteEngine, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	e := &sqliteEngine{file: file, db: db, wide: wide, columns: columns}
	table := "CREATE TABLE IF NOT EXISTS samples (series INTEGER, ts INTEGER, v REAL, PRIMARY KEY (series, ts)) WITHOUT ROWID"
	e.insert = "INSERT INTO samples VALUES (?, ?, ?)"
	if wide {
		names := make([]string, columns)
		for i := range names {
			names[i] = fmt.Sprintf("c%d REAL", i)
		}
		table = "CREATE TABLE IF NOT EXISTS samples (host INTEGER, ts INTEGER, " + strings.Join(names, ", ") +
			", PRIMARY KEY (host, ts)) WITHOUT ROWID"
		e.insert = "INSERT INTO samples VALUES (?, ?" + strings.Repeat(", ?", columns) + ")"
	}
	if _, err := db.ExecContext(ctx, table); err != nil {
		return nil, fmt.Errorf("make a table: %w", err)
	}
	return e, nil
}

func (e *sqliteEngine) append(rows []engineRow) error {
	ctx := context.Background()
	transaction, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = transaction.Rollback() }() // does nothing after Commit
	statement, err := transaction.PrepareContext(ctx, e.insert)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { _ = statement.Close() }() // the transaction tells of errors
	for _, row := range rows {
		if err := e.appendRow(ctx, statement, row); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	return transaction.Commit()
}

func (e *sqliteEngine) appendRow(ctx context.Context, statement *sql.Stmt, row engineRow) error {
	if !e.wide {
		for i, value := range row.values {
			if math.IsNaN(value) {
				continue
			}
			e.samples++
			if _, err := statement.ExecContext(ctx, row.host*e.columns+i, int64(row.timestamp), value); err != nil {
				return err
			}
		}
		return nil
	}
	e.values = append(e.values[:0], row.host, int64(row.timestamp))
	for _, value := range row.values {
		if math.IsNaN(value) {
			e.values = append(e.values, nil)
			continue
		}
		e.samples++
		e.values = append(e.values, value)
	}
	_, err := statement.ExecContext(ctx, e.values...)
	return err
}

func (e *sqliteEngine) settle(ctx context.Context) (stored, error) {
	if _, err := e.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return stored{}, fmt.Errorf("checkpoint: %w", err)
	}
	info, err := os.Stat(e.file)
	if err != nil {
		return stored{}, err
	}
	return stored{Bytes: info.Size(), Samples: e.samples, Everything: info.Size()}, nil
}

func (e *sqliteEngine) buckets(ctx context.Context, columns []int, from metric.TimestampMs, seconds int) error {
	step := int64(seconds) * 1000 / 300
	to := int64(from) + int64(seconds)*1000
	if !e.wide {
		return e.read(ctx, len(columns)*300, `SELECT series, ts / ?, min(v), avg(v), max(v) FROM samples
			WHERE series BETWEEN ? AND ? AND ts >= ? AND ts < ? GROUP BY 1, 2`, step, columns[0], columns[len(columns)-1], int64(from), to)
	}
	figures := make([]string, len(columns))
	for i, column := range columns {
		figures[i] = fmt.Sprintf("min(c%d), avg(c%d), max(c%d)", column, column, column)
	}
	return e.read(ctx, 300, "SELECT ts / ?, "+strings.Join(figures, ", ")+
		" FROM samples WHERE host = 0 AND ts >= ? AND ts < ? GROUP BY 1", step, int64(from), to)
}

// read takes all rows as they come. About so many are expected.
func (e *sqliteEngine) read(ctx context.Context, expected int, query string, arguments ...any) error {
	rows, err := e.db.QueryContext(ctx, query, arguments...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(names))
	for i := range cells {
		cells[i] = new(sql.NullFloat64)
	}
	count := 0
	for ; rows.Next(); count++ {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
	}
	if count < expected/2 {
		return fmt.Errorf("query: %d rows instead of about %d", count, expected)
	}
	return rows.Err()
}

func (e *sqliteEngine) close() error { return e.db.Close() }
