package main

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// seenRow is a row of an invented machine that a viewer saw.
type seenRow struct {
	host    string
	at      metric.TimestampMs
	columns []metric.Series
	values  []float64
	life    int64
}

// watcher sees what the server samples itself. A push that is sent after a row was seen, and acknowledged by the same server,
// says that the row is kept too.
type watcher struct {
	mu     sync.Mutex
	rows   []seenRow
	kept   map[int64]int // by life: its rows before this one are certain
	client *streamtest.Client
	ended  bool
}

func (w *watcher) seen() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.rows)
}

func (w *watcher) acknowledge(life int64, rows int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept[life] = max(w.kept[life], rows)
}

// run watches over any number of lives of the server.
func (w *watcher) run(l *killLoad) {
	for !l.hasEnded() {
		life := l.life.Load()
		client, hello, err := streamtest.OpenSession(l.address, "/ws")
		if err != nil {
			time.Sleep(5 * time.Millisecond) // the server is away for some time
			continue
		}
		if w.hold(client) && l.life.Load() == life {
			w.watch(client, hello, life)
		}
		client.CloseNow()
	}
}

// hold keeps the connection for stop; false after that.
func (w *watcher) hold(client *streamtest.Client) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.client = client
	return !w.ended
}

func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	if w.client != nil {
		w.client.CloseNow()
	}
}

func (w *watcher) watch(client *streamtest.Client, hello wire.Hello, life int64) {
	var hosts []string
	for _, host := range hello.Hosts {
		if !strings.HasPrefix(host.Name, "http-") && !strings.HasPrefix(host.Name, "session-") {
			hosts = append(hosts, host.Name)
		}
	}
	if err := client.Send(wire.Subscribe{Hosts: hosts}); err != nil {
		return
	}
	columns := make(map[string][]metric.Series)
	for {
		frame, err := client.Next()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case wire.Catalog:
			columns[frame.Host] = frame.Series
		case wire.Update:
			w.note(frame, columns[frame.Host], life)
		}
	}
}

func (w *watcher) note(row wire.Update, columns []metric.Series, life int64) {
	if row.Columns != nil {
		return // a sparse one; there are enough others
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows = append(w.rows, seenRow{row.Host, row.Timestamp, columns, row.Values, life})
}

type sampleKey struct {
	host, name string
	at         metric.TimestampMs
}

func (w *watcher) verify(t *testing.T, address string) {
	t.Helper()
	stored := make(map[sampleKey]float64)
	read := make(map[string]bool)
	lost := 0
	for number, row := range w.rows {
		if !read[row.host] {
			read[row.host] = true
			readBack(t, address, row.host, func(name string, at metric.TimestampMs, value float64) {
				stored[sampleKey{row.host, name, at}] = value
			})
		}
		for column, value := range row.values {
			if math.IsNaN(value) {
				continue
			}
			key := sampleKey{row.host, row.columns[column].Metric, row.at}
			found, isStored := stored[key]
			if isStored && found != value {
				t.Fatalf("%+v is %v, was %v", key, found, value)
			}
			if !isStored && number < w.kept[row.life] {
				lost++
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d samples of invented machines are lost, which were certain", lost)
	}
}
