package history

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"vitals/internal/metric"
)

// TestRoundedValuesComeBack goes through values as sensors round them: all of small ones, and random ones of each size.
func TestRoundedValuesComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for decimals := 1; decimals <= mostDecimal; decimals++ {
		rounding, family := newRounding(decimals), metric.Family{Decimals: decimals}
		check := func(measured float64) {
			t.Helper()
			measured = family.Round(measured)
			if back := rounding.Value(rounding.Stored(measured)); math.Float64bits(back) != math.Float64bits(measured) {
				t.Fatalf("%d decimals: %v comes back as %v", decimals, measured, back)
			}
		}
		for i := range 20_000 {
			check(float64(i-10_000) / math.Pow10(decimals))
			check((random.Float64() - 0.5) * math.Pow(10, float64(random.IntN(25)-5)))
		}
		check(math.Copysign(0, -1))
	}
}

func FuzzRounding(f *testing.F) {
	f.Add(42.37, 2)
	f.Add(-1e300, 9)
	f.Add(0.005, 2)
	f.Add(float64(1<<53), 1)
	f.Fuzz(func(t *testing.T, value float64, decimals int) {
		measured := metric.Family{Decimals: max(1, min(decimals, mostDecimal))}.Round(value)
		if math.IsNaN(measured) || math.IsInf(measured, 0) {
			t.Skip("a sensor sends none")
		}
		rounding := newRounding(max(1, min(decimals, mostDecimal)))
		if back := rounding.Value(rounding.Stored(measured)); math.Float64bits(back) != math.Float64bits(measured) {
			t.Errorf("%v comes back as %v", measured, back)
		}
	})
}

func TestStoredValuesHaveShortFractions(t *testing.T) {
	rounding := newRounding(2)
	for i := range 10_001 {
		stored := rounding.Stored(float64(i) / 100)
		if stored*128 != math.Trunc(stored*128) {
			t.Fatalf("%v is stored as %v, which is no multiple of 1/128", float64(i)/100, stored)
		}
	}
}

func TestWhatIsRounded(t *testing.T) {
	percent := metric.Family{Name: "cpu", Decimals: 2}
	for name, c := range map[string]struct {
		series metric.Series
		family metric.Family
		want   int
	}{
		"measured":          {metric.Series{}, percent, 2},
		"pushed":            {metric.Series{Custom: true}, percent, exact},
		"of no family":      {metric.Series{}, metric.Family{}, exact},
		"whole numbers":     {metric.Series{}, metric.Family{Name: "memory.used"}, exact},
		"too many decimals": {metric.Series{}, metric.Family{Name: "x", Decimals: 10}, exact},
	} {
		if got := storedDecimals(c.series, c.family); got != c.want {
			t.Errorf("%s: %d decimals, want %d", name, got, c.want)
		}
	}
}

func TestRoundingOfLabelsThatAreWrong(t *testing.T) {
	for _, text := range []string{"", "x", "-1", "0", "10", "999999999999999999999"} {
		if got := RoundingOf(labels.FromStrings(DecimalsLabel, text)); got != (Rounding{}) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
