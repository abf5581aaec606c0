package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// awaitFrame reads frames of a session until one is of that type.
func awaitFrame[F wire.Frame](t *testing.T, client *streamtest.Client) F {
	t.Helper()
	for {
		frame, err := client.Next()
		must(t, err)
		if found, isWanted := frame.(F); isWanted {
			return found
		}
	}
}

// TestEveryWayOfPushingIsOneWay: what a session, HTTP and the line protocol push is judged together, and those who watch see
// it once.
func TestEveryWayOfPushingIsOneWay(t *testing.T) {
	t.Parallel()
	program := start(t)
	client, _, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer client.CloseNow()
	now := metric.TimestampOf(time.Now())
	event := wire.PushedEvent{Metric: "room.temp", Value: 21.3, Timestamp: &now, Host: "attic"}
	must(t, client.Send(wire.Publish{ID: 7, Events: []wire.PushedEvent{event, {Metric: "room temp"}, {Metric: "cpu"}}}))
	first := awaitFrame[wire.Published](t, client)
	if first.ID != 7 || first.Accepted != 1 || len(first.Rejected) != 2 || first.Rejected[0].Index != 1 || first.Rejected[1].Code != "reserved" {
		t.Errorf("answered %+v", first)
	}
	post := func(path, body string) string {
		answer := ask(t, program.address, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body))
		if answer.status != http.StatusOK && answer.status != http.StatusNoContent {
			t.Errorf("%s is answered %+v", path, answer)
		}
		return fmt.Sprint(answer)
	}
	again := post("/api/v1/events", fmt.Sprintf(`{"metric":"room.temp","value":21.3,"timestamp":%d.%03d,"host":"attic"}`, now/1000, now%1000))
	if !strings.Contains(again, `"duplicates":1`) {
		t.Errorf("the same by HTTP: %s", again)
	}
	post("/api/v1/write", fmt.Sprintf("room,host=attic temp=22.5 %d000000", now))
	must(t, client.Send(wire.Subscribe{Hosts: []string{"attic"}}))
	catalog := awaitFrame[wire.Catalog](t, client)
	if len(catalog.Series) != 1 || catalog.Series[0].Metric != "room.temp" || !catalog.Series[0].Custom {
		t.Errorf("catalogue: %+v", catalog.Series)
	}
	snapshot := awaitFrame[wire.Snapshot](t, client)
	if len(snapshot.Columns) != 1 || len(snapshot.Columns[0]) != 1 || snapshot.Columns[0][0] != 21.3 || snapshot.Timestamps[0] != now {
		t.Errorf("the past: %+v", snapshot)
	}
	post("/api/v1/write", fmt.Sprintf("room,host=attic temp=22.5 %d000000", now+1))
	if update := awaitFrame[wire.Update](t, client); update.Host != "attic" || update.Timestamp != now+1 || update.Values[0] != 22.5 {
		t.Errorf("live: %+v", update)
	}
}

// TestAnUnreadableEventSpoilsNoOther: of a frame with one event that cannot be read the others count, and the session goes on.
func TestAnUnreadableEventSpoilsNoOther(t *testing.T) {
	t.Parallel()
	program := start(t)
	client, _, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer client.CloseNow()
	must(t, client.WriteText(`{"type":"publish","id":3,"events":[{"metric":"room.temp","value":21.3},{"metric":"room.temp","value":"warm"}]}`))
	answer := awaitFrame[wire.Published](t, client)
	if answer.ID != 3 || answer.Accepted != 1 || len(answer.Rejected) != 1 || answer.Rejected[0].Index != 1 || answer.Rejected[0].Field != "value" {
		t.Errorf("answered %+v", answer)
	}
	must(t, client.Send(wire.Ping{ID: 4}))
	if pong := awaitFrame[wire.Pong](t, client); pong.ID != 4 {
		t.Errorf("the session answers %+v", pong)
	}
}
