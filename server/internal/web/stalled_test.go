package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// stalledClient has asked, and takes nothing of the answer until it goes on.
type stalledClient struct {
	*httptest.ResponseRecorder

	begins, proceed, ended chan struct{}

	beginOnce, proceedOnce sync.Once
}

// stall has clients ask one after another, and waits until something is sent to each.
func stall(t *testing.T, h *testServer, path string, count int) (clients []*stalledClient) {
	t.Helper()
	for range count {
		client := &stalledClient{
			ResponseRecorder: httptest.NewRecorder(), begins: make(chan struct{}), proceed: make(chan struct{}), ended: make(chan struct{}),
		}
		go func() {
			defer close(client.ended)
			h.ServeHTTP(client, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+path, nil))
		}()
		select {
		case <-client.begins:
		case <-client.ended:
			t.Fatalf("nothing is sent: %d %s", client.Code, client.Body)
		}
		t.Cleanup(client.goOn)
		clients = append(clients, client)
	}
	return clients
}

// Write implements [http.ResponseWriter].
func (c *stalledClient) Write(piece []byte) (int, error) {
	c.beginOnce.Do(func() { close(c.begins) })
	<-c.proceed
	return c.ResponseRecorder.Write(piece)
}

// goOn takes all of the answer.
func (c *stalledClient) goOn() {
	c.proceedOnce.Do(func() { close(c.proceed) })
	<-c.ended
}

// pastOf is an answer that takes so much memory.
func pastOf(words int) *history.Result {
	series := history.SeriesResult{Series: metric.Series{Metric: "cpu"}, Values: append(make([]float64, 0, words), 1)}
	return &history.Result{Host: "web-1", Timelines: [][]metric.TimestampMs{{1000}}, Series: []history.SeriesResult{series}}
}

// TestAnswersThatNobodyTakesKeepNoQuestionOut has clients that read nothing.
func TestAnswersThatNobodyTakesKeepNoQuestionOut(t *testing.T) {
	const large = history.MaxAnswerBytes / 8
	past := &toldPast{result: pastOf(large - 2)}
	h := newTestServer(t, remembers(past))
	clients := stall(t, h, "/api/v1/history?points=10", 1)
	if got := h.get("/api/v1/history?points=10"); got.refusal(t) != (refusal{503, "unavailable", ""}) {
		t.Errorf("a second one that takes all memory: %d %s", got.status, got.body)
	}
	past.result = pastOf(1)
	for i := range 10 {
		clients = append(clients, stall(t, h, "/api/v1/history?points="+strconv.Itoa(i+1), 1)...)
	}
	if got := h.get("/api/v1/history?points=10"); got.status != http.StatusOK {
		t.Errorf("a small one: %d %s", got.status, got.body)
	}
	for _, client := range clients {
		client.goOn()
		if client.Code != http.StatusOK || client.Body.Len() == 0 {
			t.Errorf("one that went on: %d %s", client.Code, client.Body)
		}
	}
}
