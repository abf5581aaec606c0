package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"vitals/internal/metric"
)

func TestUsageOfSeesProcessorTimeAndMemory(t *testing.T) {
	before, err := usageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const work = 30 * time.Millisecond
	deadline := time.Now().Add(20 * time.Second)
	for {
		after, err := usageOf(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if after.resident == 0 {
			t.Fatal("a running test has no memory")
		}
		if after.processor-before.processor >= work {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("saw only %v of processor time", after.processor-before.processor)
		}
	}
}

func TestUsageOfCountsEndedChildren(t *testing.T) {
	before, err := usageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	count := exec.CommandContext(t.Context(), "sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")
	if err := count.Run(); err != nil {
		t.Fatal(err)
	}
	spent := count.ProcessState.UserTime() + count.ProcessState.SystemTime()
	after, err := usageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const step = 20 * time.Millisecond // the kernel tells user and system time of children in steps of 10 ms each
	if seen := after.processor - before.processor; seen < spent-step {
		t.Fatalf("saw %v, the child alone used %v", seen, spent)
	}
}

func TestUsageOfUnknownProcess(t *testing.T) {
	if _, err := usageOf(1 << 30); err == nil {
		t.Fatal("a process that cannot exist has a usage")
	}
}

func TestLoadCutsMessagesWhereverTheyAreSplit(t *testing.T) {
	taken := time.UnixMilli(1690000000123)
	stream := bytes.Join([][]byte{floorMessage(taken, 300), floorMessage(taken, 4000), floorMessage(taken, 126)}, nil)
	for _, size := range []int{1, 2, 3, 7, 200, 1000, len(stream)} {
		l := &load{counting: true}
		viewer := &rawViewer{}
		for chunk := range slices.Chunk(stream, size) {
			l.take(viewer, chunk, taken.Add(5*time.Millisecond))
		}
		if l.result.Deliveries != 3 || l.result.Bytes != len(stream) || len(viewer.rest) != 0 {
			t.Errorf("in pieces of %d: %+v, %d bytes left", size, l.result, len(viewer.rest))
		}
		for _, delay := range l.delays {
			if delay < 4.9 || delay > 5.1 {
				t.Errorf("in pieces of %d: delay %v ms, want 5", size, delay)
			}
		}
	}
}

func TestFloorMessageHasTheLengthThatWasAsked(t *testing.T) {
	for _, length := range []int{130, 500, 4000} {
		if got := len(floorMessage(metric.TimestampMs(1).Time(), length)); got != length {
			t.Errorf("has %d bytes, want %d", got, length)
		}
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
		if got := fmt.Sprint(quantile(test.values, test.share)); got != test.want {
			t.Errorf("quantile of %d values at %v is %s, want %s", len(test.values), test.share, got, test.want)
		}
	}
}
