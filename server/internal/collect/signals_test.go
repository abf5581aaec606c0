package collect

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSinceIsTheRemainder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		midnight := math.Floor(random.Float64()*50_000) * daySeconds
		for _, at := range []float64{midnight, math.Nextafter(midnight, math.Inf(1)), math.Nextafter(midnight+daySeconds, 0), midnight + daySeconds*random.Float64()} {
			if got, wanted := since(at, daySeconds), math.Mod(at, daySeconds); got != wanted {
				t.Fatalf("%v seconds are %v after midnight, expected %v", at, got, wanted)
			}
		}
		if got, wanted := since(midnight/daySeconds, 7), math.Mod(midnight/daySeconds, 7); got != wanted {
			t.Fatalf("day %v is %v of its week, expected %v", midnight/daySeconds, got, wanted)
		}
	}
}
