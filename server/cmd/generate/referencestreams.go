package main

import (
	"html/template"
	"strings"
)

// channelView is an address with what travels on it, both ways.
type channelView struct {
	Title, Address, Help string
	Operations           []directionView
}

type directionView struct {
	FromServer    bool
	Summary, Help string
	Messages      []messageView
	Reply         []messageView
}

type messageView struct {
	Name, Summary, Example string
	Type                   typeView
}

func renderStreams(root string) (template.HTML, error) {
	contract, err := readContract(root, "asyncapi.yaml")
	if err != nil {
		return "", err
	}
	var channels []channelView
	for _, channel := range contract.at("channels").entries() {
		view := channelView{
			Title: channel.value.at("title").text(), Address: channel.value.at("address").text(),
			Help: channel.value.at("description").text(),
		}
		for _, operation := range contract.at("operations").entries() {
			if operation.value.at("channel", "$ref").text() == "#/channels/"+channel.key {
				view.Operations = append(view.Operations, viewDirection(operation.value))
			}
		}
		channels = append(channels, view)
	}
	return fillBody("streams.html", map[string]any{"Help": contract.at("info", "description").text(), "Channels": channels})
}

func viewDirection(operation tree) directionView {
	return directionView{
		FromServer: operation.at("action").text() == "send",
		Summary:    operation.at("summary").text(), Help: operation.at("description").text(),
		Messages: viewMessages(operation.at("messages")), Reply: viewMessages(operation.at("reply", "messages")),
	}
}

func viewMessages(messages tree) []messageView {
	var views []messageView
	for _, message := range messages.items() {
		target := message.at("$ref").text()
		view := messageView{Name: target[strings.LastIndex(target, "/")+1:]}
		content := message.follow()
		view.Summary, view.Type = content.at("summary").text(), viewType(content.at("payload"))
		for _, example := range content.at("examples").items() {
			view.Example = plainJSON(example.at("payload"))
		}
		views = append(views, view)
	}
	return views
}
