package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"vitals/internal/bench"
	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// server is a program that listens on a free port of the loopback interface, such as `vitals serve`.
type server struct {
	*bench.Process
	address string // host:port
}

// launchServer starts a server with these arguments and a data folder of its own.
func launchServer(ctx context.Context, binary string, arguments ...string) (*server, error) {
	data, err := os.MkdirTemp("", "data-")
	if err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	all := append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--data", data}, arguments...)
	started, err := bench.Launch(ctx, binary, all...)
	if err != nil {
		return nil, err
	}
	address, err := started.Address()
	if err != nil {
		started.Stop()
		return nil, err
	}
	return &server{Process: started, address: address}, nil
}

// watch is a viewer by a session with the whole past, as the app is. It tells the timestamp of each update and when it
// had arrived, until the context ends.
func watch(ctx context.Context, address string, arrived func(metric.TimestampMs, time.Time)) error {
	where, err := client.ParseAddress(address)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	viewer, err := client.Dial(ctx, where, client.How{})
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer viewer.Close()
	if err := viewer.Send(ctx, wire.Subscribe{}); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	for {
		frame, err := viewer.Read(ctx)
		now := time.Now()
		switch {
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("watch: %w", err)
		}
		if update, is := frame.(wire.Update); is {
			arrived(update.Timestamp, now)
		}
	}
}
