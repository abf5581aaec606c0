package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"vitals/internal/client"
)

const healthTimeout = 5 * time.Second

type healthcheckCommand struct {
	URL    string `arg:"" optional:"" help:"Address of the server; without it, the one that --listen names."`
	Listen string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where the server listens."`
	Base   string `default:"/" placeholder:"PATH" help:"Path under which it serves."`
}

// Run asks /readyz once.
func (c *healthcheckCommand) Run(p *process) error {
	address := strings.TrimSuffix(c.address(), "/") + "/readyz"
	ctx, cancel := context.WithTimeout(p.ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	defer response.Body.Close()
	const answerBytes = 256
	body, _ := io.ReadAll(io.LimitReader(response.Body, answerBytes)) // the status decides
	answer := client.Printable(strings.TrimSpace(string(body)))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("healthcheck: %s answered %s: %s", address, client.Printable(response.Status), answer)
	}
	_, err = fmt.Fprintln(p.stdout, answer)
	return err
}

// address is the URL that was given, or the one of the server on this machine.
func (c *healthcheckCommand) address() string {
	if c.URL != "" {
		return c.URL
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://" + c.Listen + c.Base
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + c.Base
}
