package doctor

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"vitals/internal/client"
	"vitals/internal/metric"
)

const maxAnswerBytes = 64 << 10

// answer is what came back of a request, at most maxAnswerBytes of it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// connection is how a request came in, as the server tells it.
type connection struct {
	Address      string             `json:"address"`
	Host         string             `json:"host"`
	Protocol     string             `json:"protocol"`
	ForwardedFor string             `json:"forwardedFor"`
	TrustedProxy bool               `json:"trustedProxy"`
	Secure       bool               `json:"secure"`
	ServerTime   metric.TimestampMs `json:"serverTime"`
}

const connectionPath = "api/v1/connection"

// open makes a request; the body is the caller's to close.
func (e *examination) open(ctx context.Context, address string, headers ...string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return e.http.Do(request)
}

func (e *examination) get(ctx context.Context, address string, headers ...string) (answer, error) {
	response, err := e.open(ctx, address, headers...)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	return answer{status: response.StatusCode, header: response.Header, body: body}, err
}

// askConnection asks how requests come in; false if the answer is not that of Vitals.
func (e *examination) askConnection(ctx context.Context, address client.Address, headers ...string) (connection, answer, bool, error) {
	got, err := e.get(ctx, address.At(connectionPath), headers...)
	if err != nil {
		return connection{}, got, false, err
	}
	var told connection
	isVitals := got.status == http.StatusOK && json.Unmarshal(got.body, &told) == nil && told.ServerTime > 0
	return told, got, isVitals, nil
}

// refusal reads the answer as an error of Vitals; its code is empty if it is none.
func (a answer) refusal() *client.Refusal {
	return client.ReadRefusal(&http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(string(a.body))),
	})
}

// isPage reports whether the answer is the page of Vitals' app.
func (a answer) isPage() bool {
	return a.status == http.StatusOK && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") &&
		strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'")
}

// proxyOf says who answered before Vitals: it names itself nowhere, proxies do.
func proxyOf(header http.Header) string {
	if server := header.Get("Server"); server != "" {
		return client.Printable(server)
	}
	return client.Printable(header.Get("Via"))
}
