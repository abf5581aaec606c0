package stream

import (
	"fmt"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
)

// A viewer whose filter sees nothing for long comes back by the id of a ping, and has missed nothing.
func TestAPingSaysHowFarAQuietViewerHasCome(t *testing.T) {
	const remembered, ticks = 20, 100
	bus := newHub(hub.Options{Backfill: remembered * time.Second})
	streams := newStreams(bus)
	streams.every = beatEvery / 100
	address := serveEvents(t, streams)
	const path = "/events?metrics=quiet"
	client := openEvents(t, address, path)
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	for seq := range ticks {
		bus.Publish(tick(seq, 2))
		eventually(t, "the tick has passed the viewer", func() bool { return streams.Stats().Delivered == uint64(seq+1) })
	}
	id := fmt.Sprintf("%s-%d", bus.Epoch(), ticks)
	for nextPing(t, client).ID != id { // those before the last tick say so
	}
	client.CloseNow()
	again := openEvents(t, address, path, "Last-Event-ID: "+id)
	for range 2 {
		if ping := nextPing(t, again); ping.ID != id {
			t.Errorf("nothing was published, and the id is %s after %s", ping.ID, id)
		}
	}
}

// nextPing reads the next event, which must be a ping.
func nextPing(t *testing.T, client *streamtest.EventClient) streamtest.Event {
	t.Helper()
	event, err := client.Next()
	must(t, err)
	if event.Name != eventPing {
		t.Fatalf("expected a ping, got %+v", event)
	}
	return event
}
