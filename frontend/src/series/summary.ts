/** What a run of values comes to. `count` is the number of values; without any the others are NaN. */
export interface Summary {
  count: number
  min: number
  max: number
  last: number
}

/** The extent of values; NaN is no value. */
export function summarize(values: Float64Array): Summary {
  let count = 0
  let min = Infinity
  let max = -Infinity
  let last = NaN
  for (const value of values) {
    if (Number.isNaN(value)) continue
    count++
    min = Math.min(min, value)
    max = Math.max(max, value)
    last = value
  }
  if (count === 0) return { count, min: NaN, max: NaN, last }
  return { count, min, max, last }
}
