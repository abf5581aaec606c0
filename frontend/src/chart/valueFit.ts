import type { Extent } from '../series/continuum.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { SteadyRange } from './axis.ts'
import type { ChartOptions } from './chartOptions.ts'
import { FloatingRange } from './floatingRange.ts'
import type { Unit } from './format.ts'

/** How far the lines reach, each for itself or stacked. */
type Reach = (stacked: boolean) => Extent

/** How far the axis of values reaches: from zero or another firm end, or following the values on both sides. */
export class ValueFit {
  #unit: Unit
  #steady: SteadyRange
  #floating: FloatingRange

  constructor(unit: Unit) {
    this.#unit = unit
    this.#steady = new SteadyRange(unit)
    this.#floating = new FloatingRange(unit)
  }

  setUnit(unit: Unit): void {
    if (unit === this.#unit) return
    this.#unit = unit
    this.#steady = new SteadyRange(unit)
    this.#floating = new FloatingRange(unit)
  }

  /** The range for what is shown now. */
  fit(
    options: ChartOptions,
    host: HostSeries,
    reach: Reach,
    nowMs: number,
    reducedMotion: boolean,
  ): SteadyRange | FloatingRange {
    const { floating, lines, max, min, ceiling, stacked = false } = options
    if (floating !== undefined) {
      const { low, high } = reach(false)
      const always = floating === 'always'
      // An axis that floats only for values below zero may have none.
      if (always || low < 0) {
        this.#floating.fit(low, always ? high : Math.max(0, high), nowMs, reducedMotion)
        return this.#floating
      }
    }
    const peak = max ?? reach(stacked).high
    const mirrored = lines.some((line) => line.below)
    const limits = { min, max, mirrored }
    this.#steady.fit(peak, ceiling?.(host) ?? Number.NaN, limits, nowMs, reducedMotion)
    return this.#steady
  }

  gliding(nowMs: number): boolean {
    return this.#steady.gliding(nowMs) || this.#floating.gliding(nowMs)
  }

  /** The next values fit, as when the visible lines change; the axis glides there. */
  reset(): void {
    this.#steady.reset()
    this.#floating.reset()
  }

  /** The next values fit at once, as those of another time do. */
  jump(): void {
    this.#steady.jump()
    this.#floating.jump()
  }
}
