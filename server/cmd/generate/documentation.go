package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

//go:embed documentation
var documentationParts embed.FS

// guide is a Markdown page of the documentation.
type guide struct {
	file  string // below docs
	page  string // its name in the rendered documentation
	title string
}

// guides are the Markdown pages, in the order of the menu.
func guides() []guide {
	return []guide{
		{"protocol.md", "index.html", "Protocol"},
		{"ingestion.md", "ingestion.html", "Adding series"},
		{"reverse-proxies.md", "reverse-proxies.html", "Reverse proxies"},
		{"grafana.md", "grafana.html", "Grafana and Prometheus"},
		{"history.md", "history.html", "History"},
		{"backup.md", "backup.html", "Backup"},
		{"metrics.md", "metrics.html", "Metrics"},
	}
}

// contracts are served beside the pages, as they are.
func contracts() []string { return []string{"openapi.yaml", "asyncapi.yaml", "schema.json"} }

// menuEntry is one link of every page's menu.
type menuEntry struct {
	Page, Title string
	Current     bool
}

// documentPage is what the frame of all pages is filled with.
type documentPage struct {
	Title string
	Menu  []menuEntry
	Body  template.HTML // made by goldmark, which leaves raw HTML out, or by our own templates
}

// writeDocumentation renders what the server shows under /docs: guides, HTTP paths, streams and frames. The root is the
// repository's, the output a folder that holds nothing else.
func writeDocumentation(root, output string) error {
	if err := os.RemoveAll(output); err != nil {
		return fmt.Errorf("write documentation: %w", err)
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		return fmt.Errorf("write documentation: %w", err)
	}
	pages, err := renderPages(root)
	if err != nil {
		return err
	}
	for name, content := range pages {
		if err := os.WriteFile(filepath.Join(output, name), content, 0o644); err != nil {
			return fmt.Errorf("write documentation: %w", err)
		}
	}
	return nil
}

// renderPages makes all files of the documentation.
func renderPages(root string) (map[string][]byte, error) {
	pages := make(map[string][]byte)
	style, err := documentationParts.ReadFile("documentation/style.css")
	if err != nil {
		return nil, err
	}
	pages["style.css"] = style
	for _, name := range contracts() {
		if pages[name], err = os.ReadFile(filepath.Join(root, "protocol", name)); err != nil {
			return nil, fmt.Errorf("read contract: %w", err)
		}
	}
	for _, guide := range guides() {
		body, err := renderGuide(filepath.Join(root, "docs", guide.file))
		if err != nil {
			return nil, err
		}
		if pages[guide.page], err = framePage(guide.page, guide.title, body); err != nil {
			return nil, err
		}
	}
	for _, reference := range references() {
		body, err := reference.render(root)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", reference.page, err)
		}
		if pages[reference.page], err = framePage(reference.page, reference.title, body); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// framePage puts the menu and the head around a body.
func framePage(page, title string, body template.HTML) ([]byte, error) {
	filled := documentPage{Title: title, Body: body}
	for _, guide := range guides() {
		filled.Menu = append(filled.Menu, menuEntry{Page: guide.page, Title: guide.title, Current: guide.page == page})
	}
	for _, reference := range references() {
		filled.Menu = append(filled.Menu, menuEntry{Page: reference.page, Title: reference.title, Current: reference.page == page})
	}
	return fillTemplate("page.html", filled)
}

// fillTemplate runs one of the embedded templates.
func fillTemplate(name string, data any) ([]byte, error) {
	parsed, err := template.New(name).Funcs(templateFunctions()).ParseFS(documentationParts, "documentation/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse template: %w", err)
	}
	var page bytes.Buffer
	if err := parsed.ExecuteTemplate(&page, name, data); err != nil {
		return nil, fmt.Errorf("fill %s: %w", name, err)
	}
	return page.Bytes(), nil
}
