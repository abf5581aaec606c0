import type { Column } from '../series/column.ts'
import type { Continuum, Stint } from '../series/continuum.ts'
import { RowGrid } from '../series/rowGrid.ts'
import { Trace, Tracer } from '../series/tracer.ts'
import type { Grain } from './lineMaker.ts'

/** The line of the highest of several columns. */
export class HighestLine {
  readonly #continuum: Continuum
  readonly #tracer = new Tracer()
  readonly #grid = new RowGrid()
  readonly #parts: Trace[] = []
  readonly #stint: Stint = { from: 0, to: 0 }
  #highest = new Float64Array(0)

  constructor(continuum: Continuum) {
    this.#continuum = continuum
  }

  /** Writes the line over `out`, from a little before the range on, so that it reaches there. Without a range: nothing. */
  make(out: Trace, columns: readonly Column[], { from, to }: Readonly<Stint>, grain: Grain): void {
    out.line.clear()
    out.bands.clear()
    const [first] = columns
    if (first === undefined || !(grain.pixel > 0)) return
    this.#stint.from = from - first.gapSeconds
    this.#stint.to = to
    if (columns.length === 1) return this.#trace(out, first, grain)
    this.#grid.clear()
    for (let index = 0; index < columns.length; index++) {
      const part = (this.#parts[index] ??= new Trace())
      this.#trace(part, columns[index]!, grain)
      this.#grid.add(part.line)
    }
    this.#raise(columns.length)
    this.#write(out)
  }

  /** The largest value of a line and its bands from a time on; NaN without any. */
  peak({ line, bands }: Trace, from: number): number {
    let peak = Number.NEGATIVE_INFINITY
    for (let point = line.length - 1; point >= 0 && line.times[point]! >= from; point--)
      if (line.values[point]! > peak) peak = line.values[point]!
    for (let band = bands.length - 1; band >= 0 && bands.ends[band]! >= from; band--)
      if (bands.highs[band]! > peak) peak = bands.highs[band]!
    return peak === Number.NEGATIVE_INFINITY ? Number.NaN : peak
  }

  #trace(out: Trace, column: Column, { pixel, resolution }: Grain): void {
    this.#continuum.trace(this.#tracer, out, column, this.#stint, pixel, resolution)
  }

  #raise(count: number): void {
    const rows = this.#grid.times.length
    if (this.#highest.length < rows) this.#highest = new Float64Array(2 * rows)
    this.#highest.fill(Number.NaN, 0, rows)
    for (let index = 0; index < count; index++) {
      this.#grid.lay(this.#parts[index]!.line)
      const { values } = this.#grid
      for (let row = 0; row < rows; row++) {
        // A comparison with NaN is false: the first value of a row is taken, and no NaN.
        if (!(values[row]! <= this.#highest[row]!) && !Number.isNaN(values[row]))
          this.#highest[row] = values[row]!
      }
    }
  }

  /** Joined where the line that was laid out last is. */
  #write({ line }: Trace): void {
    const { times, breaks } = this.#grid
    for (let row = 0; row < times.length; row++) {
      const value = this.#highest[row]!
      if (!Number.isNaN(value)) line.add(times[row]!, value, line.length === 0 || breaks[row] === 1)
    }
  }
}
