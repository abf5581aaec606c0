package stream

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

func offeredSubprotocols(header http.Header) []string {
	var offered []string
	for _, line := range header.Values("Sec-WebSocket-Protocol") {
		for word := range strings.SplitSeq(line, ",") {
			offered = append(offered, strings.TrimSpace(word))
		}
	}
	return offered
}

// plainRequest is what the query of a plain stream asks for.
type plainRequest struct {
	globs []metric.Glob
	batch bool
}

func (p plainRequest) shape(session bool) shape {
	switch {
	case session:
		return shapeSession
	case p.batch:
		return shapeBatch
	default:
		return shapeEvents
	}
}

// parsePlain reads ?metrics=GLOB,...&batch=1.
func parsePlain(query url.Values) (plainRequest, error) {
	var request plainRequest
	for name, values := range query {
		var err error
		switch name {
		case "metrics":
			request.globs, err = parseGlobs(values)
		case "batch":
			request.batch, err = parseSwitch(name, values)
		default:
			err = &wire.FieldError{Code: wire.CodeBadRequest, Field: name, Message: "no such parameter; allowed are metrics and batch"}
		}
		if err != nil {
			return plainRequest{}, err
		}
	}
	return request, nil
}

func parseGlobs(values []string) ([]metric.Glob, error) {
	var globs []metric.Glob
	for _, value := range values {
		for _, text := range metric.SplitGlobs(value) {
			glob, err := metric.ParseGlob(text)
			if err != nil {
				return nil, &wire.FieldError{Code: wire.CodeBadRequest, Field: "metrics", Message: err.Error()}
			}
			globs = append(globs, glob)
		}
	}
	if len(globs) > wire.MaxGlobs {
		message := fmt.Sprintf("has %d globs, at most %d are allowed", len(globs), wire.MaxGlobs)
		return nil, &wire.FieldError{Code: wire.CodeTooMany, Field: "metrics", Message: message}
	}
	return globs, nil
}

func parseSwitch(name string, values []string) (bool, error) {
	switch values[len(values)-1] {
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	}
	return false, &wire.FieldError{Code: wire.CodeBadRequest, Field: name, Message: "must be 1 or 0"}
}
