package promapi

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// boundSubqueries refuses an expression with a subquery of too many steps. The engine makes room for all steps of a subquery
// before it begins, however many: a line such as sum_over_time(vector(1)[100y:1ms]) would take all memory of the machine,
// and no limit of the engine's own would stop it.
func (a *API) boundSubqueries(expression string, span time.Duration) error {
	parsed, err := a.parser.ParseExpr(expression)
	if err != nil {
		return badParameter("query", err)
	}
	var tooMany error
	parser.Inspect(parsed, func(node parser.Node, above []parser.Node) error {
		subquery, is := node.(*parser.SubqueryExpr)
		if !is {
			return nil
		}
		if steps := a.steps(subquery, above, span); steps > float64(a.limits.Steps) {
			tooMany = &Error{Kind: Execution, Message: fmt.Sprintf(
				"a subquery would be evaluated at %.0f steps, more than %d; give it a shorter range or a larger step: [RANGE:STEP]",
				steps, a.limits.Steps)}
		}
		return tooMany
	})
	return tooMany
}

// steps is at how many instants a subquery is evaluated: over all the span of the query, and as far back before it as its
// own range and those of the subqueries around it reach. The sum may be beyond what a duration holds.
func (a *API) steps(subquery *parser.SubqueryExpr, above []parser.Node, span time.Duration) float64 {
	step := subquery.Step
	if step <= 0 {
		step = a.interval
	}
	reach := float64(span) + float64(subquery.Range)
	for _, node := range above {
		if outer, is := node.(*parser.SubqueryExpr); is {
			reach += float64(outer.Range)
		}
	}
	return math.Ceil(reach / float64(step))
}
