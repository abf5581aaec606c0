package wire

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestNumbersAreTheShortest compares with strconv over all kinds of numbers, the near misses of short ones above all.
func TestNumbersAreTheShortest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []func() float64{
		func() float64 { return math.Float64frombits(random.Uint64()) },
		func() float64 { return float64(random.Int64N(1e7)) / 100 },
		func() float64 { return float64(random.Int64N(1e17)) / 1000 },
		func() float64 { return -float64(random.Int64N(1e15)) / 1000 },
		func() float64 { return math.Nextafter(float64(random.Int64N(1e9))/1000, random.Float64()*1e9) },
		func() float64 { return random.Float64() * 1e13 },
		func() float64 { return random.Float64() / 1e4 },
	}
	for i := range 200_000 {
		value := kinds[i%len(kinds)]()
		if got, want := string(AppendNumber(nil, value)), shortest(value); got != want {
			t.Fatalf("%v is written as %s, want %s", value, got, want)
		}
	}
	for _, value := range []float64{0, 1, -1, 0.1, 0.12, 0.123, 0.1234, 100.5, 1e12, 1e12 - 0.001, 1e21, 1e-6, 1e-7} {
		if got, want := string(AppendNumber(nil, value)), shortest(value); got != want {
			t.Errorf("%v is written as %s, want %s", value, got, want)
		}
	}
}

func shortest(value float64) string {
	size := math.Abs(value)
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return "null"
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.FormatFloat(value, 'e', -1, 64)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

func BenchmarkColumn(b *testing.B) {
	column := make(Column, 80)
	for i := range column {
		column[i] = float64(rand.IntN(1_000_000)) / 100
	}
	var text []byte
	for b.Loop() {
		text = appendColumn(text[:0], column)
	}
}
