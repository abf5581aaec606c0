package web_test

import (
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestDocumentationIsShown(t *testing.T) {
	server := newTestServer(t, nil)
	if got := server.get("/docs"); got.status != http.StatusPermanentRedirect || got.header.Get("Location") != "docs/" {
		t.Errorf("/docs: %d to %q", got.status, got.header.Get("Location"))
	}
	for target, wanted := range map[string]string{
		"/docs/":             "text/html; charset=utf-8",
		"/docs/http.html":    "text/html; charset=utf-8",
		"/docs/style.css":    "text/css; charset=utf-8",
		"/docs/openapi.yaml": "application/yaml",
		"/docs/schema.json":  "application/json",
	} {
		got := server.get(target)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != wanted || got.body == "" {
			t.Errorf("%s: %d, %s", target, got.status, got.header.Get("Content-Type"))
		}
	}
	if got := server.get("/docs/none.html"); got.status != http.StatusNotFound {
		t.Errorf("a page that does not exist: %d", got.status)
	}
}

// The content policy refuses scripts and styles within a page, and a link that leads nowhere is worse than none.
func TestDocumentationHoldsTogether(t *testing.T) {
	server := newTestServer(t, nil)
	links := regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	pages := map[string]string{}
	read := func(name string) string {
		if _, known := pages[name]; !known {
			pages[name] = server.get("/docs/" + name).body
		}
		return pages[name]
	}
	open := []string{"index.html"}
	for seen := map[string]bool{}; len(open) > 0; open = open[1:] {
		page := open[0]
		if seen[page] {
			continue
		}
		seen[page] = true
		if body := read(page); strings.Contains(body, "<script") || strings.Contains(body, "style=") {
			t.Errorf("%s holds a script or a style", page)
		}
		for _, link := range links.FindAllStringSubmatch(read(page), -1) {
			target, fragment, _ := strings.Cut(link[1], "#")
			if strings.Contains(target, "://") || target == "../" {
				continue
			}
			if target == "" {
				target = page
			}
			if server.get("/docs/"+target).status != http.StatusOK {
				t.Errorf("%s links to %s, which is not there", page, target)
			}
			if fragment != "" && !strings.Contains(read(target), `id="`+fragment+`"`) {
				t.Errorf("%s links to %s#%s, which is not there", page, target, fragment)
			}
			if path.Ext(target) == ".html" {
				open = append(open, target)
			}
		}
	}
	if len(pages) < 6 {
		t.Errorf("only %d pages can be reached", len(pages))
	}
}
