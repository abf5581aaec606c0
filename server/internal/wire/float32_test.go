package wire

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// printed is the rule in the words of the documentation: what "%.7g" prints, read again.
func printed(short float32) float64 {
	value := float64(short)
	if math.Abs(value) >= 1e7 || value == 0 || value != value {
		return value
	}
	read, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 7, 64), 64)
	if err != nil {
		panic(err)
	}
	return read
}

// isHalfway says whether a number lies right between two of seven digits: it has eight, and the last is a 5.
func isHalfway(short float32) bool {
	digits, _, _ := strings.Cut(strconv.FormatFloat(math.Abs(float64(short)), 'e', -1, 64), "e")
	return len(digits) == len("1.2345675") && strings.HasSuffix(digits, "5")
}

// TestDecimalIsWhatSevenDigitsPrint goes over float32s of all sizes that the rule rounds.
func TestDecimalIsWhatSevenDigitsPrint(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	least := math.Float32bits(0x1p-52)
	most := math.Float32bits(2e7)
	for range 500_000 {
		short := math.Float32frombits(least + random.Uint32N(most-least))
		if random.IntN(2) == 0 {
			short = -short
		}
		if isHalfway(short) {
			continue // printing rounds to the even one; such a float32 is never sent
		}
		if got, want := decimal(short), printed(short); got != want {
			t.Fatalf("decimal(%b) = %v, seven digits are %v", short, got, want)
		}
	}
}

// TestShortenCarriesWhatSensorsSend holds that percentages, rates and counts of pages need no float64.
func TestShortenCarriesWhatSensorsSend(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	kinds := map[string]func() float64{
		"hundredths to 1000":    func() float64 { return float64(random.Int64N(1e5)) / 100 },
		"negative tenths":       func() float64 { return -float64(random.Int64N(1e4)) / 10 },
		"thousandths to 1000":   func() float64 { return float64(random.Int64N(1e6)) / 1000 },
		"microseconds":          func() float64 { return float64(random.Int64N(1e6)) / 1e6 },
		"whole to ten million":  func() float64 { return float64(random.Int64N(1e7)) },
		"pages to 64 GiB":       func() float64 { return float64(random.Int64N(1<<24)) * 4096 },
		"seven digits, any":     func() float64 { return float64(random.Int64N(9e6)) / math.Pow10(random.IntN(13)) },
		"huge powers of two":    func() float64 { return math.Pow(2, float64(random.IntN(100))) },
		"zero with either sign": func() float64 { return math.Copysign(0, random.Float64()-0.5) },
	}
	for name, kind := range kinds {
		for range 50_000 {
			value := kind()
			short, carried := shorten(value)
			if (!carried || decimal(short) != value) && !nearestAreTooFar(value) {
				t.Fatalf("%s: %v is not carried by the float32 %v, which is %v", name, value, short, decimal(short))
			}
		}
	}
}

// nearestAreTooFar is true in the few stretches, such as 0.00098 to 0.001, where float32s lie further apart than numbers of
// seven digits.
func nearestAreTooFar(value float64) bool {
	short := float32(math.Abs(value))
	step := float64(math.Nextafter32(short, math.MaxFloat32)) - float64(short)
	digits := math.Floor(math.Log10(math.Abs(value)))
	return step > math.Pow(10, digits-6)
}

func TestShortenRefusesWhatItWouldChange(t *testing.T) {
	for _, value := range []float64{
		math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, math.Pi, 12345678.9, 16777217, 361481053, 1e300, 0.30000000000000004, 123.45678,
	} {
		if short, carried := shorten(value); carried {
			t.Errorf("%v is carried as %v, which is %v", value, short, decimal(short))
		}
	}
}

// TestShortenNeverLies holds for any float64 at all.
func TestShortenNeverLies(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 500_000 {
		value := math.Float64frombits(random.Uint64())
		if short, carried := shorten(value); carried && decimal(short) != value {
			t.Fatalf("%v becomes %v", value, decimal(short))
		}
	}
}

// TestRoundToCarriedIsCarriedAndNear goes over numbers of all sizes that a float32 has.
func TestRoundToCarriedIsCarriedAndNear(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	const smallest, largest = -120, 127
	for range 500_000 {
		value := math.Ldexp(1+random.Float64(), smallest+random.IntN(largest-smallest))
		if random.IntN(2) == 0 {
			value = -value
		}
		rounded := RoundToCarried(value)
		if short, carried := shorten(rounded); !carried || math.Abs(rounded-value) > 1e-6*math.Abs(value) {
			t.Fatalf("%v becomes %v, and the float32 %v", value, rounded, short)
		}
	}
	for _, value := range []float64{0, 42.37, 1e300, -1e300, 5e-324, 1e-45, math.Inf(1), math.Inf(-1)} {
		if rounded := RoundToCarried(value); rounded != value {
			t.Errorf("%v becomes %v", value, rounded)
		}
	}
	if rounded := RoundToCarried(math.NaN()); !math.IsNaN(rounded) {
		t.Errorf("what is not a number becomes %v", rounded)
	}
}

func BenchmarkShorten(b *testing.B) {
	values := make([]float64, 64)
	for i := range values {
		values[i] = float64(rand.IntN(1_000_000)) / 100
	}
	for b.Loop() {
		for _, value := range values {
			if _, carried := shorten(value); !carried {
				b.Fatal(value)
			}
		}
	}
}
