package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/hub"
	"vitals/internal/metric"
	"vitals/internal/stream"
	"vitals/internal/stream/streamtest"
	"vitals/internal/web"
)

// TestTranscripts plays the conversations of protocol/transcripts, see the README there.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("../../../protocol/transcripts/*.txt")
	const fewest = 6 // a wrong path must not pass for a green test
	if err != nil || len(files) < fewest {
		t.Fatalf("found %d transcripts: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, lines, found := strings.Cut(string(text), "\n\n")
			if !found {
				t.Fatal("no empty line between the description and the conversation")
			}
			newConversation(t, head).play(strings.Split(strings.TrimSpace(lines), "\n"))
		})
	}
}

// conversation is a server with one client.
type conversation struct {
	t       *testing.T
	hub     *hub.Hub
	address string
	client  *streamtest.Client

	names  map[string]any // what the server chose
	unread []byte         // a message that was read ahead
}

func newConversation(t *testing.T, head string) *conversation {
	t.Helper()
	backfill := 5 * time.Minute
	if _, value, set := strings.Cut(head, "backfill: "); set {
		var err error
		if backfill, err = time.ParseDuration(strings.TrimSpace(value)); err != nil {
			t.Fatal(err)
		}
	}
	bus := hub.New(hub.Options{Interval: time.Second, Backfill: backfill})
	bus.Describe(metric.Host{Name: "web-1", Hostname: "web-1"})
	streams := stream.New(stream.Options{Bus: bus, Interval: time.Second, Backfill: backfill, Version: "v0.2.0", Logger: zerolog.Nop()})
	server := httptest.NewServer(web.New(web.Options{
		Bus: bus, Streams: streams, Interval: time.Second, Logger: zerolog.Nop(), LastSample: time.Now,
	}))
	c := &conversation{t: t, hub: bus, address: strings.TrimPrefix(server.URL, "http://"), names: make(map[string]any)}
	t.Cleanup(func() {
		c.cut()
		_ = streams.Shutdown(context.Background())
		server.Close()
	})
	return c
}

func (c *conversation) play(lines []string) {
	c.t.Helper()
	for number, line := range lines {
		mark, rest, _ := strings.Cut(line, " ")
		var err error
		switch mark {
		case ">":
			err = c.send(rest)
		case "<":
			err = c.expect(rest)
		case "<*":
			err = c.expectAny(rest)
		case "!":
			err = c.happen(rest)
		default:
			err = fmt.Errorf("unknown mark %q", mark)
		}
		if err != nil {
			c.t.Fatalf("line %d, %.120s\n%v", number+1, line, err)
		}
	}
}

func (c *conversation) send(text string) error {
	if handshake, is := strings.CutPrefix(text, "GET "); is {
		return c.shakeHands(handshake)
	}
	if text == "cut" {
		c.cut()
		return nil
	}
	for name, value := range c.names {
		chosen, err := json.Marshal(value)
		if err != nil {
			return err
		}
		text = strings.ReplaceAll(text, `"$`+name+`"`, string(chosen))
	}
	return c.client.WriteText(text)
}

func (c *conversation) cut() {
	if c.client != nil {
		c.client.CloseNow()
	}
}

// shakeHands opens a connection whose kernel hides little: a slow client shall be slow soon.
func (c *conversation) shakeHands(words string) error {
	path, subprotocol, _ := strings.Cut(words, " ")
	network, err := net.Dial("tcp", c.address)
	if err != nil {
		return err
	}
	if err := network.(*net.TCPConn).SetReadBuffer(8 << 10); err != nil {
		return err
	}
	c.client = streamtest.Over(network)
	var headers []string
	if subprotocol != "" {
		headers = append(headers, "Sec-WebSocket-Protocol: "+subprotocol)
	}
	return c.client.Write([]byte(streamtest.Handshake(c.address, path, headers...)))
}

func (c *conversation) expect(wanted string) error {
	if words := strings.Fields(wanted); len(words) > 0 {
		if status, err := strconv.Atoi(words[0]); err == nil {
			return c.expectAnswer(status, strings.TrimSpace(strings.TrimPrefix(wanted, words[0])))
		}
		if words[0] == "close" {
			_, err := c.client.ReadText()
			if got := streamtest.CodeOf(err); strconv.Itoa(got) != words[1] {
				return fmt.Errorf("ended by %w", err)
			}
			return nil
		}
	}
	got, err := c.read()
	if err != nil {
		return err
	}
	if !c.matches(wanted, got) {
		return fmt.Errorf("came: %.500s", got)
	}
	return nil
}

// expectAnswer takes the answer to the handshake.
func (c *conversation) expectAnswer(status int, rest string) error {
	if status == http.StatusSwitchingProtocols {
		return c.client.SkipHandshake()
	}
	_ = c.client.Network.SetReadDeadline(time.Now().Add(c.client.Patience))
	answer, err := http.ReadResponse(bufio.NewReader(c.client.Network), nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status || !c.matches(rest, body) {
		return fmt.Errorf("answered %s %s (%w)", answer.Status, body, err)
	}
	return nil
}

// expectAny takes messages as long as they match.
func (c *conversation) expectAny(wanted string) error {
	for {
		got, err := c.read()
		if err != nil {
			return err
		}
		if !c.matches(wanted, got) {
			c.unread = got
			return nil
		}
	}
}

func (c *conversation) read() ([]byte, error) {
	if ahead := c.unread; ahead != nil {
		c.unread = nil
		return ahead, nil
	}
	return c.client.ReadText()
}

// matches compares values of JSON; texts that begin with $ stand for what the server chooses.
func (c *conversation) matches(wanted string, got []byte) bool {
	var want, have any
	if err := json.Unmarshal([]byte(wanted), &want); err != nil {
		c.t.Fatalf("the transcript is no JSON: %v", err)
	}
	return json.Unmarshal(got, &have) == nil && c.same(want, have)
}

func (c *conversation) same(want, have any) bool {
	switch want := want.(type) {
	case string:
		if name, chosen := strings.CutPrefix(want, "$"); chosen {
			return c.bind(name, have)
		}
	case map[string]any:
		object, is := have.(map[string]any)
		if !is || len(object) != len(want) {
			return false
		}
		for key, value := range want {
			if field, exists := object[key]; !exists || !c.same(value, field) {
				return false
			}
		}
		return true
	case []any:
		list, is := have.([]any)
		if !is || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !c.same(want[i], list[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(want, have)
}

func (c *conversation) bind(name string, value any) bool {
	if name == "_" {
		return true
	}
	if bound, known := c.names[name]; known {
		return reflect.DeepEqual(bound, value)
	}
	c.names[name] = value
	return true
}

// happen does what the line says to the server.
func (c *conversation) happen(words string) error {
	if strings.HasPrefix(words, "flood ") {
		var host string
		var rows, series int
		if _, err := fmt.Sscanf(words, "flood %s with %d rows of %d series", &host, &rows, &series); err != nil {
			return err
		}
		c.flood(host, rows, series)
		return nil
	}
	fields := strings.Fields(words)
	if len(fields) < 3 || fields[0] != "publish" {
		return fmt.Errorf("unknown: %s", words)
	}
	from, err := strconv.ParseFloat(fields[2], 64)
	if err != nil {
		return err
	}
	to, pairs := from, fields[3:]
	if len(fields) > 5 && fields[3] == "to" {
		if to, err = strconv.ParseFloat(fields[4], 64); err != nil {
			return err
		}
		pairs = fields[5:]
	}
	for seconds := from; seconds <= to; seconds++ {
		if err := c.publish(fields[1], seconds, pairs); err != nil {
			return err
		}
	}
	return nil
}

// publish is a row of pairs such as cpu=1.
func (c *conversation) publish(host string, seconds float64, pairs []string) error {
	update := metric.Update{Host: host, Timestamp: metric.TimestampMs(seconds * 1000)}
	for _, pair := range pairs {
		name, text, _ := strings.Cut(pair, "=")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		update.Events = append(update.Events, metric.Event{Metric: name, Value: value, Timestamp: update.Timestamp})
	}
	c.hub.Publish(update)
	return nil
}

func (c *conversation) flood(host string, rows, series int) {
	update := metric.Update{Host: host}
	for number := range series {
		update.Events = append(update.Events, metric.Event{Metric: fmt.Sprintf("flood{number=%d}", number), Value: float64(number)})
	}
	for row := range rows {
		update.Timestamp = metric.TimestampMs(1690000001+row) * 1000
		c.hub.Publish(update)
	}
}
