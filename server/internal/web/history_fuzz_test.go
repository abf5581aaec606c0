package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"vitals/internal/history"
	"vitals/internal/limits"
	"vitals/internal/web"
)

// FuzzHistoryQuery wants every query to be answered, and what is asked of the store to be a range that it can take.
func FuzzHistoryQuery(f *testing.F) {
	for _, seed := range []string{
		"", "from=-6h&points=500", "host=web-1&metrics=cpu,net*&from=2030-01-31T00:00:00Z&to=now&step=1m&summary=1", "step=raw", "from=0&to=253402300799", "metrics=a{b=%2C}&step=0.1",
		"points=1&points=2", "from=%00", "&&&", "step=1w", "to=-1w&from=-2w",
	} {
		f.Add(seed)
	}
	past := &toldPast{result: &history.Result{}}
	h := newTestServer(f, func(options *web.Options) {
		remembers(past)(options)
		options.Limits = limits.New(limits.Options{RequestsPerSecond: 1e9})
	})
	f.Fuzz(func(t *testing.T, query string) {
		past.asked = history.Query{}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/history", nil)
		request.Host, request.URL.RawQuery = "localhost", query
		got := httptest.NewRecorder()
		h.ServeHTTP(got, request)
		if !slices.Contains([]int{200, 400, 404}, got.Code) || !json.Valid(got.Body.Bytes()) {
			t.Errorf("%q is answered by %d %s", query, got.Code, got.Body)
		}
		if asked := past.asked; got.Code == http.StatusOK && (asked.From < 0 || asked.From >= asked.To || asked.Step < 0 || asked.Points < 0) {
			t.Errorf("%q asks for %+v", query, asked)
		}
	})
}
