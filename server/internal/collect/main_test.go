package collect

import (
	"testing"

	"go.uber.org/goleak"

	"vitals/internal/metric"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// valuesOf looks events up by the names of their series.
func valuesOf(events []metric.Event) map[string]float64 {
	values := make(map[string]float64, len(events))
	for _, event := range events {
		values[event.Metric] = event.Value
	}
	return values
}
