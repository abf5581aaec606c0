package main

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"vitals/internal/metric"
	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

var triple = regexp.MustCompile(`^\{"metric":"[a-zA-Z_][^"]*","value":-?[0-9.e+-]+,"timestamp":[0-9]{10}(\.[0-9]{1,3})?\}$`)

func TestThePlainStreamIsOneTripleAMessage(t *testing.T) {
	t.Parallel()
	client, err := streamtest.Dial(start(t).address, "/ws")
	must(t, err)
	defer client.CloseNow()
	metrics := map[string]bool{}
	for !metrics["cpu"] || !metrics["memory"] || !metrics["network.receive"] || len(metrics) < 40 {
		message, err := client.ReadText()
		must(t, err)
		if !triple.Match(message) {
			t.Fatalf("got %s", message)
		}
		var event metric.Event
		must(t, json.Unmarshal(message, &event))
		if _, err := metric.ParseName(event.Metric); err != nil {
			t.Errorf("%s: %v", message, err)
		}
		metrics[event.Metric] = true
	}
}

func TestThePlainStreamFiltersAndBatches(t *testing.T) {
	t.Parallel()
	program := start(t)
	client, err := streamtest.Dial(program.address, "/ws?batch=1&metrics=cpu,load.*")
	must(t, err)
	defer client.CloseNow()
	for range 3 {
		message, err := client.ReadText()
		must(t, err)
		var events []metric.Event
		must(t, json.Unmarshal(message, &events))
		if len(events) != 4 {
			t.Errorf("got %s", message)
		}
		for _, event := range events {
			if event.Metric != "cpu" && !strings.HasPrefix(event.Metric, "load.") || event.Timestamp != events[0].Timestamp {
				t.Errorf("got %+v in %s", event, message)
			}
		}
	}
}

func TestASessionOfEveryHost(t *testing.T) {
	t.Parallel()
	program := start(t, "--simulate-hosts=3", "--backfill=10s")
	client, hello, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer client.CloseNow()
	if hello.Interval != 0.1 || hello.Backfill != 10 || len(hello.Hosts) != 3 || hello.Server.Version == "" || hello.Hosts[0].MemoryBytes == 0 {
		t.Errorf("hello is %+v", hello)
	}
	var hosts []string
	var ledgers []*streamtest.Ledger
	for _, host := range hello.Hosts {
		hosts = append(hosts, host.Name)
		ledgers = append(ledgers, &streamtest.Ledger{Host: host.Name})
	}
	must(t, client.Send(wire.Subscribe{Hosts: hosts}))
	const ringRows, liveRows = 100, 5
	for ledgers[len(ledgers)-1].Rows < ringRows+liveRows {
		frame, err := client.Next()
		must(t, err)
		for _, ledger := range ledgers {
			must(t, ledger.Note(frame))
		}
	}
	for _, ledger := range ledgers {
		if ledger.Rows < ringRows || len(ledger.Columns) < 40 || ledger.Dropped > 0 || ledger.Restarts > 0 {
			t.Errorf("of %s came %d rows of %d columns, %d dropped, %d restarts",
				ledger.Host, ledger.Rows, len(ledger.Columns), ledger.Dropped, ledger.Restarts)
		}
	}
}

func TestResumeAfterRandomCuts(t *testing.T) {
	t.Parallel()
	const cuts = 20
	program := start(t)
	chance := rand.New(rand.NewPCG(3, 4))
	var ledger streamtest.Ledger
	var position metric.Position
	var before uint64 // positions that the ring had forgotten when the first session began
	for cut := range cuts + 1 {
		client, hello, err := streamtest.OpenSession(program.address, "/ws")
		must(t, err)
		ledger.Host = hello.Hosts[0].Name
		var subscribe wire.Subscribe
		if cut > 0 {
			position.Seq = ledger.Last
			subscribe.Since = map[string]metric.Position{ledger.Host: position}
		}
		position.Epoch = hello.Epoch
		must(t, client.Send(subscribe))
		frames, wanted := 0, 2+chance.IntN(4)
		must(t, ledger.Follow(client, func() bool { frames++; return frames > wanted }))
		client.CloseNow()
		if cut == 0 {
			before = ledger.Last - ledger.Rows
		}
	}
	if ledger.Rows != ledger.Last-before || ledger.Dropped != 0 || ledger.Restarts != 0 {
		t.Errorf("%d rows up to %d, %d dropped, %d restarts", ledger.Rows, ledger.Last, ledger.Dropped, ledger.Restarts)
	}
}

func TestARestartedServerIsAGap(t *testing.T) {
	t.Parallel()
	program := start(t, "--backfill=2s")
	client, hello, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	ledger := streamtest.Ledger{Host: hello.Hosts[0].Name}
	must(t, client.Send(wire.Subscribe{}))
	must(t, ledger.Follow(client, func() bool { return ledger.Rows > 22 }))
	program.stop()
	if code := streamtest.CodeOf(client.ReadToEnd()); code != 1012 {
		t.Errorf("the stopped server closed with %d", code)
	}
	client.CloseNow()

	again, restarted, err := streamtest.OpenSession(start(t, "--backfill=2s").address, "/ws")
	must(t, err)
	defer again.CloseNow()
	if restarted.Epoch == hello.Epoch {
		t.Errorf("both runs are the epoch %s", hello.Epoch)
	}
	ledger.Columns = nil // another epoch has its own
	since := map[string]metric.Position{ledger.Host: {Epoch: hello.Epoch, Seq: ledger.Last}}
	must(t, again.Send(wire.Subscribe{Since: since}))
	rows := ledger.Rows
	must(t, ledger.Follow(again, func() bool { return ledger.Rows > rows+22 }))
	if ledger.Restarts != 1 || ledger.Dropped != 0 {
		t.Errorf("the ledger is %d restarts, %d dropped", ledger.Restarts, ledger.Dropped)
	}
}

func TestAHostThatIsUnknown(t *testing.T) {
	t.Parallel()
	client, hello, err := streamtest.OpenSession(start(t).address, "/ws")
	must(t, err)
	defer client.CloseNow()
	must(t, client.Send(wire.Subscribe{Hosts: []string{"nobody"}}))
	frame, err := client.Next()
	must(t, err)
	if told, isError := frame.(wire.Error); !isError || told.Code != wire.CodeUnknownHost || told.Field != "hosts[0]" {
		t.Errorf("told %+v", frame)
	}
	ledger := streamtest.Ledger{Host: hello.Hosts[0].Name}
	must(t, client.Send(wire.Subscribe{}))
	must(t, ledger.Follow(client, func() bool { return ledger.Rows > 1 }))
}
