package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v3/mem"

	"vitals/internal/metric"
)

func memoryFamilies() []metric.Family {
	share := func(name, help, prometheus, openTelemetry string) metric.Family {
		return metric.Family{
			Name: name, Unit: metric.Percent, Kind: metric.Gauge, Decimals: 2, Help: help,
			Prometheus: prometheus, OpenTelemetry: openTelemetry,
		}
	}
	size := func(name, help, prometheus, openTelemetry string) metric.Family {
		family := share(name, help, prometheus, openTelemetry)
		family.Unit, family.Decimals = metric.Bytes, 0
		return family
	}
	return []metric.Family{
		share("memory", "Memory in use: all that is not available", "vitals_memory_used_ratio", "system.memory.utilization"),
		size("memory.used", "Memory in use: total without available", "vitals_memory_used_bytes", "system.memory.usage"),
		size("memory.available", "Memory that programs can have without swapping, most of the cache included",
			"vitals_memory_available_bytes", "system.linux.memory.available"),
		size("memory.cached", "Memory that holds files, buffers and caches of the kernel",
			"vitals_memory_cached_bytes", "system.memory.usage"),
		size("memory.total", "Memory that the kernel manages", "vitals_memory_total_bytes", "system.memory.limit"),
		share("swap", "Swap space in use; absent without swap space", "vitals_swap_used_ratio", "system.paging.utilization"),
		size("swap.used", "Swap space in use; absent without swap space", "vitals_swap_used_bytes", "system.paging.usage"),
	}
}

// memorySensor reads memory and swap in one go: on Linux one file has both.
type memorySensor struct {
	ctx context.Context
}

func (s memorySensor) Name() string              { return "memory" }
func (s memorySensor) Families() []metric.Family { return memoryFamilies() }

func (s memorySensor) Read(time.Time) ([]metric.Event, error) {
	memory, err := mem.VirtualMemoryWithContext(s.ctx)
	if err != nil {
		return nil, fmt.Errorf("read memory: %w", err)
	}
	if memory.Total == 0 { // gopsutil takes an unreadable file for an empty one
		return nil, errors.New("read memory: the kernel tells no total")
	}
	return append(memoryEvents(memory), swapEvents(memory)...), nil
}

func memoryEvents(memory *mem.VirtualMemoryStat) []metric.Event {
	total := float64(memory.Total)
	available := float64(min(memory.Available, memory.Total)) // some containers show more available than there is
	used := total - available
	return []metric.Event{
		{Metric: "memory", Value: 100 * used / total},
		{Metric: "memory.used", Value: used},
		{Metric: "memory.available", Value: available},
		{Metric: "memory.cached", Value: float64(memory.Cached + memory.Buffers)},
		{Metric: "memory.total", Value: total},
	}
}

func swapEvents(memory *mem.VirtualMemoryStat) []metric.Event {
	if memory.SwapTotal == 0 {
		return nil
	}
	used := float64(memory.SwapTotal - min(memory.SwapFree, memory.SwapTotal))
	return []metric.Event{
		{Metric: "swap", Value: 100 * used / float64(memory.SwapTotal)},
		{Metric: "swap.used", Value: used},
	}
}
