package stream

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

func TestPlainRequests(t *testing.T) {
	tests := map[string]struct {
		globs []metric.Glob
		batch bool
	}{
		"":                                    {},
		"batch=1":                             {batch: true},
		"batch=true":                          {batch: true},
		"batch=0":                             {},
		"batch=1&batch=0":                     {},
		"metrics=cpu":                         {globs: []metric.Glob{"cpu"}},
		"metrics=cpu,network.*":               {globs: []metric.Glob{"cpu", "network.*"}},
		"metrics=cpu&metrics=load.1m&batch=1": {globs: []metric.Glob{"cpu", "load.1m"}, batch: true},
		"metrics=a{b=1,c=2},d":                {globs: []metric.Glob{"a{b=1,c=2}", "d"}},
		"metrics=" + strings.Repeat("a,", 15) + "a": {globs: slices.Repeat([]metric.Glob{"a"}, 16)},
	}
	for query, wanted := range tests {
		got, err := parsePlain(parseQuery(t, query))
		if err != nil {
			t.Errorf("%q: %v", query, err)
		}
		if !slices.Equal(got.globs, wanted.globs) || got.batch != wanted.batch {
			t.Errorf("%q is read as %v", query, got)
		}
	}
}

func parseQuery(t *testing.T, text string) url.Values {
	t.Helper()
	query, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return query
}

func TestBadPlainRequestsNameTheField(t *testing.T) {
	tests := map[string]struct{ field, code string }{
		"metric=cpu":   {"metric", wire.CodeBadRequest},
		"host=web-1":   {"host", wire.CodeBadRequest},
		"Batch=1":      {"Batch", wire.CodeBadRequest},
		"batch=":       {"batch", wire.CodeBadRequest},
		"batch=yes":    {"batch", wire.CodeBadRequest},
		"metrics=":     {"metrics", wire.CodeBadRequest},
		"metrics=cpu,": {"metrics", wire.CodeBadRequest},
		"metrics=a&metrics=" + strings.Repeat("a,", 15) + "a":   {"metrics", wire.CodeTooMany},
		"metrics=" + strings.Repeat("a", metric.MaxGlobBytes+1): {"metrics", wire.CodeBadRequest},
		strings.Repeat("x", 2000) + "=1":                        {strings.Repeat("x", 2000), wire.CodeBadRequest},
	}
	for query, wanted := range tests {
		_, err := parsePlain(parseQuery(t, query))
		var field *wire.FieldError
		if !errors.As(err, &field) || field.Field != wanted.field || field.Code != wanted.code || field.Message == "" {
			t.Errorf("%.60q: got the error %+v, expected %+v", query, err, wanted)
		}
	}
}

func TestOfferedSubprotocols(t *testing.T) {
	header := http.Header{"Sec-Websocket-Protocol": {"a, vitals.v1.json", "b"}}
	if got := offeredSubprotocols(header); !slices.Equal(got, []string{"a", "vitals.v1.json", "b"}) {
		t.Errorf("got %q", got)
	}
}
