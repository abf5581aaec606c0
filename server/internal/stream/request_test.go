package stream

import (
	"net/http"
	"slices"
	"testing"
)

func TestOfferedSubprotocols(t *testing.T) {
	header := http.Header{"Sec-Websocket-Protocol": {"a, vitals.v1.json", "b"}}
	if got := offeredSubprotocols(header); !slices.Equal(got, []string{"a", "vitals.v1.json", "b"}) {
		t.Errorf("got %q", got)
	}
}
