package web_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"vitals/internal/web"
)

// TestEveryDocumentedPathIsServed asks for each path of the contract by each of its methods: whatever the answer to a request
// without anything is, it is one that the contract knows, and not that there is no such path.
func TestEveryDocumentedPathIsServed(t *testing.T) {
	text, err := os.ReadFile("../../../protocol/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var contract struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `yaml:"responses"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(text, &contract); err != nil {
		t.Fatal(err)
	}
	const fewest = 13 // an empty contract must not pass for a green test
	if len(contract.Paths) < fewest {
		t.Fatalf("only %d paths", len(contract.Paths))
	}
	server := newTestServer(t, func(options *web.Options) {
		takesEvents(options)
		remembers(&toldPast{})(options)
	})
	for path, methods := range contract.Paths {
		for method, operation := range methods {
			got := server.ask(strings.ToUpper(method), path+"?no-such-parameter=1")
			if got.status == http.StatusNotFound || got.status == http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
			if _, documented := operation.Responses[strconv.Itoa(got.status)]; !documented {
				t.Errorf("%s %s answers %d, which the contract does not know", method, path, got.status)
			}
		}
	}
	for _, path := range []string{"/nowhere", "/api/v1/nowhere"} {
		if got := server.ask(http.MethodPost, path); got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s is not in the contract and answers %d", path, got.status)
		}
	}
}
