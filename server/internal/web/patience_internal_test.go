package web

import (
	"errors"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// slowClient takes so many bytes a second, and stalls once if it is told to.
type slowClient struct {
	http.ResponseWriter

	bytesPerSecond int
	stall          time.Duration
	stallAt        int // bytes

	deadline time.Time
	taken    int
}

func (c *slowClient) SetWriteDeadline(deadline time.Time) error {
	c.deadline = deadline
	return nil
}

func (c *slowClient) Write(piece []byte) (int, error) {
	takes := time.Duration(len(piece)) * time.Second / time.Duration(c.bytesPerSecond)
	if c.stall > 0 && c.taken >= c.stallAt {
		takes, c.stall = takes+c.stall, 0
	}
	if left := time.Until(c.deadline); takes > left {
		time.Sleep(left)
		return 0, os.ErrDeadlineExceeded
	}
	time.Sleep(takes)
	c.taken += len(piece)
	return len(piece), nil
}

func TestPatience(t *testing.T) {
	for name, c := range map[string]struct {
		client    slowClient
		makes     time.Duration // to make each piece
		want      bool          // whether it gets all
		atTheMost time.Duration
	}{
		"fast":                   {slowClient{bytesPerSecond: 10 << 20}, 0, true, time.Minute},
		"just fast enough":       {slowClient{bytesPerSecond: leastBytesPerSecond}, 0, true, time.Hour},
		"too slow":               {slowClient{bytesPerSecond: leastBytesPerSecond / 2}, 0, false, 25 * time.Second},
		"as slow as can be":      {slowClient{bytesPerSecond: 200}, 0, false, leastPatience + 2*time.Second},
		"stalls a little":        {slowClient{bytesPerSecond: 10 << 20, stall: 25 * time.Second, stallAt: 5 << 20}, 0, true, time.Minute},
		"stalls":                 {slowClient{bytesPerSecond: 10 << 20, stall: 31 * time.Second, stallAt: 5 << 20}, 0, false, time.Minute},
		"stalls at the start":    {slowClient{bytesPerSecond: 10 << 20, stall: 13 * time.Second}, 0, false, 13 * time.Second},
		"waits for what is made": {slowClient{bytesPerSecond: 10 << 20}, time.Minute, true, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const pieces, pieceBytes = 160, 64 << 10
				began := time.Now()
				body := newPatience(&c.client)
				var err error
				for range pieces {
					time.Sleep(c.makes)
					if _, err = body.Write(make([]byte, pieceBytes)); err != nil {
						break
					}
				}
				if gotAll := err == nil; gotAll != c.want || !gotAll && !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("after %d bytes: %v", c.client.taken, err)
				}
				if took := time.Since(began); took > c.atTheMost { // by the clock of the test
					t.Errorf("it had %v, want %v at the most", took, c.atTheMost)
				}
			})
		})
	}
}
