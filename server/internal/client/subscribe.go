package client

import (
	"context"
	"slices"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// hostsPerSubscribe keeps a subscribe within the bytes that a server takes, whatever the hosts are called.
const hostsPerSubscribe = 20

// wanted lists the hosts to follow, by name: without names there would be nothing to resume by.
func (s *Session) wanted(hello wire.Hello) []string {
	if !s.options.AllHosts && len(s.options.Hosts) > 0 {
		return s.options.Hosts
	}
	var names []string
	for _, host := range hello.Hosts {
		names = append(names, host.Name)
	}
	if !s.options.AllHosts && len(names) > 1 {
		return names[:1]
	}
	return names
}

func (s *Session) onHostState(ctx context.Context, conn *Conn, state wire.HostState) error {
	name := state.Host.Name
	isNew := !s.known[name]
	s.known[name] = state.State != wire.Gone
	if isNew && s.known[name] && (s.options.AllHosts || slices.Contains(s.options.Hosts, name)) {
		return s.subscribe(ctx, conn, []string{name})
	}
	return nil
}

func (s *Session) subscribe(ctx context.Context, conn *Conn, hosts []string) error {
	for chunk := range slices.Chunk(hosts, hostsPerSubscribe) {
		if err := conn.Send(ctx, s.subscription(chunk, conn.Hello())); err != nil {
			return err
		}
	}
	return nil
}

// subscription asks for what is not known yet. The past that a restarted server is asked for begins where its last run
// left off.
func (s *Session) subscription(hosts []string, hello wire.Hello) wire.Subscribe {
	backfill := s.options.Backfill
	since := make(map[string]metric.Position)
	for _, host := range hosts {
		if position, known := s.ledger.since(host); known {
			since[host] = position
		}
		if newest, known := s.ledger.newest(host); known {
			age := time.Duration(hello.Server.Time-newest) * time.Millisecond
			backfill = max(backfill, age)
		}
	}
	return wire.Subscribe{
		Hosts: hosts, Metrics: s.options.Metrics, Backfill: seconds(backfill), Since: since,
		Interval: s.options.Interval.Seconds(), Envelope: s.options.Envelope,
	}
}

func seconds(duration time.Duration) *float64 {
	value := duration.Seconds()
	return &value
}
