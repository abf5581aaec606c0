package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// reference is a page that is made of a contract.
type reference struct {
	page, title string
	render      func(root string) (template.HTML, error)
}

// references are those pages, in the order of the menu.
func references() []reference {
	return []reference{
		{"http.html", "HTTP", renderHTTP},
		{"streams.html", "WebSocket", renderStreams},
		{"frames.html", "Frames", renderFrames},
	}
}

// typeView is the type of a field in words, with a link where it has a name.
type typeView struct {
	Words, Name, Link string
}

// fieldView is a row of a table of fields or parameters.
type fieldView struct {
	Name, Place string // the place of a parameter: query or header
	Type        typeView
	Required    bool
	Help        string
}

// schemaView is a named schema.
type schemaView struct {
	Name, Help string
	Fields     []fieldView
}

// answerView is a status with what comes with it.
type answerView struct {
	Status, Help, Media string
	Type                typeView
}

// exampleView is a body to copy.
type exampleView struct{ Name, Text string }

// operationView is a method of a path.
type operationView struct {
	ID, Method, Path, Summary, Help string
	Parameters                      []fieldView
	Bodies                          []answerView
	Examples                        []exampleView
	Answers                         []answerView
}

func renderHTTP(root string) (template.HTML, error) {
	contract, err := readContract(root, "openapi.yaml")
	if err != nil {
		return "", err
	}
	var operations []operationView
	for _, path := range contract.at("paths").entries() {
		for _, method := range path.value.entries() {
			operations = append(operations, viewOperation(path.key, method.key, method.value))
		}
	}
	return fillBody("http.html", map[string]any{
		"Help":       contract.at("info", "description").text(),
		"Operations": operations,
		"Schemas":    viewSchemas(contract.at("components", "schemas")),
	})
}

func viewOperation(path, method string, operation tree) operationView {
	view := operationView{
		ID: operation.at("operationId").text(), Method: strings.ToUpper(method), Path: path,
		Summary: operation.at("summary").text(), Help: operation.at("description").text(),
	}
	for _, parameter := range operation.at("parameters").items() {
		parameter = parameter.follow()
		view.Parameters = append(view.Parameters, fieldView{
			Name: parameter.at("name").text(), Place: parameter.at("in").text(), Type: viewType(parameter.at("schema")),
			Required: parameter.at("required").text() == "true", Help: parameter.at("description").text(),
		})
	}
	for _, media := range operation.at("requestBody").follow().at("content").entries() {
		view.Bodies = append(view.Bodies, answerView{Media: media.key, Type: viewType(media.value.at("schema"))})
		for _, example := range media.value.at("examples").entries() {
			view.Examples = append(view.Examples, exampleView{example.key, exampleText(example.value.at("value"))})
		}
	}
	for _, answer := range operation.at("responses").entries() {
		view.Answers = append(view.Answers, viewAnswer(answer.key, answer.value.follow()))
		for _, media := range answer.value.follow().at("content").entries() {
			if media.key != "text/event-stream" {
				continue
			}
			for _, example := range media.value.at("examples").entries() {
				view.Examples = append(view.Examples, exampleView{example.key, exampleText(example.value.at("value"))})
			}
		}
	}
	return view
}

func viewAnswer(status string, answer tree) answerView {
	view := answerView{Status: status, Help: answer.at("description").text()}
	for _, media := range answer.at("content").entries() {
		view.Media, view.Type = media.key, viewType(media.value.at("schema"))
	}
	return view
}

// exampleText is a body as it is sent: a text as it stands, anything else as JSON.
func exampleText(example tree) string {
	if text, is := example.value.(string); is {
		return strings.TrimSpace(text)
	}
	return plainJSON(example)
}

// plainJSON writes a tree with its keys in their order.
func plainJSON(t tree) string {
	if entries := t.entries(); len(entries) > 0 {
		parts := make([]string, 0, len(entries))
		for _, entry := range entries {
			parts = append(parts, fmt.Sprintf("%q:%s", entry.key, plainJSON(entry.value)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	if items := t.items(); len(items) > 0 {
		parts := make([]string, 0, len(items))
		for _, item := range items {
			parts = append(parts, plainJSON(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	text, err := json.Marshal(t.value)
	if err != nil {
		return t.text()
	}
	return string(text)
}

func renderFrames(root string) (template.HTML, error) {
	contract, err := readContract(root, "schema.json")
	if err != nil {
		return "", err
	}
	return fillBody("frames.html", map[string]any{
		"Help": contract.at("description").text(), "Schemas": viewSchemas(contract.at("$defs")),
	})
}

func viewSchemas(schemas tree) []schemaView {
	var views []schemaView
	for _, schema := range schemas.entries() {
		view := schemaView{Name: schema.key, Help: schema.value.at("description").text()}
		required := map[string]bool{}
		for _, name := range schema.value.at("required").items() {
			required[name.text()] = true
		}
		for _, property := range schema.value.at("properties").entries() {
			view.Fields = append(view.Fields, fieldView{
				Name: property.key, Type: viewType(property.value), Required: required[property.key],
				Help: property.value.at("description").text(),
			})
		}
		views = append(views, view)
	}
	return views
}

// viewType says what a schema allows.
func viewType(schema tree) typeView {
	if target := schema.at("$ref").text(); target != "" {
		name := target[strings.LastIndex(target, "/")+1:]
		if strings.Contains(target, "schema.json") {
			return typeView{Name: name, Link: "frames.html#" + name}
		}
		return typeView{Name: name, Link: "#" + name}
	}
	if choices := schema.at("oneOf").items(); len(choices) > 0 {
		return viewChoices(choices)
	}
	if constant := schema.at("const"); constant.exists() {
		return typeView{Words: plainJSON(constant)}
	}
	if words := schema.at("enum").items(); len(words) > 0 {
		allowed := make([]string, 0, len(words))
		for _, word := range words {
			allowed = append(allowed, word.text())
		}
		return typeView{Words: strings.Join(allowed, " | ")}
	}
	switch kind := schema.at("type").text(); kind {
	case "array":
		item := viewType(schema.at("items"))
		item.Words = strings.TrimSpace("array of " + item.Words)
		return item
	case "object":
		if values := schema.at("additionalProperties"); len(values.entries()) > 0 {
			item := viewType(values)
			item.Words = strings.TrimSpace("map of " + item.Words)
			return item
		}
		return typeView{Words: kind}
	default:
		return typeView{Words: kind}
	}
}

// viewChoices joins alternatives; the last one that has a name carries the link.
func viewChoices(choices []tree) typeView {
	var words []string
	var joined typeView
	for _, choice := range choices {
		view := viewType(choice)
		if view.Name != "" {
			joined.Name, joined.Link = view.Name, view.Link
			continue
		}
		words = append(words, view.Words)
	}
	joined.Words = strings.Join(words, " or ")
	if joined.Name != "" && joined.Words != "" {
		joined.Words += " or"
	}
	return joined
}

func fillBody(name string, data any) (template.HTML, error) {
	body, err := fillTemplate(name, data)
	return template.HTML(body), err
}

// templateFunctions are what the templates may call.
func templateFunctions() template.FuncMap {
	return template.FuncMap{
		"markdown": renderMarkdown,
		"lower":    strings.ToLower,
	}
}
