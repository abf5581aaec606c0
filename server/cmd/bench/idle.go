package main

import (
	"context"
	"time"
)

// idleCommand is the least that a Go program can cost that wakes up by the clock.
type idleCommand struct {
	Interval time.Duration `default:"1s" help:"Time between two wake-ups."`
}

// Run ends with the context.
func (c *idleCommand) Run(ctx context.Context) error {
	ticker := time.NewTicker(c.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
