package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
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

// Two senders by HTTP offer 30,000 samples a second; sessions may send less each. What comes late is sorted in, which takes more.
const (
	httpSenders, httpSeries, httpPause          = 2, 500, 33 * time.Millisecond
	sessionSenders, sessionSeries, sessionPause = 4, 100, 100 * time.Millisecond
	lateSenders, lateSeries, latePause          = 2, 20, 66 * time.Millisecond
)

func beginLoad(address string) *killLoad {
	l := &killLoad{group: group{ending: make(chan struct{})}, address: address, watcher: &watcher{kept: make(map[int64]int)}}
	for number := range httpSenders {
		l.add(&sender{host: fmt.Sprint("http-", number), series: httpSeries, pause: httpPause, instants: inTime(), way: &byHTTP{address: address}})
	}
	for number := range sessionSenders {
		l.add(&sender{
			host: fmt.Sprint("session-", number), series: sessionSeries, pause: sessionPause, instants: inTime(), way: &bySession{address: address},
		})
	}
	for number := range lateSenders {
		lateness := time.Duration(number) * 50 * time.Minute
		l.add(&sender{host: fmt.Sprint("http-late-", number), series: lateSeries, pause: latePause, instants: late(lateness), way: &byHTTP{address: address}})
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

// sender pushes a host's series, all of some instants at a time, until each push is acknowledged.
type sender struct {
	host     string
	series   int
	pause    time.Duration
	instants func(now metric.TimestampMs) []metric.TimestampMs
	way      interface {
		push(events []wire.PushedEvent) (accepted int, err error)
		close()
	}
	sent []metric.TimestampMs // all of them were acknowledged
}

func (s *sender) run(l *killLoad) {
	defer s.way.close()
	clock := time.NewTicker(s.pause)
	defer clock.Stop()
	for !l.hasEnded() {
		s.pushUntilKept(l, s.instants(metric.TimestampOf(time.Now())))
		<-clock.C
	}
}

// inTime are instants each after the one before.
func inTime() func(now metric.TimestampMs) []metric.TimestampMs {
	last := metric.TimestampMs(0)
	return func(now metric.TimestampMs) []metric.TimestampMs {
		last = max(last+1, now)
		return []metric.TimestampMs{last}
	}
}

// late are instants of which most are before others that were sent, and some were sent before.
func late(by time.Duration) func(now metric.TimestampMs) []metric.TimestampMs {
	return func(now metric.TimestampMs) (instants []metric.TimestampMs) {
		for i := range metric.TimestampMs(10) {
			instants = append(instants, now-metric.TimestampMs(by.Milliseconds())-i*i)
		}
		return instants
	}
}

// pushUntilKept pushes the same events until that is acknowledged: a push whose answer was lost comes twice.
func (s *sender) pushUntilKept(l *killLoad, instants []metric.TimestampMs) {
	var events []wire.PushedEvent
	for _, at := range instants {
		for i := range s.series {
			events = append(events, wire.PushedEvent{Metric: fmt.Sprint("load.", i), Value: loadValue(i, at), Timestamp: &at, Host: s.host})
		}
	}
	for {
		life, seen := l.life.Load(), l.watcher.seen()
		accepted, err := s.way.push(events)
		if err == nil && accepted == len(events) {
			if l.life.Load() == life {
				l.watcher.acknowledge(life, seen)
			}
			l.acknowledged.Add(int64(accepted))
			s.sent = append(s.sent, instants...)
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
		t.Errorf("%s: %d of %d acknowledged samples are lost", s.host, lost, len(times)*s.series)
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
