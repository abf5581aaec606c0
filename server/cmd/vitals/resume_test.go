package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"

	"vitals/internal/client"
	"vitals/internal/wire"
)

// fragile is a connection that breaks after so many bytes, in the middle of a frame as a rule.
type fragile struct {
	net.Conn
	left int
}

func (f *fragile) Read(p []byte) (int, error) {
	if f.left <= 0 {
		_ = f.Close()
		return 0, errors.New("cut by the test")
	}
	n, err := f.Conn.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

// TestASessionOverACutLineMissesNothing counts the rows that a session hands out while its connections break: each comes
// once and in order, and none is missing, for the server remembers them for longer than the cuts last.
func TestASessionOverACutLineMissesNothing(t *testing.T) {
	t.Parallel()
	program := start(t, "--simulate-hosts=2")
	address, err := client.ParseAddress(program.address)
	must(t, err)
	chance := rand.New(rand.NewPCG(5, 6))
	var cuts atomic.Int64
	var dialer net.Dialer
	session := client.NewSession(client.Options{
		Address: address, AllHosts: true, Random: func() float64 { return 0 },
		Lost: func(client.Loss) { cuts.Add(1) },
		How: client.How{Network: func(ctx context.Context, network, at string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, at)
			const helloBytes, moreBytes = 20_000, 20_000
			return &fragile{Conn: conn, left: helloBytes + chance.IntN(moreBytes)}, err
		}},
	})
	defer session.Close()
	last := map[string]uint64{}
	note := func(host string, first, final uint64) {
		if previous, known := last[host]; known && first != previous+1 {
			t.Fatalf("%s: row %d follows %d", host, first, previous)
		}
		last[host] = final
	}
	const wantedCuts = 6
	for cuts.Load() < wantedCuts || len(last) < 2 {
		frame, err := session.Next(t.Context())
		must(t, err)
		switch frame := frame.(type) {
		case wire.Update:
			note(frame.Host, frame.Seq, frame.Seq)
		case wire.Snapshot:
			note(frame.Host, frame.Seq, frame.Seq+uint64(len(frame.Timestamps))-1)
		case wire.Gap:
			t.Fatalf("a gap: %+v", frame)
		}
	}
}
