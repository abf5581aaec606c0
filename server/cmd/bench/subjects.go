package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"vitals/internal/bench"
	"vitals/internal/metric"
)

// subject is a program that is measured, in one phase or several.
type subject struct {
	launch func(context.Context) (*running, error)
	settle time.Duration // before its first phase
	phases []phase
}

// phase is what goes on while a window of time is measured.
type phase struct {
	name string
	aim  string // what the project wants to reach; empty for others' programs
	// act runs beside the program until its context ends; nil for nothing.
	act func(context.Context, *running) error
}

// running is a subject that has been started.
type running struct {
	*bench.Process
	address string // where it answers HTTP, if it does
}

const (
	aimSlow = "<= 1.5 ms/s, <= 30 MB"
	aimFast = "<= 14 ms/s"
)

// subjects lists what is installed, and says what is not.
func subjects(binary string) (found []subject, missing []string) {
	found = []subject{
		idleSubject(time.Second, "Go program that only wakes up, 1 Hz"),
		idleSubject(100*time.Millisecond, "Go program that only wakes up, 10 Hz"),
		serverSubject(binary, time.Second, "vitals 1 Hz", aimSlow),
		serverSubject(binary, 100*time.Millisecond, "vitals 10 Hz", aimFast),
	}
	for _, monitor := range []struct {
		program string
		subject subject
	}{
		{"netdata", netdataSubject()}, {"prometheus-node-exporter", exporterSubject()}, {"glances", glancesSubject()},
	} {
		if _, err := exec.LookPath(monitor.program); err != nil {
			missing = append(missing, monitor.program)
			continue
		}
		found = append(found, monitor.subject)
	}
	return found, missing
}

func idleSubject(interval time.Duration, name string) subject {
	return subject{
		launch: func(ctx context.Context) (*running, error) {
			own, err := os.Executable()
			if err != nil {
				return nil, err
			}
			return launched(bench.Launch(ctx, own, "idle", "--interval", interval.String()))
		},
		settle: time.Second,
		phases: []phase{{name: name}},
	}
}

func serverSubject(binary string, interval time.Duration, name, aim string) subject {
	return subject{
		launch: func(ctx context.Context) (*running, error) {
			started, err := launchServer(ctx, binary, "--interval", interval.String())
			if err != nil {
				return nil, err
			}
			return &running{Process: started.Process, address: started.address}, nil
		},
		settle: 5 * time.Second, // the first garbage collection is over
		phases: []phase{
			{name: name + ", no viewer", aim: aim},
			{name: name + ", one viewer", aim: aim, act: func(ctx context.Context, r *running) error {
				return watch(ctx, r.address, func(metric.TimestampMs, time.Time) {})
			}},
		},
	}
}

func netdataSubject() subject {
	return monitorSubject(phase{name: "netdata, no viewer"}, 6*time.Second, func(host, port string) []string {
		return []string{"netdata", "-D", "-i", host, "-p", port}
	})
}

func exporterSubject() subject {
	scraped := phase{name: "node exporter, a scrape a second", act: askEachSecond("/metrics")}
	return monitorSubject(scraped, time.Second, func(host, port string) []string {
		return []string{"prometheus-node-exporter", "--log.level=error", "--web.listen-address=" + net.JoinHostPort(host, port)}
	})
}

func glancesSubject() subject {
	asked := phase{name: "glances, a request a second", act: askEachSecond("/api/3/all")}
	return monitorSubject(asked, 5*time.Second, func(host, port string) []string {
		return []string{"glances", "-w", "-t", "1", "-B", host, "-p", port}
	})
}

// monitorSubject is another monitor, which is told where to listen.
func monitorSubject(only phase, settle time.Duration, commandLine func(host, port string) []string) subject {
	return subject{
		launch: func(ctx context.Context) (*running, error) {
			host, port, err := freeAddress(ctx)
			if err != nil {
				return nil, err
			}
			words := commandLine(host, port)
			started, err := launched(bench.Launch(ctx, words[0], words[1:]...))
			if err == nil {
				started.address = net.JoinHostPort(host, port)
			}
			return started, err
		},
		settle: settle,
		phases: []phase{only},
	}
}

// launched is a program whose output nobody reads.
func launched(started *bench.Process, err error) (*running, error) {
	if err != nil {
		return nil, err
	}
	started.Discard()
	return &running{Process: started}, nil
}

// freeAddress finds a port that nobody listens on at the moment.
func freeAddress(ctx context.Context) (host, port string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer listener.Close()
	return net.SplitHostPort(listener.Addr().String())
}

// askEachSecond gets a path and reads the whole answer, as a scraper does.
func askEachSecond(path string) func(context.Context, *running) error {
	return func(ctx context.Context, r *running) error {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
			if err := ask(ctx, "http://"+r.address+path); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

func ask(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, response.Status)
	}
	return nil
}
