import type { Derived } from '../../chart/sparkline.ts'
import type { Column } from '../../series/column.ts'

/** The line of the highest of several columns, row by row. Its array is reused: read it before the next call. */
export function highestOf(columns: readonly Column[]): Derived | undefined {
  const [pace] = columns
  if (!pace) return undefined
  let highest = new Float64Array(0)
  return {
    pace,
    values(host, rows) {
      const length = host.times(rows).length
      if (highest.length < length) highest = new Float64Array(2 * length)
      const line = highest.subarray(0, length).fill(Number.NaN)
      for (const column of columns) raise(line, host.values(column, rows))
      return line
    },
  }
}

function raise(line: Float64Array, values: Float64Array): void {
  for (let row = 0; row < line.length; row++) {
    const value = values[row] ?? Number.NaN
    // A comparison with NaN is false: the first value of a row is taken, and no NaN.
    if (!(value <= (line[row] ?? Number.NaN)) && !Number.isNaN(value)) line[row] = value
  }
}
