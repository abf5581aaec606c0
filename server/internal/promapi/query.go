package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/annotations"
)

// mostPoints is how many points a series of an answer may have, as in a Prometheus.
const mostPoints = 11_000

var errCutOff = errors.New("results truncated due to limit")

// query evaluates an expression at one instant.
func (a *API) query(r *http.Request) (answer, error) {
	at, err := timeParameter(r, "time", a.clock())
	if err != nil {
		return answer{}, err
	}
	return a.evaluate(r, 0, func(ctx context.Context, options promql.QueryOpts, expression string) (promql.Query, error) {
		return a.engine.NewInstantQuery(ctx, a.storage, options, expression, at)
	})
}

// queryRange evaluates an expression at each step of a range.
func (a *API) queryRange(r *http.Request) (answer, error) {
	start, end, step, err := rangeParameters(r)
	if err != nil {
		return answer{}, err
	}
	return a.evaluate(r, end.Sub(start), func(ctx context.Context, options promql.QueryOpts, expression string) (promql.Query, error) {
		return a.engine.NewRangeQuery(ctx, a.storage, options, expression, start, end, step)
	})
}

func rangeParameters(r *http.Request) (start, end time.Time, step time.Duration, err error) {
	if start, err = parseTime(r.Form.Get("start")); err != nil {
		return start, end, 0, badParameter("start", err)
	}
	if end, err = parseTime(r.Form.Get("end")); err != nil {
		return start, end, 0, badParameter("end", err)
	}
	if end.Before(start) {
		return start, end, 0, badParameter("end", errors.New("end timestamp must not be before start time"))
	}
	if step, err = parseDuration(r.Form.Get("step")); err != nil {
		return start, end, 0, badParameter("step", err)
	}
	if step < time.Millisecond {
		message := "zero or negative query resolution step widths are not accepted. Try a positive integer"
		return start, end, 0, badParameter("step", errors.New(message))
	}
	if end.Sub(start)/step > mostPoints { // Sub stops at 292 years, which is too many for any step
		return start, end, 0, &Error{Kind: BadData, Message: "exceeded maximum resolution of 11,000 points per timeseries. " +
			"Try decreasing the query resolution (?step=XX)"}
	}
	return start, end, step, nil
}

// evaluate runs the expression of a request over a span of time.
func (a *API) evaluate(
	r *http.Request, span time.Duration, prepare func(context.Context, promql.QueryOpts, string) (promql.Query, error),
) (answer, error) {
	asked, err := a.readQuestion(r)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), asked.timeout)
	defer cancel()
	if err := asked.burden.expression(ctx, asked.expression); err != nil {
		return answer{}, badParameter("query", err)
	}
	query, err := prepare(ctx, promql.NewPrometheusQueryOpts(false, asked.lookback), asked.expression)
	if err != nil {
		return answer{}, badParameter("query", err)
	}
	if statement, is := query.Statement().(*parser.EvalStmt); is {
		if err := a.boundCost(ctx, asked, statement.Expr, span); err != nil {
			return answer{}, err
		}
	}
	result := query.Exec(ctx)
	if result.Err != nil {
		query.Close()
		return answer{}, result.Err
	}
	value, warnings := cutOff(result, asked.limit)
	return answer{data: queryData{Type: string(result.Value.Type()), Value: value}, warnings: warnings, release: query.Close}, nil
}

// asked are the parameters that both ways to evaluate have.
type asked struct {
	expression string
	timeout    time.Duration
	lookback   time.Duration // 0: the usual one
	limit      int           // of series; 0: none
	burden     *burden
}

func (a *API) readQuestion(r *http.Request) (asked, error) {
	read := asked{expression: r.Form.Get("query"), timeout: a.limits.Time, burden: &burden{limits: a.limits}}
	var err error
	if read.limit, err = limitParameter(r); err != nil {
		return read, err
	}
	if text := r.Form.Get("timeout"); text != "" {
		timeout, err := parseDuration(text)
		if err != nil {
			return read, badParameter("timeout", err)
		}
		read.timeout = min(read.timeout, timeout)
	}
	if text := r.Form.Get("lookback_delta"); text != "" {
		if read.lookback, err = parseDuration(text); err != nil {
			return read, badParameter("lookback_delta", fmt.Errorf("error parsing lookback delta duration: %w", err))
		}
	}
	return read, nil
}

// cutOff leaves so many series of a result.
func cutOff(result *promql.Result, limit int) (any, annotations.Annotations) {
	switch value := result.Value.(type) {
	case promql.Matrix:
		if limit > 0 && len(value) > limit {
			return value[:limit], result.Warnings.Add(errCutOff)
		}
		return value, result.Warnings
	case promql.Vector:
		if limit > 0 && len(value) > limit {
			return value[:limit], result.Warnings.Add(errCutOff)
		}
		return value, result.Warnings
	default:
		return value, result.Warnings
	}
}
