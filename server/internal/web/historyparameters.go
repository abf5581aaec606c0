package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vitals/internal/history"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

const (
	usualRange  = time.Hour
	usualPoints = 300
	maxGlobs    = 64 // of a question; a page may ask for each of its series by name
	rawStep     = "raw"
)

// parameters reads the query of a request and keeps the first fault. A parameter that stands twice counts by its last value.
type parameters struct {
	values url.Values
	now    time.Time
	fault  error
}

func (s *Server) parametersOf(r *http.Request) *parameters {
	return &parameters{values: r.URL.Query(), now: s.clock()}
}

func (p *parameters) refuse(name, message string) {
	if p.fault == nil {
		p.fault = &apiError{Code: wire.CodeBadRequest, Field: name, Message: message}
	}
}

// text is the last value of a parameter; found is false if it is not there.
func (p *parameters) text(name string) (value string, found bool) {
	all := p.values[name]
	if len(all) == 0 {
		return "", false
	}
	return all[len(all)-1], true
}

func (p *parameters) instant(name string, usual metric.TimestampMs) metric.TimestampMs {
	text, found := p.text(name)
	if !found {
		return usual
	}
	at, err := parseInstant(text, p.now)
	if err != nil {
		p.refuse(name, err.Error())
	}
	return at
}

// timeRange is what from and to say: the last hour until now, where they say nothing.
func (p *parameters) timeRange() (from, to metric.TimestampMs) {
	to = p.instant("to", metric.TimestampOf(p.now))
	from = p.instant("from", max(0, to-metric.TimestampMs(usualRange.Milliseconds())))
	if from >= to {
		p.refuse("from", "must be before to, which is now unless it is given")
	}
	return from, to
}

// globs are those of all values; names and globs may be joined by commas.
func (p *parameters) globs(name string) []metric.Glob {
	var globs []metric.Glob
	for _, value := range p.values[name] {
		for _, text := range metric.SplitGlobs(value) {
			glob, err := metric.ParseGlob(text)
			if err != nil {
				p.refuse(name, err.Error())
			}
			globs = append(globs, glob)
		}
	}
	if len(globs) > maxGlobs && p.fault == nil {
		message := fmt.Sprintf("has %d globs, at most %d are allowed", len(globs), maxGlobs)
		p.fault = &apiError{Code: wire.CodeTooMany, Field: name, Message: message}
	}
	return globs
}

// resolution is what step and points say. Of raw samples a series has as many as there are; with a step, points is the most
// that may come of it.
func (p *parameters) resolution() (step time.Duration, points int) {
	text, hasStep := p.text("step")
	switch _, hasPoints := p.text("points"); {
	case !hasStep:
		return 0, p.points(usualPoints)
	case text == rawStep:
		if hasPoints {
			p.refuse("points", "must not be given with step=raw, which answers with all samples")
		}
		return 0, 0
	}
	step, err := parseLength(text)
	if err != nil || step < time.Millisecond || step%time.Millisecond != 0 {
		p.refuse("step", "must be raw, or a length of time in whole milliseconds such as 5s, 1m or 0.5 (seconds)")
	}
	return step, p.points(history.MaxPoints)
}

func (p *parameters) points(usual int) int {
	text, found := p.text("points")
	if !found {
		return usual
	}
	points, err := strconv.ParseUint(text, 10, 31)
	if err != nil || points == 0 || text[0] == '+' {
		p.refuse("points", fmt.Sprintf("must be a number from 1 to %d", history.MaxPoints))
	}
	return int(points)
}

func (p *parameters) flag(name string) bool {
	text, found := p.text(name)
	switch text {
	case "1", "true":
		return true
	case "0", "false":
		return false
	}
	if found {
		p.refuse(name, "must be 1 or 0")
	}
	return false
}
