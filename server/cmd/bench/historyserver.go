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
	day, hour, hourCBOR []float64 // milliseconds until the whole answer was read
	series              int       // in the answer for the hour
	samples             int64
}

const (
	mediaJSON = "application/json"
	mediaCBOR = "application/cbor"
)

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
	hour := base + "from=-1h&metrics=" + hourOfSixty
	for _, question := range []struct {
		address, mediaType string
		into               *[]float64
	}{
		{base + "metrics=cpu&from=-24h", mediaJSON, &asked.day},
		{hour, mediaJSON, &asked.hour},
		{hour, mediaCBOR, &asked.hourCBOR},
	} {
		if *question.into, err = askOften(ctx, question.address, question.mediaType, queries); err != nil {
			return asked, err
		}
	}
	var answer struct {
		Series []json.RawMessage `json:"series"`
	}
	if err := getJSON(ctx, hour, &answer); err != nil {
		return asked, err
	}
	asked.series = len(answer.Series)
	var status historyStatus
	err = getJSON(ctx, "http://"+started.address+"/api/v1/history/status", &status)
	asked.samples = status.Samples
	return asked, err
}

func askOften(ctx context.Context, address, mediaType string, queries int) (took []float64, err error) {
	limit := time.Now().Add(queriesTake)
	for len(took) < queries && (len(took) < leastQueries || time.Now().Before(limit)) {
		began := time.Now()
		if _, err := get(ctx, address, mediaType); err != nil {
			return nil, err
		}
		took = append(took, bench.Milliseconds(time.Since(began)))
	}
	return took, nil
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
	text, err := get(ctx, address, mediaJSON)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read what %s answered: %w", address, err)
	}
	return nil
}

func get(ctx context.Context, address, mediaType string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", mediaType)
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
