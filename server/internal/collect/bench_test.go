package collect

import (
	"testing"
	"time"
)

// BenchmarkSample reads all sensors of this machine, slow ones on every tenth tick.
func BenchmarkSample(b *testing.B) {
	source, err := NewHost(b.Context(), HostOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for tick := uint64(0); b.Loop(); tick++ {
		source.Sample(b.Context(), time.Now(), tick)
	}
}

// BenchmarkSimulation samples five machines with 124 processors together.
func BenchmarkSimulation(b *testing.B) {
	source := NewSimulation(5, 1)
	now := time.Now()
	b.ReportAllocs()
	for tick := uint64(0); b.Loop(); tick++ {
		source.Sample(b.Context(), now.Add(time.Duration(tick)*time.Second), tick)
	}
}
