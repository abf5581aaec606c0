package limits

import (
	"net/http"
	"net/url"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request comes from a peer such as 192.0.2.1:999 with headers in pairs.
func request(peer string, headers ...string) *http.Request {
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/ws"}, Header: http.Header{}, RemoteAddr: peer}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// causeOf is the code of a refusal, empty for none.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	refused, is := err.(*Refusal) //nolint:errorlint // it is promised to be exactly this
	if !is {
		t.Fatalf("%v is no refusal", err)
	}
	return refused.Code
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
