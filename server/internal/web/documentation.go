package web

import (
	"embed"
	"net/http"
	"strings"
)

//go:embed documentation
var embeddedDocumentation embed.FS

// documentation is what is served under /docs: pages without scripts, made from the contracts by `make gen`, and the
// contracts themselves.
type documentation map[string]*asset

// loadDocumentation reads what was built in; that it cannot be read would be a fault of the build.
func loadDocumentation() documentation {
	const folder = "documentation"
	entries, err := embeddedDocumentation.ReadDir(folder)
	pages := make(documentation, len(entries))
	for _, entry := range entries {
		if err == nil {
			pages[entry.Name()], err = loadAsset(embeddedFolder(embeddedDocumentation, folder), entry.Name())
		}
	}
	if err != nil {
		panic("web: embedded documentation: " + err.Error())
	}
	return pages
}

// serveDocumentation answers for /docs and all below it. The page's links are relative, so that they hold below any prefix.
func (s *Server) serveDocumentation(w http.ResponseWriter, r *http.Request) error {
	name, below := strings.CutPrefix(r.URL.Path, "/docs/")
	if !below {
		redirectBelow(w, r)
		return nil
	}
	if name == "" {
		name = indexName
	}
	page, exists := s.pages[name]
	if !exists {
		return &apiError{Code: codeNotFound, Field: "path", Message: "there is no such page; /docs/ is the first one"}
	}
	page.serve(w, r)
	return nil
}
