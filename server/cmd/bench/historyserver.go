package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"vitals/internal/bench"
)

// askedServer are the times of queries over HTTP, and how much the server keeps.
type askedServer struct {
	day, hour []float64 // milliseconds until the whole answer was read
	series    int       // in the answer for the hour
	samples   int64
}

// The series of a simulated machine that make about sixty.
const hourOfSixty = "cpu*,load*,memory*,swap*,disk*,network*,pressure*,processes,uptime,temperature*"

// measureServer asks a server that invented a day of one machine for its past.
func measureServer(ctx context.Context, binary string, queries int) (askedServer, error) {
	var asked askedServer
	started, err := launchServer(ctx, binary, "--source", "simulate", "--simulate-hosts", "1", "--simulate-past", "24h")
	if err != nil {
		return asked, err
	}
	defer started.Stop()
	base := "http://" + started.address + "/api/v1/history?points=300&"
	if asked.day, _, err = askOften(ctx, base+"metrics=cpu&from=-24h", queries); err != nil {
		return asked, err
	}
	if asked.hour, asked.series, err = askOften(ctx, base+"from=-1h&metrics="+hourOfSixty, queries); err != nil {
		return asked, err
	}
	var status historyStatus
	err = getJSON(ctx, "http://"+started.address+"/api/v1/history/status", &status)
	asked.samples = status.Samples
	return asked, err
}

func askOften(ctx context.Context, address string, queries int) (took []float64, series int, err error) {
	limit := time.Now().Add(queriesTake)
	for len(took) < queries && (len(took) < leastQueries || time.Now().Before(limit)) {
		var answer struct {
			Series []json.RawMessage `json:"series"`
		}
		began := time.Now()
		text, err := get(ctx, address)
		if err != nil {
			return nil, 0, err
		}
		took = append(took, bench.Milliseconds(time.Since(began)))
		if series == 0 {
			if err := json.Unmarshal(text, &answer); err != nil {
				return nil, 0, fmt.Errorf("read what %s answered: %w", address, err)
			}
			series = len(answer.Series)
		}
	}
	return took, series, nil
}

type historyStatus struct {
	Samples int64 `json:"samples"`
	Series  int   `json:"series"`
}

func seriesOf(ctx context.Context, started *server) (int, error) {
	var status historyStatus
	err := getJSON(ctx, "http://"+started.address+"/api/v1/history/status", &status)
	return status.Series, err
}

func getJSON(ctx context.Context, address string, into any) error {
	text, err := get(ctx, address)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read what %s answered: %w", address, err)
	}
	return nil
}

func get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s: %.200s", address, response.Status, text)
	}
	return text, err
}
