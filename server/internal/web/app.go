package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNoApp says that a folder holds no built app.
var ErrNoApp = errors.New("no index.html")

const (
	indexName     = "index.html"
	maxPageDepth  = 16 // slashes in the path of a page; deeper ones are nothing the app has
	cacheForever  = "public, max-age=31536000, immutable"
	cacheAskFirst = "no-cache"
)

// App is the built app, in memory: each file with its compressed twins.
type App struct {
	files       map[string]*asset
	index       []byte
	fingerprint string
}

// asset is one file in the encodings that it comes in, the smallest first and the plain one last.
type asset struct {
	contentType string
	cache       string
	variants    []variant
}

type variant struct {
	encoding string // br, gzip, or empty for plain
	etag     string
	content  []byte
}

// LoadApp reads a built app from a folder. It fails with [ErrNoApp] if there is none.
func LoadApp(folder fs.FS) (*App, error) {
	index, err := fs.ReadFile(folder, indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoApp
	}
	if err != nil {
		return nil, fmt.Errorf("read app: %w", err)
	}
	app := &App{files: make(map[string]*asset), index: index, fingerprint: digest(index)}
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || isTwin(name) {
			return err
		}
		app.files[name], err = loadAsset(folder, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read app: %w", err)
	}
	return app, nil
}

// Fingerprint changes when the app does: the page names all other files by their hashes.
func (a *App) Fingerprint() string { return a.fingerprint }

func isTwin(name string) bool {
	extension := path.Ext(name)
	return extension == ".br" || extension == ".gz"
}

func loadAsset(folder fs.FS, name string) (*asset, error) {
	loaded := &asset{contentType: contentType(name), cache: cacheAskFirst}
	if strings.HasPrefix(name, "assets/") {
		loaded.cache = cacheForever
	}
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}} {
		content, err := fs.ReadFile(folder, name+form.suffix)
		if errors.Is(err, fs.ErrNotExist) && form.suffix != "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		etag := `"` + digest(content) + `"`
		loaded.variants = append(loaded.variants, variant{encoding: form.encoding, etag: etag, content: content})
	}
	return loaded, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// contentType does not ask the machine's own tables: an image from scratch has none.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	case ".ico":
		return "image/x-icon"
	case ".map", ".json":
		return "application/json"
	case ".yaml":
		return "application/yaml"
	case ".txt", ".md":
		return "text/plain; charset=utf-8"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
}

// serveApp serves a file of the app, or its page for every path that could be one of the app's own.
func (s *Server) serveApp(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if s.app == nil {
		return &apiError{Code: codeNotFound, Field: "path", Message: "this server has no app; the API is under /api/v1, the stream at /ws"}
	}
	if found, exists := s.app.files[name]; exists && name != indexName {
		found.serve(w, r)
		return nil
	}
	depth := strings.Count(r.URL.EscapedPath(), "/") - 1
	if name != indexName && isFileName(name) || depth > maxPageDepth || strings.Contains(name, "//") {
		return &apiError{Code: codeNotFound, Field: "path", Message: "there is no such file"}
	}
	if depth == 0 {
		s.app.files[indexName].serve(w, r)
		return nil
	}
	s.app.pageAt(depth).serve(w, r)
	return nil
}

// isFileName tells what a browser asks for as a file from the app's own paths, in which a dot is part of a name: the page
// of a host is /hosts/web-1.example.com.
func isFileName(name string) bool {
	folder, rest, isDeep := strings.Cut(name, "/")
	if !isDeep {
		return path.Ext(name) != ""
	}
	return folder == "assets" && rest != "" || strings.HasPrefix(folder, ".")
}

// pageAt is the page for a path so many folders deep. It names its root by steps upwards, which holds below any prefix.
func (a *App) pageAt(depth int) *asset {
	root := []byte(`<head><base href="` + strings.Repeat("../", depth) + `">`)
	content := bytes.Replace(a.index, []byte("<head>"), root, 1)
	plain := variant{etag: fmt.Sprintf(`"%s-%d"`, a.fingerprint, depth), content: content}
	return &asset{contentType: contentType(indexName), cache: cacheAskFirst, variants: []variant{plain}}
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	chosen := a.choose(r.Header.Get("Accept-Encoding"))
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Set("Cache-Control", a.cache)
	header.Set("ETag", chosen.etag)
	if len(a.variants) > 1 {
		header.Add("Vary", "Accept-Encoding")
	}
	if chosen.encoding != "" {
		header.Set("Content-Encoding", chosen.encoding)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(chosen.content))
}

// choose takes the first variant whose encoding the client accepts; the plain one is last and always accepted.
func (a *asset) choose(acceptEncoding string) variant {
	accepted := acceptedEncodings(acceptEncoding)
	for _, candidate := range a.variants {
		if candidate.encoding == "" || slices.Contains(accepted, candidate.encoding) {
			return candidate
		}
	}
	return a.variants[len(a.variants)-1]
}

// acceptedEncodings lists the encodings of an Accept-Encoding header that are not refused by a quality of 0.
func acceptedEncodings(header string) []string {
	var accepted []string
	for word := range strings.SplitSeq(header, ",") {
		encoding, parameter, _ := strings.Cut(word, ";")
		if text, hasQuality := strings.CutPrefix(strings.TrimSpace(parameter), "q="); hasQuality {
			if quality, err := strconv.ParseFloat(text, 64); err != nil || !(quality > 0) {
				continue
			}
		}
		accepted = append(accepted, strings.ToLower(strings.TrimSpace(encoding)))
	}
	return accepted
}
