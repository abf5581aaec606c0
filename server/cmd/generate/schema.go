package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

// protocol has every frame as a field, so that one reflection reaches them all.
type protocol struct {
	Hello       wire.Hello
	Host        wire.HostState
	Catalog     wire.Catalog
	Snapshot    wire.Snapshot
	Update      wire.Update
	Gap         wire.Gap
	Published   wire.Published
	Error       wire.Error
	Pong        wire.Pong
	Subscribe   wire.Subscribe
	Unsubscribe wire.Unsubscribe
	Publish     wire.Publish
	Ping        wire.Ping
	Event       metric.Event
}

// writeSchema prints the JSON Schema of all frames and of the plain event. It is run in the folder of the Go module.
func writeSchema(out io.Writer) error {
	reflector := jsonschema.Reflector{Mapper: mapType, Namer: nameType, AllowAdditionalProperties: true}
	for _, folder := range []string{"./internal/wire", "./internal/metric"} {
		if err := reflector.AddGoComments("vitals", folder, jsonschema.WithFullComment()); err != nil {
			return fmt.Errorf("read comments: %w", err)
		}
	}
	reflected := reflector.Reflect(protocol{})
	definitions := reflected.Definitions
	delete(definitions, "Protocol")
	for _, name := range []string{"Subscribe", "Unsubscribe", "Publish", "PushedEvent", "Ping"} {
		definitions[name].AdditionalProperties = jsonschema.FalseSchema // the server refuses what it does not know
	}
	if timestamp, found := definitions["PushedEvent"].Properties.Get("timestamp"); found { // read more freely than it is written
		timestamp.Type = ""
		timestamp.OneOf = []*jsonschema.Schema{{Type: "number"}, {Type: "string", Format: "date-time"}}
	}
	schema := &jsonschema.Schema{
		Version: jsonschema.Version,
		Title:   "Frame",
		Description: "A frame of the session protocol " + wire.SubprotocolJSON + ", and of " + wire.SubprotocolCBOR +
			" but for its columns. Generated from server/internal/wire by make gen.",
		Definitions: definitions,
	}
	for field := range reflect.TypeFor[protocol]().Fields() {
		if field.Name == "Event" {
			continue
		}
		name := nameType(field.Type)
		schema.OneOf = append(schema.OneOf, &jsonschema.Schema{Ref: "#/$defs/" + name})
		if discriminator, found := definitions[name].Properties.Get("type"); found {
			discriminator.Const = strings.ToLower(field.Name)
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(schema)
}

// mapType describes the types that write their JSON themselves.
func mapType(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[metric.TimestampMs]():
		return &jsonschema.Schema{Type: "number"}
	case reflect.TypeFor[wire.Column]():
		value := &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "number"}, {Type: "null"}}}
		return &jsonschema.Schema{Type: "array", Items: value}
	}
	return nil
}

// nameType keeps the names of the Go types, but for those that mean something else in the app's language.
func nameType(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[wire.Error]():
		return "ErrorFrame"
	case reflect.TypeFor[protocol]():
		return "Protocol"
	}
	return t.Name()
}
