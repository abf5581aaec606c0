package web_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"vitals/internal/web"
)

// builtApp is what Vite leaves: a page, a hashed file with its twins, a plain file.
func builtApp() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte(`<!doctype html><html><head><title>Vitals</title></head></html>`)},
		"index.html.br":         {Data: []byte("index in br")},
		"assets/app-1a2b.js":    {Data: []byte("plain script")},
		"assets/app-1a2b.js.br": {Data: []byte("script in br")},
		"assets/app-1a2b.js.gz": {Data: []byte("script in gzip")},
		"favicon.svg":           {Data: []byte("<svg/>")},
		"site.webmanifest":      {Data: []byte("{}")},
		"assets/inter-9f.woff2": {Data: []byte("font")},
	}
}

func TestAppIsServedInTheEncodingThatTheClientTakes(t *testing.T) {
	h := newTestServer(t, nil)
	for accept, want := range map[string]string{
		"":                        "plain script",
		"gzip":                    "script in gzip",
		"gzip, deflate, br, zstd": "script in br",
		"br;q=0, gzip":            "script in gzip",
		"br; q=0.0":               "plain script",
		"GZIP;q=0.5":              "script in gzip",
		"identity":                "plain script",
	} {
		got := h.get("/assets/app-1a2b.js", "Accept-Encoding", accept)
		if got.body != want || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: got %q, Vary %q", accept, got.body, got.header.Get("Vary"))
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") {
			t.Errorf("type %q", got.header.Get("Content-Type"))
		}
	}
}

func TestCaching(t *testing.T) {
	h := newTestServer(t, nil)
	for path, want := range map[string]string{
		"/assets/app-1a2b.js": "public, max-age=31536000, immutable",
		"/":                   "no-cache",
		"/hosts/web-1":        "no-cache",
		"/favicon.svg":        "no-cache",
		"/api/v1/hosts":       "no-store",
	} {
		got := h.get(path)
		if got.status != 200 || got.header.Get("Cache-Control") != want {
			t.Errorf("%s: %d, Cache-Control %q, expected %q", path, got.status, got.header.Get("Cache-Control"), want)
		}
		if want == "no-store" {
			continue
		}
		again := h.get(path, "If-None-Match", got.header.Get("ETag"))
		if again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s with its ETag: %d %q", path, again.status, again.body)
		}
	}
	if br, plain := h.get("/", "Accept-Encoding", "br"), h.get("/"); br.header.Get("ETag") == plain.header.Get("ETag") {
		t.Error("two encodings have one ETag")
	}
}

func TestHeadHasNoBody(t *testing.T) {
	if got := newTestServer(t, nil).ask(http.MethodHead, "/"); got.status != 200 || got.body != "" || got.header.Get("ETag") == "" {
		t.Errorf("got %d %q", got.status, got.body)
	}
}

func TestPagesFindTheirRootFromAnyDepth(t *testing.T) {
	for _, base := range []string{"", "/", "/vitals", "/a/b/"} {
		h := newTestServer(t, func(o *web.Options) { o.Base = base })
		prefixes := []string{""} // a proxy may have taken the base away
		if trimmed := strings.TrimSuffix(base, "/"); trimmed != "" {
			prefixes = append(prefixes, trimmed)
		}
		for _, prefix := range prefixes {
			for path, want := range map[string]string{
				"/":                   "<head><title>",
				"/index.html":         "<head><title>",
				"/anything":           "<head><title>",
				"/hosts/web-1":        `<head><base href="../"><title>`,
				"/hosts/web-1/":       `<head><base href="../../"><title>`,
				"/hosts/with%2Fslash": `<head><base href="../"><title>`,
				"/hosts/web-1.a.com":  `<head><base href="../"><title>`,
			} {
				if got := h.get(prefix + path); got.status != 200 || !strings.Contains(got.body, want) {
					t.Errorf("base %q, %s%s: %d %q, expected %s", base, prefix, path, got.status, got.body, want)
				}
			}
			if got := h.get(prefix + "/api/v1/hosts"); got.status != 200 {
				t.Errorf("base %q, %s/api/v1/hosts: %d", base, prefix, got.status)
			}
		}
	}
}

func TestBaseWithoutSlashIsRedirected(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.Base = "/vitals" })
	for target, want := range map[string]string{"/vitals": "vitals/", "/vitals?server=x&a=%2F": "vitals/?server=x&a=%2F"} {
		if got := h.get(target); got.status != http.StatusPermanentRedirect || got.header.Get("Location") != want {
			t.Errorf("%s: got %d to %q", target, got.status, got.header.Get("Location"))
		}
	}
	for _, path := range []string{"/vitals//api/v1/hosts", "/vitals/./api/v1/hosts", "//api/v1/hosts"} { // a redirect would lose the base
		got := h.get(path)
		if got.status != http.StatusNotFound || !strings.Contains(got.body, `"code":"not_found"`) {
			t.Errorf("%s: %d to %q, %s", path, got.status, got.header.Get("Location"), got.body)
		}
	}
	if got := h.get("/vit%61ls/"); got.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("the base in escapes is a page of the app like any other: %d %s", got.status, got.body)
	}
	if got := h.get("/vitalsx"); got.status != 200 || strings.Contains(got.header.Get("Location"), "vitals") {
		t.Errorf("/vitalsx: %d", got.status)
	}
}

func TestPathsNeverLeaveTheApp(t *testing.T) {
	h := newTestServer(t, nil)
	for _, path := range []string{
		"/../etc/passwd", "/..%2f..%2fetc/passwd", "/assets/../../secret.txt", "/%2e%2e/%2e%2e/etc/passwd.txt",
		"/assets/app-1a2b.js/../../x.txt", "/assets/app-1a2b.js.br.exe", "/.env.local", "/assets/%00.js", "/a//b", "/\\..\\x.ini",
		"/" + strings.Repeat("x/", 50),
	} {
		got := h.get(path)
		isPage := strings.Contains(got.body, "<title>Vitals</title>")
		if !isPage && got.status != 404 && got.status/100 != 3 {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}

func TestServerWithoutApp(t *testing.T) {
	h := newTestServer(t, func(o *web.Options) { o.App = nil })
	if got := h.get("/"); got.status != 404 || !strings.Contains(got.body, "/api/v1") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestLoadAppWithoutIndex(t *testing.T) {
	if _, err := web.LoadApp(fstest.MapFS{"README.md": {Data: []byte("placeholder")}}); err == nil {
		t.Error("loaded an app without index.html")
	}
}
