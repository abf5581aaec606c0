package promapi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// The first and the last instant that milliseconds in an int64 reach with room for arithmetic. They stand for "all there
// is" where no time is given.
var (
	minTime = time.Unix(math.MinInt64/1000+62135596801, 0).UTC()
	maxTime = time.Unix(math.MaxInt64/1000-62135596801, 999999999).UTC()
)

// parseTime reads unix seconds or RFC 3339.
func parseTime(text string) (time.Time, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds >= float64(minTime.Unix()) && seconds <= float64(maxTime.Unix())) {
			return time.Time{}, fmt.Errorf("%.40q is no time that can be computed with", text)
		}
		whole, fraction := math.Modf(seconds)
		fraction = math.Round(fraction*1000) / 1000
		return time.Unix(int64(whole), int64(fraction*float64(time.Second))).UTC(), nil
	}
	if instant, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return instant, nil
	}
	for _, bound := range []time.Time{minTime, maxTime} { // beyond four digits of a year, which the library cannot read
		if text == bound.Format(time.RFC3339Nano) {
			return bound, nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot parse %.40q to a valid timestamp", text)
}

// parseDuration reads seconds, or a duration with units such as 5m.
func parseDuration(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		nanoseconds := seconds * float64(time.Second)
		if !(math.Abs(nanoseconds) < math.MaxInt64) { // nor NaN
			return 0, fmt.Errorf("cannot parse %.40q to a valid duration. It overflows int64", text)
		}
		return time.Duration(nanoseconds), nil
	}
	if duration, err := model.ParseDuration(text); err == nil {
		return time.Duration(duration), nil
	}
	return 0, fmt.Errorf("cannot parse %.40q to a valid duration", text)
}

// timeParameter is the time of that name, or the other if none is given.
func timeParameter(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	text := r.Form.Get(name)
	if text == "" {
		return otherwise, nil
	}
	instant, err := parseTime(text)
	if err != nil {
		return time.Time{}, badParameter(name, err)
	}
	return instant, nil
}

// period is the range of time that a list is wanted of: all there is, if nothing is said.
func period(r *http.Request) (start, end time.Time, err error) {
	if start, err = timeParameter(r, "start", minTime); err != nil {
		return start, end, err
	}
	end, err = timeParameter(r, "end", maxTime)
	return start, end, err
}

// limitParameter is how many results are wanted; 0 means all.
func limitParameter(r *http.Request) (int, error) {
	text := r.Form.Get("limit")
	if text == "" {
		return 0, nil
	}
	limit, err := strconv.Atoi(text)
	if err == nil && limit < 0 {
		err = errors.New("limit must be non-negative")
	}
	if err != nil {
		return 0, badParameter("limit", err)
	}
	return limit, nil
}

// selectors reads the match[] parameters. Each must name something: else all that was ever stored would be walked through.
func (a *API) selectors(ctx context.Context, r *http.Request) ([][]*labels.Matcher, error) {
	texts := r.Form["match[]"]
	if len(texts) > a.limits.Selectors {
		return nil, badParameter("match[]", fmt.Errorf("%d of them; at most %d are allowed", len(texts), a.limits.Selectors))
	}
	together := burden{limits: a.limits}
	for _, text := range texts {
		if err := together.expression(ctx, text); err != nil {
			return nil, badParameter("match[]", err)
		}
	}
	sets, err := a.parser.ParseMetricSelectors(texts)
	if err != nil {
		return nil, badParameter("match[]", err)
	}
	for _, set := range sets {
		if !namesSomething(set) {
			return nil, badParameter("match[]", errors.New("match[] must contain at least one non-empty matcher"))
		}
	}
	return sets, nil
}

func namesSomething(matchers []*labels.Matcher) bool {
	for _, matcher := range matchers {
		if matcher != nil && !matcher.Matches("") {
			return true
		}
	}
	return false
}
