package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// server is a program that listens on a free port of the loopback interface, such as `vitals serve`.
type server struct {
	*process
	address string // host:port
}

func launchServer(ctx context.Context, binary string, arguments ...string) (*server, error) {
	return launchListener(ctx, binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "error"}, arguments...)...)
}

// launchListener starts a program whose first line says its address, as http://HOST:PORT/.
func launchListener(ctx context.Context, binary string, arguments ...string) (*server, error) {
	started, err := launch(ctx, binary, arguments...)
	if err != nil {
		return nil, err
	}
	line, err := started.line()
	if err != nil {
		started.stop()
		return nil, err
	}
	_, address, found := strings.Cut(line, "http://")
	if !found {
		started.stop()
		return nil, fmt.Errorf("%s does not say its address: %q", binary, line)
	}
	started.discard()
	return &server{process: started, address: strings.TrimSuffix(address, "/")}, nil
}

// watch is a viewer by a session with the whole past, as the app is. It tells the timestamp of each update and when it
// had arrived, until the context ends.
func watch(ctx context.Context, address string, arrived func(metric.TimestampMs, time.Time)) error {
	viewer, response, err := websocket.Dial(ctx, "ws://"+address+"/ws", &websocket.DialOptions{
		Subprotocols: []string{wire.SubprotocolJSON},
	})
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	if response.Body != nil {
		defer response.Body.Close()
	}
	defer func() { _ = viewer.CloseNow() }() // nothing is written
	viewer.SetReadLimit(-1)
	if err := viewer.Write(ctx, websocket.MessageText, []byte(`{"type":"subscribe"}`)); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	for {
		_, message, err := viewer.Read(ctx)
		now := time.Now()
		switch {
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
			return nil
		case err != nil:
			return fmt.Errorf("watch: %w", err)
		}
		var update wire.Update
		if err := json.Unmarshal(message, &update); err == nil && update.Type == wire.TypeUpdate {
			arrived(update.Timestamp, now)
		}
	}
}
