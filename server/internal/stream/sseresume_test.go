package stream

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vitals/internal/hub"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// publishOther publishes a tick of another host.
func publishOther(bus *hub.Hub, host string, seq, series int) {
	update := tick(seq, series)
	update.Host = host
	bus.Publish(update)
}

// collected is what a viewer got over all of its connections.
type collected struct {
	values []string // host, metric and time of each
	gaps   []wire.Gap
}

func (c *collected) note(t *testing.T, event streamtest.Event) {
	t.Helper()
	switch {
	case event.Name == eventGap:
		var gap wire.Gap
		must(t, json.Unmarshal([]byte(event.Data), &gap))
		c.gaps = append(c.gaps, gap)
	case event.Name != "message":
	case event.Data[0] == '[':
		var rows []json.RawMessage
		must(t, json.Unmarshal([]byte(event.Data), &rows))
		for _, row := range rows {
			c.noteTriple(decodeTriple(t, string(row)))
		}
	default:
		c.noteTriple(decodeTriple(t, event.Data))
	}
}

func (c *collected) noteTriple(event triple) {
	c.values = append(c.values, fmt.Sprintf("%s %s %.0f", event.Host, event.Metric, event.Timestamp))
}

// A viewer is cut again and again, anywhere, also in the middle of a tick, and comes back with the last id that it saw.
func TestComingBackLosesNothingAndRepeatsNothing(t *testing.T) {
	const ticks, series, seed = 120, 5, 7
	for name, c := range map[string]struct {
		query string
		hosts []string
	}{
		"events":    {"", []string{""}},
		"batches":   {"batch=1", []string{""}},
		"one other": {"host=web-2", []string{"web-2"}},
		"two hosts": {"host=web-1,web-2", []string{testHost, "web-2"}},
		"all hosts": {"host=*", []string{testHost, "web-2", "web-3"}},
		"a few":     {"host=*&metrics=cpu.core{core=1},cpu.core{core=3}", []string{testHost, "web-2", "web-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			bus := newHub(hub.Options{Backfill: time.Hour})
			streams := newStreams(bus)
			address := serveEvents(t, streams)
			everyone := []string{testHost, "web-2", "web-3"}
			publish := func(seq int) {
				for _, host := range everyone {
					publishOther(bus, host, seq, series)
				}
			}
			publish(0)
			var got collected
			random, lastID, published := rand.New(rand.NewPCG(seed, seed)), "", 0
			named := map[string]bool{}
			for _, host := range c.hosts {
				named[host] = true
			}
			var wanted []string
			for seq := 0; seq <= ticks; seq++ {
				for _, host := range everyone {
					shown := host
					if named[""] && host == testHost || len(c.hosts) == 1 && host == c.hosts[0] {
						shown = ""
					} else if !named[host] {
						continue
					}
					for i := range series {
						if strings.Contains(c.query, "metrics") && i != 1 && i != 3 {
							continue
						}
						wanted = append(wanted, fmt.Sprintf("%s %s %d", shown, seriesName(i), int(testEpoch)/1000+seq))
					}
				}
			}
			for len(got.values) < len(wanted) {
				path := "/events?backfill=1h&" + c.query
				client, err := streamtest.OpenEvents(address, path, "Last-Event-ID: "+lastID)
				must(t, err)
				for range random.IntN(40) {
					if published < ticks && random.IntN(4) == 0 {
						published++
						publish(published)
					}
					if len(got.values) == len(wanted) || len(got.values) >= len(wanted)/(ticks+1)*(published+1) {
						break // nothing more is there to be read
					}
					event := nextValue(t, client)
					got.note(t, event)
					lastID = event.ID
				}
				if published < ticks {
					published++
					publish(published)
				}
				client.CloseNow()
			}
			if !slices.Equal(got.values, wanted) {
				at := 0
				for at < min(len(got.values), len(wanted)) && got.values[at] == wanted[at] {
					at++
				}
				t.Errorf("%d events of %d, the first difference at %d: %q, expected %q", len(got.values), len(wanted), at,
					got.values[at:min(at+3, len(got.values))], wanted[at:min(at+3, len(wanted))])
			}
			if len(got.gaps) > 0 {
				t.Errorf("gaps %+v", got.gaps)
			}
		})
	}
}

func TestWhatIsGoneIsTold(t *testing.T) {
	const kept = 10
	bus := newHub(hub.Options{Backfill: kept * time.Second})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	for seq := range 50 {
		bus.Publish(tick(seq, 2))
	}
	for name, c := range map[string]struct {
		id   string
		gap  wire.Gap
		from int // the timestamp of the first event behind it
	}{
		"of another server": {"OTHER-17", wire.Gap{Host: testHost}, 50 - kept},
		"of a stranger":     {"17", wire.Gap{Host: testHost}, 50 - kept},
		"too old":           {bus.Epoch() + "-5", wire.Gap{Host: testHost, To: 40}, 50 - kept},
	} {
		t.Run(name, func(t *testing.T) {
			client := openEvents(t, address, "/events", "Last-Event-ID: "+c.id)
			event := nextValue(t, client)
			var got collected
			if got.note(t, event); len(got.gaps) != 1 || got.gaps[0] != c.gap || strings.Contains(event.Data, "type") ||
				!strings.Contains(event.Data, `"recovered":false`) {
				t.Fatalf("first came %+v, expected the gap %+v", event, c.gap)
			}
			if first := decodeTriple(t, nextValue(t, client).Data); int(first.Timestamp) != int(testEpoch)/1000+c.from {
				t.Errorf("behind the gap came %+v", first)
			}
		})
	}
	t.Run("of the newest", func(t *testing.T) {
		client := openEvents(t, address, "/events?lastEventId="+bus.Epoch()+"-50")
		eventually(t, "the viewer is in", func() bool { return viewersIn(streams) >= 1 })
		bus.Publish(tick(50, 2))
		if first := nextValue(t, client); first.Name != "message" || first.ID != bus.Epoch()+"-51.1" {
			t.Errorf("first came %+v", first)
		}
	})
}

// A viewer that reads nothing for a while finds its events and the gaps between them add up.
func TestASlowReaderIsToldWhatItMissed(t *testing.T) {
	const ticks, series = 1000, 60
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	bus.Publish(tick(0, series))
	network, err := net.Dial("tcp", address)
	must(t, err)
	defer network.Close()
	must(t, network.(*net.TCPConn).SetReadBuffer(128<<10))
	_, err = io.WriteString(network, "GET /events?batch=1&backfill=0 HTTP/1.1\r\nHost: a\r\n\r\n")
	must(t, err)
	eventually(t, "the viewer is in", func() bool { return viewersIn(streams) == 1 })
	for seq := 1; seq <= ticks; seq++ {
		bus.Publish(tick(seq, series))
	}
	must(t, network.SetReadDeadline(time.Now().Add(30*time.Second)))
	answer, err := http.ReadResponse(bufio.NewReader(network), nil)
	must(t, err)
	defer answer.Body.Close()
	parser := streamtest.NewEventParser(answer.Body)
	var got collected
	last := fmt.Sprintf("%s-%d", bus.Epoch(), ticks+1)
	for parser.LastID != last {
		event, err := parser.Next()
		must(t, err)
		got.note(t, event)
	}
	dropped := uint64(0)
	for _, gap := range got.gaps {
		if gap.Dropped != gap.To-gap.From+1 || gap.Host != testHost {
			t.Errorf("the gap %+v", gap)
		}
		dropped += gap.Dropped
	}
	if rows := uint64(len(got.values)) / series; rows+dropped != ticks || dropped == 0 {
		t.Errorf("%d ticks came and %d were dropped, of %d", rows, dropped, ticks)
	}
}

// What a viewer of folded values gets in pieces is what one gets who asks for all of it at once.
func TestComingBackToFoldedValues(t *testing.T) {
	const ticks, series, seed = 100, 3, 11
	const path = "/events?backfill=1h&host=*&interval=5s&envelope=1"
	bus := newHub(hub.Options{Backfill: time.Hour})
	streams := newStreams(bus)
	address := serveEvents(t, streams)
	publish := func(seq int) {
		publishOther(bus, testHost, seq, series)
		publishOther(bus, "web-2", seq, series)
	}
	var got, wanted collected
	random, lastID := rand.New(rand.NewPCG(seed, seed)), ""
	for seq := range ticks + 1 {
		publish(seq)
		closed := seq / 5 * 2 * series // values of intervals that are over
		if random.IntN(3) > 0 || len(got.values) == closed {
			continue
		}
		client, err := streamtest.OpenEvents(address, path, "Last-Event-ID: "+lastID)
		must(t, err)
		for range 1 + random.IntN(closed-len(got.values)) {
			event := nextValue(t, client)
			got.note(t, event)
			lastID = event.ID
		}
		client.CloseNow()
		eventually(t, "the viewer is gone", func() bool { return len(streams.everybody(nil)) == 0 })
	}
	whole := openEvents(t, address, path)
	for len(wanted.values) < ticks/5*2*series {
		wanted.note(t, nextValue(t, whole))
	}
	if len(got.values) < len(wanted.values)/2 || len(got.gaps) > 0 || !slices.Equal(got.values, wanted.values[:len(got.values)]) {
		t.Errorf("in pieces came %q with the gaps %+v, at once %q", got.values, got.gaps, wanted.values)
	}
}
