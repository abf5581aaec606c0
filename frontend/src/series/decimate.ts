import type { Polyline } from './polyline.ts'

/**
 * Thins a line to what its pixels can show: of all values within one pixel column the first, the lowest, the highest
 * and the last, in the order they came. What a canvas draws from them is what it would draw from all.
 *
 * `secondsPerPixel` is the time that one pixel column stands for. Columns are counted from time 0, not from the edge of
 * the window, so that peaks do not flicker while the window moves on. NaN is no value. Consecutive values more than
 * `gap` seconds apart are not joined. The line is written over `out`; nothing is allocated once it has its size.
 */
export function decimate(
  times: Float64Array,
  values: Float64Array,
  secondsPerPixel: number,
  gap: number,
  out: Polyline,
): void {
  out.clear()
  let pixel = NaN
  let first = -1 // of the pixel column at hand, as are the next three
  let lowest = -1
  let highest = -1
  let last = -1
  let startsAnew = true
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    const time = times[i]!
    const at = Math.floor(time / secondsPerPixel)
    const broken = last >= 0 && time - times[last]! > gap
    if (at === pixel && !broken) {
      if (value < values[lowest]!) lowest = i
      if (value > values[highest]!) highest = i
    } else {
      if (last >= 0) emit(times, values, first, lowest, highest, last, startsAnew, out)
      startsAnew = broken || last < 0
      pixel = at
      first = lowest = highest = i
    }
    last = i
  }
  if (last >= 0) emit(times, values, first, lowest, highest, last, startsAnew, out)
}

/** Adds the four points of a pixel column by their indices, each once and in the order of time. */
function emit(
  times: Float64Array,
  values: Float64Array,
  first: number,
  lowest: number,
  highest: number,
  last: number,
  startsAnew: boolean,
  out: Polyline,
): void {
  const second = Math.min(lowest, highest)
  const third = Math.max(lowest, highest)
  out.add(times[first]!, values[first]!, startsAnew)
  if (second > first) out.add(times[second]!, values[second]!, false)
  if (third > second && third > first) out.add(times[third]!, values[third]!, false)
  if (last > third) out.add(times[last]!, values[last]!, false)
}
