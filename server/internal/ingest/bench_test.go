package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// benchmarkBodies takes the same series again and again, as they come from agents, through a real hub.
func benchmarkBodies(b *testing.B, events int, body func(at time.Time) string, take func(*batch, string) error) {
	now := noon
	service := New(Options{Bus: hub.New(hub.Options{}), Own: "own", Clock: func() time.Time { return now }})
	size := len(body(now))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		now = now.Add(time.Second)
		text := body(now)
		b.StartTimer()
		batch := service.newBatch(context.Background(), 9)
		if err := take(batch, text); err != nil {
			b.Fatal(err)
		}
		if answer := batch.close(""); answer.Accepted != events {
			b.Fatalf("%+v", answer)
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkLines(b *testing.B) {
	benchmarkBodies(b, 1000, func(at time.Time) string {
		var text strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&text, "{\"metric\":\"room.temp{room=%d}\",\"value\":%d.5,\"timestamp\":%d,\"host\":\"attic\"}\n", i, i, at.Unix())
		}
		return text.String()
	}, func(batch *batch, text string) error { return batch.readEvents(strings.NewReader(text)) })
}

func BenchmarkLineProtocol(b *testing.B) {
	benchmarkBodies(b, 1000, func(at time.Time) string {
		var text strings.Builder
		for i := range 100 {
			fmt.Fprintf(&text, "disk,device=sd%d,host=nas a=1i,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10 %d\n", i, at.UnixNano())
		}
		return text.String()
	}, func(batch *batch, text string) error { return batch.readPoints(strings.NewReader(text), 9) })
}

func BenchmarkPublish(b *testing.B) {
	var events []wire.PushedEvent
	for i := range 100 {
		events = append(events, pushed(fmt.Sprintf("m%d", i), 1, 0))
	}
	benchmarkBodies(b, 100, func(time.Time) string { return "" }, func(batch *batch, _ string) error {
		at := *events[0].Timestamp + 1000
		for i, event := range events {
			event.Timestamp = &at
			events[i].Timestamp = &at
			batch.add(eventOf(i, event))
		}
		return nil
	})
}
