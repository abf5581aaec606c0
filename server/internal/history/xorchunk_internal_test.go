package history

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// sameAsLibrary compares what is read of a chunk to what the library reads of it, bit by bit, and says whether it was read at
// all.
func sameAsLibrary(t *testing.T, x *xorSamples, chunk []byte) bool {
	t.Helper()
	if !x.read(chunk) {
		return false
	}
	library, err := chunkenc.FromData(chunkenc.EncXOR, chunk)
	if err != nil {
		t.Fatal(err)
	}
	iterator := library.Iterator(nil)
	count := 0
	for ; iterator.Next() == chunkenc.ValFloat; count++ {
		at, value := iterator.At()
		if count >= len(x.times) || int64(x.times[count]) != at || math.Float64bits(x.values[count]) != math.Float64bits(value) {
			t.Fatalf("sample %d of %x is %d %v to the library; read were %v %v", count, chunk, at, value, x.times, x.values)
		}
	}
	if iterator.Err() != nil || count != len(x.times) || count != len(x.values) {
		t.Fatalf("of %x the library reads %d samples: %v; read were %d", chunk, count, iterator.Err(), len(x.times))
	}
	return true
}

// unlikely are the values that an encoding of floats may stumble over.
var unlikely = []float64{
	0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(value.StaleNaN), math.MaxFloat64,
	-math.MaxFloat64, math.SmallestNonzeroFloat64, math.Float64frombits(math.MaxUint64), math.Pi,
}

// distanceChanges are at the borders of the sizes that the changes of distances are written in.
var distanceChanges = []int64{
	0, 1, -1, 8191, 8192, 8193, -8191, -8192, 65535, 65536, 65537, -65535, -65536, 524287, 524288, 524289, -524287, -524288,
	math.MaxInt64, math.MinInt64, 1 << 40, -1 << 40,
}

// encode writes a chunk as the library does.
func encode(t testing.TB, times []int64, values []float64) []byte {
	t.Helper()
	chunk := chunkenc.NewXORChunk()
	appender, err := chunk.Appender()
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range times {
		appender.Append(0, at, values[i])
	}
	return chunk.Bytes()
}

// randomChunk has up to 300 samples, wild ones in some chunks more than in others.
func randomChunk(t testing.TB, random *rand.Rand) []byte {
	t.Helper()
	var times []int64
	var values []float64
	time, distance, value := random.Int64N(1<<42)-1<<41, int64(1000), 50.0
	if random.IntN(8) == 0 {
		time = int64(random.Uint64())
	}
	wildTimes, wildValues := random.IntN(20), random.IntN(20) // in twenty
	for range random.IntN(300) {
		times, values = append(times, time), append(values, value)
		if random.IntN(20) < wildTimes {
			distance += distanceChanges[random.IntN(len(distanceChanges))]
		}
		time += distance
		switch {
		case random.IntN(20) >= wildValues:
			value = math.Round((value+random.NormFloat64())*128) / 128
		case random.IntN(3) == 0:
			value = math.Float64frombits(random.Uint64())
		default:
			value = unlikely[random.IntN(len(unlikely))]
		}
	}
	return encode(t, times, values)
}

func TestChunksAreReadAsTheLibraryReadsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 11))
	var x xorSamples
	for range 1000 {
		if chunk := randomChunk(t, random); !sameAsLibrary(t, &x, chunk) {
			t.Fatalf("%x is not read", chunk)
		}
	}
}

func TestNothingIsReadOfAChunkThatIsCutOff(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 12))
	var x xorSamples
	for range 40 {
		chunk := randomChunk(t, random)
		count := binary.BigEndian.Uint16(chunk)
		for length := range chunk {
			if count > 0 && x.read(chunk[:length:length]) {
				t.Fatalf("%d bytes of %x are read as %v %v", length, chunk, x.times, x.values)
			}
		}
		more := slices.Clone(chunk)
		binary.BigEndian.PutUint16(more, count+8) // more than the bits that fill the last byte
		if x.read(more) {
			t.Fatalf("%x is read as %v %v", more, x.times, x.values)
		}
	}
}

func TestDamagedChunksAreReadAsTheLibraryReadsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 13))
	var x xorSamples
	read := 0
	for range 3000 {
		chunk := randomChunk(t, random)
		for range 1 + random.IntN(3) {
			chunk[random.IntN(len(chunk))] ^= byte(1 + random.IntN(255))
		}
		if sameAsLibrary(t, &x, chunk) {
			read++
		}
	}
	if read == 0 {
		t.Error("none of the damaged chunks was read")
	}
}

func FuzzXORChunk(f *testing.F) {
	random := rand.New(rand.NewPCG(14, 14))
	for range 20 {
		f.Add(randomChunk(f, random))
	}
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, chunk []byte) { sameAsLibrary(t, new(xorSamples), chunk) })
}

// BenchmarkReadChunk reads a chunk of a value that walks, once here and once by the library.
func BenchmarkReadChunk(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	rounding := newRounding(2)
	var times []int64
	var values []float64
	walk := 50.0
	for i := range int64(samplesPerChunk) {
		walk = min(max(walk+random.NormFloat64(), 0), 100)
		times, values = append(times, 1_700_000_000_000+1000*i+random.Int64N(3)), append(values, rounding.Stored(math.Round(walk*100)/100))
	}
	chunk := encode(b, times, values)
	b.Run("here", func(b *testing.B) {
		var x xorSamples
		for b.Loop() {
			x.read(chunk)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*samplesPerChunk), "ns/sample")
	})
	b.Run("library", func(b *testing.B) {
		library, err := chunkenc.FromData(chunkenc.EncXOR, chunk)
		if err != nil {
			b.Fatal(err)
		}
		var iterator chunkenc.Iterator
		sum := 0.0
		for b.Loop() {
			iterator = library.Iterator(iterator)
			for iterator.Next() == chunkenc.ValFloat {
				_, value := iterator.At()
				sum += value
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*samplesPerChunk), "ns/sample")
	})
}
