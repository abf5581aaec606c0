package main

import (
	"github.com/rs/zerolog"

	"vitals/cmd/vitals/settings"
	"vitals/internal/limits"
)

// newLimits shares what the system grants this process between streams and other connections.
func newLimits(options settings.Settings, logger zerolog.Logger) (*limits.Limits, error) {
	proxies, err := options.Proxies()
	if err != nil {
		return nil, err
	}
	connections, sockets := limits.Share(limits.MaxFiles(), options.MaxConnections)
	if connections < options.MaxConnections {
		logger.Warn().Int("wished", options.MaxConnections).Int("connections", connections).Int("files", limits.MaxFiles()).
			Msg("the system allows too few open files for so many connections; raise the limit (ulimit -n, LimitNOFILE)")
	}
	return limits.New(limits.Options{
		Connections: connections, ConnectionsPerAddress: options.MaxConnectionsPerAddress,
		HandshakesPerSecond: float64(options.HandshakeRate), Sockets: sockets, TrustedProxies: proxies, Logger: logger,
	}), nil
}
