package bench

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestUsageOfSeesProcessorTimeAndMemory(t *testing.T) {
	before, err := UsageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const work = 30 * time.Millisecond
	deadline := time.Now().Add(20 * time.Second)
	for {
		after, err := UsageOf(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if after.Resident == 0 {
			t.Fatal("a running test has no memory")
		}
		if after.Processor-before.Processor >= work {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("saw only %v of processor time", after.Processor-before.Processor)
		}
	}
}

func TestUsageOfCountsEndedChildren(t *testing.T) {
	before, err := UsageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	count := exec.CommandContext(t.Context(), "sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")
	if err := count.Run(); err != nil {
		t.Fatal(err)
	}
	spent := count.ProcessState.UserTime() + count.ProcessState.SystemTime()
	after, err := UsageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const step = 20 * time.Millisecond // the kernel tells user and system time of children in steps of 10 ms each
	if seen := after.Processor - before.Processor; seen < spent-step {
		t.Fatalf("saw %v, the child alone used %v", seen, spent)
	}
}

func TestUsageOfUnknownProcess(t *testing.T) {
	if _, err := UsageOf(1 << 30); err == nil {
		t.Fatal("a process that cannot exist has a usage")
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 0, 100)
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	for _, test := range []struct {
		values []float64
		share  float64
		want   string
	}{
		{hundred, 0.5, "50.5"},
		{hundred, 0.99, "100"},
		{hundred, 1, "100"},
		{[]float64{3, 1, 2}, 0.5, "2"},
		{nil, 0.5, "NaN"},
	} {
		if got := fmt.Sprint(Quantile(test.values, test.share)); got != test.want {
			t.Errorf("quantile of %d values at %v is %s, want %s", len(test.values), test.share, got, test.want)
		}
	}
}
