package main

import (
	"bytes"
	"fmt"
	"html/template"
	"os"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// renderGuide turns a Markdown page into HTML whose links hold where the server shows it.
func renderGuide(file string) (template.HTML, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read guide: %w", err)
	}
	return renderMarkdown(string(source))
}

// renderMarkdown makes HTML, without what of the source is HTML already. Wide tables get a box to scroll in.
func renderMarkdown(source string) (template.HTML, error) {
	renderer := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(linkRewriter{}, 100))),
	)
	var page bytes.Buffer
	if err := renderer.Convert([]byte(source), &page); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	boxed := strings.ReplaceAll(page.String(), "<table>", `<div class="wide" tabindex="0"><table>`)
	return template.HTML(strings.ReplaceAll(boxed, "</table>", "</table></div>")), nil
}

// linkRewriter points the links of the repository's pages at their rendered twins. What the server does not show, such as a
// folder of the repository, is left as text.
type linkRewriter struct{}

// Transform implements [parser.ASTTransformer].
func (linkRewriter) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var links []*ast.Link
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, is := node.(*ast.Link); is && entering {
			links = append(links, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range links {
		target, shown := shownAs(string(link.Destination))
		if shown {
			link.Destination = []byte(target)
			continue
		}
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			link.Parent().InsertBefore(link.Parent(), link, child)
		}
		link.Parent().RemoveChild(link.Parent(), link)
	}
}

// shownAs is where the server shows a link's target; false if it does not.
func shownAs(target string) (string, bool) {
	file, fragment, hasFragment := strings.Cut(target, "#")
	if file == "" || strings.Contains(file, "://") {
		return target, true
	}
	page := ""
	for _, guide := range guides() {
		if file == guide.file {
			page = guide.page
		}
	}
	for _, contract := range contracts() {
		if path.Base(file) == contract {
			page = contract
		}
	}
	if hasFragment {
		fragment = "#" + fragment
	}
	return page + fragment, page != ""
}
