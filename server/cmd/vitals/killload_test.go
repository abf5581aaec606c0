package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// killLoad is what is sent to a server that dies, and the ledger of it.
type killLoad struct {
	group
	address      string
	senders      []*sender
	watcher      *watcher
	life         atomic.Int64 // which server runs; it changes while none does
	acknowledged atomic.Int64
	again        atomic.Int64
}

// Two senders by HTTP offer 30,000 samples a second; sessions may send less each.
const (
	httpSenders, httpSeries, httpPause          = 2, 500, 33 * time.Millisecond
	sessionSenders, sessionSeries, sessionPause = 4, 100, 100 * time.Millisecond
)

func beginLoad(address string) *killLoad {
	l := &killLoad{group: group{ending: make(chan struct{})}, address: address, watcher: &watcher{kept: make(map[int64]int)}}
	for number := range httpSenders {
		l.add(&sender{host: fmt.Sprint("http-", number), series: httpSeries, pause: httpPause, way: &byHTTP{address: address}})
	}
	for number := range sessionSenders {
		l.add(&sender{host: fmt.Sprint("session-", number), series: sessionSeries, pause: sessionPause, way: &bySession{address: address}})
	}
	l.Go(func() { l.watcher.run(l) })
	return l
}

func (l *killLoad) add(s *sender) {
	l.senders = append(l.senders, s)
	l.Go(func() { s.run(l) })
}

// end lets each sender have its last push acknowledged.
func (l *killLoad) end(t *testing.T) {
	t.Helper()
	close(l.ending)
	l.watcher.stop()
	l.Wait()
}

// verify compares what the server gives back with the ledger.
func (l *killLoad) verify(t *testing.T, address string) {
	t.Helper()
	for _, s := range l.senders {
		s.verify(t, address)
	}
	l.watcher.verify(t, address)
	if l.acknowledged.Load() == 0 || len(l.watcher.rows) == 0 {
		t.Errorf("%d samples were acknowledged and %d rows seen: nothing was tested", l.acknowledged.Load(), len(l.watcher.rows))
	}
}

// sender pushes a host's series, all of one instant at a time, until each push is acknowledged.
type sender struct {
	host   string
	series int
	pause  time.Duration
	way    interface {
		push(events []wire.PushedEvent) (accepted int, err error)
		close()
	}
	sent []metric.TimestampMs // all of them were acknowledged
}

func (s *sender) run(l *killLoad) {
	defer s.way.close()
	clock := time.NewTicker(s.pause)
	defer clock.Stop()
	last := metric.TimestampMs(0)
	for !l.hasEnded() {
		last = max(last+1, metric.TimestampOf(time.Now()))
		s.pushUntilKept(l, last)
		<-clock.C
	}
}

// pushUntilKept pushes the same events until that is acknowledged: a push whose answer was lost comes twice.
func (s *sender) pushUntilKept(l *killLoad, at metric.TimestampMs) {
	events := make([]wire.PushedEvent, s.series)
	for i := range events {
		events[i] = wire.PushedEvent{Metric: fmt.Sprint("load.", i), Value: loadValue(i, at), Timestamp: &at, Host: s.host}
	}
	for {
		life, seen := l.life.Load(), l.watcher.seen()
		accepted, err := s.way.push(events)
		if err == nil && accepted == len(events) {
			if l.life.Load() == life {
				l.watcher.acknowledge(life, seen)
			}
			l.acknowledged.Add(int64(accepted))
			s.sent = append(s.sent, at)
			return
		}
		l.again.Add(1)
		time.Sleep(5 * time.Millisecond) // the server is away for some time
	}
}

// loadValue is the value of a series at a time: no two samples near each other have the same.
func loadValue(series int, at metric.TimestampMs) float64 {
	return float64((int64(at)*31+int64(series)*7919)%1_000_003) / 8
}

func (s *sender) verify(t *testing.T, address string) {
	t.Helper()
	times := make(map[metric.TimestampMs]int, len(s.sent)) // how many series are there
	for _, at := range s.sent {
		times[at] = 0
	}
	readBack(t, address, s.host, func(name string, at metric.TimestampMs, value float64) {
		var series int
		if _, err := fmt.Sscanf(name, "load.%d", &series); err != nil {
			t.Fatalf("%s has a series %s", s.host, name)
		}
		found, wasSent := times[at]
		if !wasSent {
			t.Fatalf("%s %s at %d was never sent", s.host, name, at)
		}
		if value != loadValue(series, at) {
			t.Fatalf("%s %s at %d is %v, was %v", s.host, name, at, value, loadValue(series, at))
		}
		times[at] = found + 1
	})
	lost := 0
	for _, found := range times {
		lost += s.series - found
	}
	if lost > 0 {
		t.Errorf("%s: %d of %d acknowledged samples are lost", s.host, lost, len(s.sent)*s.series)
	}
}

// readBack reads all samples of a host; one that comes twice, or out of order, is an error.
func readBack(t *testing.T, address, host string, each func(name string, at metric.TimestampMs, value float64)) {
	t.Helper()
	asked := fmt.Sprintf("http://%s/api/v1/export?format=ndjson&from=-1d&to=%d&host=%s", address, time.Now().Add(time.Hour).Unix(), url.QueryEscape(host))
	response, err := http.Get(asked)
	must(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s is answered %s", asked, response.Status)
	}
	var before metric.Event
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		var event metric.Event
		must(t, json.Unmarshal(lines.Bytes(), &event))
		if event.Metric == before.Metric && event.Timestamp <= before.Timestamp {
			t.Fatalf("%s %s at %d comes after %d", host, event.Metric, event.Timestamp, before.Timestamp)
		}
		before = event
		each(event.Metric, event.Timestamp, event.Value)
	}
	must(t, lines.Err())
}

// byHTTP pushes over HTTP.
type byHTTP struct {
	address string
	client  http.Client
}

func (h *byHTTP) push(events []wire.PushedEvent) (accepted int, err error) {
	body, err := json.Marshal(events)
	if err != nil {
		return 0, err
	}
	response, err := h.client.Post("http://"+h.address+"/api/v1/events", "application/json", strings.NewReader(string(body)))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var answer struct{ Accepted int }
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Accepted, err
}

func (h *byHTTP) close() { h.client.CloseIdleConnections() }

// bySession pushes by frames of a session.
type bySession struct {
	address string
	client  *streamtest.Client
	sent    int // by this connection
}

// A session may send so many frames at once; more would end it.
const framesOfASession = 8

func (s *bySession) push(events []wire.PushedEvent) (accepted int, err error) {
	defer func() {
		if s.sent++; err != nil || s.sent == framesOfASession {
			s.close()
		}
	}()
	if s.client == nil {
		if s.client, _, err = streamtest.OpenSession(s.address, "/ws"); err != nil {
			s.client = nil
			return 0, err
		}
	}
	if err := s.client.Send(wire.Publish{ID: 1, Events: events}); err != nil {
		return 0, err
	}
	for {
		frame, err := s.client.Next()
		if err != nil {
			return 0, err
		}
		if answer, isAnswer := frame.(wire.Published); isAnswer {
			return answer.Accepted, nil
		}
	}
}

func (s *bySession) close() {
	if s.client != nil {
		s.client.CloseNow()
	}
	s.client, s.sent = nil, 0
}

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
