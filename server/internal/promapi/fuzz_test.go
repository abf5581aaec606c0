package promapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vitals/internal/promapi"
)

// FuzzParameters asks with whatever parameters: no panic, an answer that is JSON, and a status that Prometheus has.
func FuzzParameters(f *testing.F) {
	began := time.Unix(1_800_000_000, 0)
	api := promapi.New(promapi.Options{
		Storage: openStore(f, testData(began)), Interval: time.Second, Clock: func() time.Time { return began.Add(time.Hour) },
		Limits: promapi.Limits{Samples: 50_000, Time: 200 * time.Millisecond, Series: 100},
	})
	for _, expression := range expressions() {
		f.Add("query", form("query", expression, "time", "1800001000"))
		f.Add("query_range", form("query", expression, "start", "1800000000", "end", "1800003600", "step", "1m"))
	}
	for _, seed := range [][2]string{
		{"series", "match[]=odd&start=-1&end=+Inf&limit=0"},
		{"labels", "start=2026-01-01T00:00:00Z&end=-292273086-05-16T16:47:06Z"},
		{"label/U__a_20_b/values", "limit=9223372036854775807"},
		{"query", "query=1&time=NaN&timeout=1e300&lookback_delta=-1s"},
		{"query_range", "query=1&start=-9223372036854775808&end=9223372036854775807&step=1e18"},
		{"metadata", "limit=-5"},
		{"query", "query=%00%ff&time=1e999"},
		{"query", "query=x%5B5m:%5D%20@%20end()"},
		{"query_range", "query=x offset 1000y&start=0&end=1&step=1"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, parameters string) {
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(parameters))
		request.URL.Path = "/api/v1/" + path
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			request.Method, request.URL.RawQuery = method, parameters
			recorder := httptest.NewRecorder()
			api.ServeHTTP(recorder, request)
			switch recorder.Code {
			case 200, 400, 404, 405, 413, 422, 503:
				if recorder.Code == 200 && strings.HasPrefix(path, "/") || strings.Contains(path, "..") {
					return
				}
				if kind := recorder.Header().Get("Content-Type"); kind == "application/json" && !json.Valid(recorder.Body.Bytes()) {
					t.Errorf("%s: no JSON: %s", method, recorder.Body)
				}
			case 301, 307, 308: // the router cleans paths; the server refuses such before
			default:
				t.Errorf("%s: %d %s", method, recorder.Code, recorder.Body)
			}
		}
	})
}
