package promapi

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// boundCost refuses an expression that would take all memory of the machine in spite of the engine's own limits, which count
// samples only.
func (a *API) boundCost(ctx context.Context, asked asked, parsed parser.Expr, span time.Duration) error {
	steps, grown, literals, replacing := 0.0, 1.0, 0, 0
	var beyond error
	parser.Inspect(parsed, func(node parser.Node, above []parser.Node) error {
		switch node := node.(type) {
		case *parser.SubqueryExpr:
			steps += a.steps(node, above, span)
			beyond = a.boundSteps(steps)
		case *parser.Call:
			grown = max(grown, growth(node, above))
			size := asked.burden.replacement(replaced(node))
			replacing += size
			beyond = cmp.Or(a.boundGrowth(len(asked.expression), grown), badParameter("query", asked.burden.add(ctx, size)))
		case *parser.StringLiteral:
			literals += len(node.Val)
		}
		return beyond
	})
	if beyond != nil {
		return beyond
	}
	// The engine does not look at the time while it replaces labels, so that patterns count again for how long these may be.
	const labelBytes = 256 // of one as it is stored
	times := math.Ceil(grown * float64(labelBytes+literals) / labelBytes)
	return badParameter("query", asked.burden.add(ctx, replacing*(int(times)-1)))
}

// replaced is the pattern of a label_replace; empty for other calls, which have none.
func replaced(call *parser.Call) string {
	const pattern = 4 // among the arguments
	if call.Func.Name != "label_replace" || len(call.Args) <= pattern {
		return ""
	}
	literal, is := bare(call.Args[pattern]).(*parser.StringLiteral)
	if !is {
		return ""
	}
	return literal.Val
}

// bare is an expression without what is around it.
func bare(expression parser.Expr) parser.Expr {
	for {
		switch outer := expression.(type) {
		case *parser.ParenExpr:
			expression = outer.Expr
		case *parser.StepInvariantExpr:
			expression = outer.Expr
		default:
			return expression
		}
	}
}

// boundSteps bounds the steps of all subqueries together. The engine makes room for all steps of one before it begins,
// however many: sum_over_time(vector(1)[100y:1ms]) asks for a hundred terabytes. Room is held for all that are nested.
func (a *API) boundSteps(steps float64) error {
	if steps <= float64(a.limits.Steps) {
		return nil
	}
	return &Error{Kind: Execution, Message: fmt.Sprintf(
		"the subqueries would be evaluated at %.0f steps, more than %d; give them shorter ranges or larger steps: [RANGE:STEP]",
		steps, a.limits.Steps)}
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

// boundGrowth bounds how long labels may get that an expression makes: each label_join of a label with itself doubles it.
func (a *API) boundGrowth(bytes int, times float64) error {
	if float64(bytes)*times <= float64(a.limits.ExpressionBytes) {
		return nil
	}
	return &Error{Kind: Execution, Message: fmt.Sprintf(
		"label_join and label_replace within one another could make labels of more than %d bytes; nest fewer of them",
		a.limits.ExpressionBytes)}
}

// growth is how many times a label can be in what calls within one another make of it.
func growth(call *parser.Call, above []parser.Node) float64 {
	times := copies(call)
	for _, node := range above {
		if outer, is := node.(*parser.Call); is {
			times *= copies(outer)
		}
	}
	return times
}

// copies is how many times a label can be in what one call makes of it.
func copies(call *parser.Call) float64 {
	const sourcesFrom, replacement = 3, 2 // among the arguments
	switch {
	case call.Func.Name == "label_join":
		return float64(max(1, len(call.Args)-sourcesFrom))
	case call.Func.Name == "label_replace" && len(call.Args) > replacement:
		return float64(max(1, strings.Count(call.Args[replacement].String(), "$")))
	}
	return 1
}
