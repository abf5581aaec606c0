package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"

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
	whole   chunkenc.Iterator
	xorSamples
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

// decode reads a chunk, which nobody writes to: that of the newest samples is a copy. What is not a number marks the end of a
// series and is no sample.
func (r *reading) decode(chunk chunkenc.Chunk, rounding Rounding, from, to int64) error {
	if !r.readWhole(chunk) {
		if err := r.readByLibrary(chunk); err != nil {
			return err
		}
	}
	read := len(r.times)
	r.keep(rounding, from, to)
	return r.count(int64(read))
}

// readWhole reads all samples of a chunk past the library's iterator, where the library would give all of them: there it
// hands the iterator of the encoding XOR back that it was given to be used again. It does not for another encoding, nor where
// the newest samples are of an append that was not done when the question began.
func (r *reading) readWhole(chunk chunkenc.Chunk) bool {
	if r.whole == nil {
		r.whole = chunkenc.NewXORChunk().Iterator(nil)
	}
	return chunk.Iterator(r.whole) == r.whole && r.read(chunk.Bytes())
}

func (r *reading) readByLibrary(chunk chunkenc.Chunk) error {
	r.times, r.values = r.times[:0], r.values[:0]
	r.decoder = chunk.Iterator(r.decoder)
	for r.decoder.Next() == chunkenc.ValFloat {
		at, stored := r.decoder.At()
		r.times, r.values = append(r.times, metric.TimestampMs(at)), append(r.values, stored)
	}
	return r.decoder.Err()
}

// keep leaves the samples within [from, to), and restores their values.
func (r *reading) keep(rounding Rounding, from, to int64) {
	times, values := r.times, r.values[:len(r.times)]
	length := uint64(to - from)
	kept := 0
	for i, at := range times {
		stored := values[i]
		if uint64(int64(at)-from) >= length || math.IsNaN(stored) { // before from it is beyond, too
			continue
		}
		times[kept], values[kept] = at, rounding.restored(stored)
		kept++
	}
	r.times, r.values = times[:kept], values[:kept]
}

// restored is [Rounding.Value] for many. Of what was stored none lies between two decimals, so that the two ways to round are
// one; this one is an instruction of most processors.
func (r Rounding) restored(stored float64) float64 {
	scaled := stored * r.decimal
	if r.decimal == 0 || math.Abs(scaled) >= 1<<52 {
		return stored
	}
	return math.RoundToEven(scaled) / r.decimal
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
