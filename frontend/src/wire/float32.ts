/**
 * Which number a float32 in a column stands for: the one of at most 7 significant decimal digits that is next to it, as
 * values are rounded so far at their source; from 10 million on the float32 itself. The server checks for each value that
 * this gives the very number of its JSON stream, by the same steps (server/internal/wire/float32.go).
 */

const digits = 7
const wholeFrom = 10 ** digits

/**
 * For each exponent of a float32, the power of ten that brings 2^exponent to 7 digits before the point; 0 where it would
 * be larger than 10^22, the last one that a number holds exactly.
 */
const scales = Float64Array.from({ length: 256 }, (_, exponent) => {
  const before = Math.floor((exponent - 127) * Math.log10(2)) + 1 // digits before the point
  const power = digits - before
  return power >= 0 && power <= 22 ? Number(`1e${power}`) : 0
})

/** `value` is the float32, `bits` its bits. */
export function decimal(value: number, bits: number): number {
  let scale = scales[(bits >>> 23) & 0xff] ?? 0
  const size = Math.abs(value)
  if (scale === 0 || !(size < wholeFrom)) return value
  let scaled = size * scale
  if (scaled >= wholeFrom) {
    scale /= 10 // one digit more before the point than 2^exponent has
    scaled = size * scale
  }
  const rounded = Math.floor(scaled + 0.5) / scale
  return value < 0 ? -rounded : rounded
}
