package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"vitals/internal/metric"
)

// reading decodes the samples of series, within what one question may cost.
type reading struct {
	bounds  bounds
	samples int64 // read so far
	bytes   int64 // held for the answer
	rested  int64 // the count of samples at which others were let in last

	// What follows is used again for each chunk.
	chunks  chunks.Iterator
	decoder chunkenc.Iterator
	times   []metric.TimestampMs
	values  []float64
}

// restSamples are read at a stretch, about a tenth of a millisecond. Then whoever waits for the processor gets it: those who
// look at the present do not wait for those who look at the past.
const restSamples = 8192

// each gives the samples of a series within [from, to) to a function, a chunk at a time. They are only lent.
func (r *reading) each(
	ctx context.Context, past storedPast, from, to int64, take func(times []metric.TimestampMs, values []float64) error,
) error {
	for _, part := range past.parts {
		r.chunks = part.chunks.Iterator(r.chunks)
		for r.chunks.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			meta := r.chunks.At()
			if meta.MaxTime < from || meta.MinTime >= to {
				continue
			}
			if err := r.decode(meta.Chunk, part.rounding, from, to); err != nil {
				return err
			}
			if err := take(r.times, r.values); err != nil {
				return err
			}
		}
		if err := r.chunks.Err(); err != nil {
			return err
		}
	}
	return nil
}

// decode reads a chunk. What is not a number marks the end of a series and is no sample.
func (r *reading) decode(chunk chunkenc.Chunk, rounding Rounding, from, to int64) error {
	most := chunk.NumSamples()
	times, values := slices.Grow(r.times[:0], most)[:most], slices.Grow(r.values[:0], most)[:most]
	decoder := chunk.Iterator(r.decoder)
	count := 0
	for count < most && decoder.Next() == chunkenc.ValFloat {
		at, stored := decoder.At()
		if at < from || at >= to || math.IsNaN(stored) {
			continue
		}
		times[count], values[count] = metric.TimestampMs(at), stored
		count++
	}
	r.decoder, r.times, r.values = decoder, times[:count], values[:count]
	if err := decoder.Err(); err != nil {
		return err
	}
	rounding.restore(r.values)
	return r.count(int64(most))
}

// restore is [Rounding.Value] for many. Of what was stored none lies between two decimals, so that the two ways to round are
// one; this one is an instruction of most processors.
func (r Rounding) restore(values []float64) {
	if r.decimal == 0 {
		return
	}
	for i, stored := range values {
		if scaled := stored * r.decimal; math.Abs(scaled) < 1<<52 {
			values[i] = math.RoundToEven(scaled) / r.decimal
		}
	}
}

func (r *reading) count(samples int64) error {
	r.samples += samples
	if r.samples > r.bounds.samples {
		return r.bounds.tooManySamples()
	}
	if r.samples-r.rested > restSamples {
		r.rested = r.samples
		runtime.Gosched()
	}
	return nil
}

// hold takes memory for the answer, or gives it back if it is negative.
func (r *reading) hold(bytes int64) error {
	r.bytes += bytes
	if r.bytes > r.bounds.memory {
		return r.bounds.tooMuchMemory()
	}
	return nil
}

// explain puts the limit of time in the place of what it led to.
func explain(ctx context.Context, err error) error {
	var limit *LimitError
	if err == nil || errors.As(err, &limit) {
		return err
	}
	if errors.As(context.Cause(ctx), &limit) {
		return limit
	}
	return fmt.Errorf("read history: %w", err)
}
