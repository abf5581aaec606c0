import { Glide } from './axis.ts'
import type { Unit } from './format.ts'

/** Seconds that the values must need much less room before the axis closes in on them. */
const shrinkAfterSeconds = 10
/** Much less: this share of what the axis spans. */
const shrinkShare = 0.6
/** An axis spans at least this share of its largest value: the noise of a steady one would fill the chart. */
const leastShare = 0.05
/** Values that reach down to within so many of their spans above zero stand on it. */
const nearZero = 0.8

export interface Span {
  min: number
  max: number
}

/**
 * The span of an axis that follows its values on both sides: temperatures below zero, pressures far above it. As steady
 * as the others: it grows at once, closes in only after a while, and glides.
 */
export class FloatingRange implements Span {
  readonly #unit: Unit
  readonly #low = new Glide()
  readonly #high = new Glide()
  #target: Span | undefined
  #roomySinceMs: number | undefined
  /** Now. */
  min = 0
  max = 1

  constructor(unit: Unit = '') {
    this.#unit = unit
  }

  /** Where min and max are going. */
  get targetMin(): number {
    return this.#target?.min ?? 0
  }

  get targetMax(): number {
    return this.#target?.max ?? 1
  }

  /** Takes the extent of the values shown; NaN when there are none. */
  fit(low: number, high: number, nowMs: number, reducedMotion: boolean): void {
    if (!Number.isNaN(low)) this.#aim(low, high, nowMs)
    this.min = this.#low.toward(this.targetMin, nowMs, reducedMotion)
    this.max = this.#high.toward(this.targetMax, nowMs, reducedMotion)
    if (this.#target !== undefined) return
    this.#low.reset()
    this.#high.reset()
  }

  /** Values have told where it is. */
  get known(): boolean {
    return this.#target !== undefined
  }

  gliding(nowMs: number): boolean {
    // A glide that was never begun knows no place to be at.
    return this.#target !== undefined && (this.#low.moving(nowMs) || this.#high.moving(nowMs))
  }

  /** The next extent fits, as when the visible lines change; it is glided to. */
  reset(): void {
    this.#target = undefined
    this.#roomySinceMs = undefined
  }

  /** The next extent is there at once. */
  jump(): void {
    this.reset()
    this.#low.reset()
    this.#high.reset()
  }

  #aim(low: number, high: number, nowMs: number): void {
    const target = this.#target
    const fitting = niceSpan(low, high, this.#unit)
    if (target === undefined || low < target.min || high > target.max) return this.#take(fitting)
    if (fitting.max - fitting.min > shrinkShare * (target.max - target.min)) {
      this.#roomySinceMs = undefined
      return
    }
    this.#roomySinceMs ??= nowMs
    if (nowMs - this.#roomySinceMs >= shrinkAfterSeconds * 1000) this.#take(fitting)
  }

  #take(span: Span): void {
    this.#target = span
    this.#roomySinceMs = undefined
  }
}

const decimalDigits = [1, 2, 2.5, 5]
const binaryDigits = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** Round numbers around an extent, with a round one in the middle. Values that hardly move stand clear of both ends. */
export function niceSpan(low: number, high: number, unit: Unit = ''): Span {
  const largest = Math.max(Math.abs(low), Math.abs(high))
  const room = Math.max(high - low, largest * leastShare) || 1
  const spare = (room - (high - low)) / 2
  const stands = low >= 0 && low <= nearZero * room
  const from = stands ? 0 : low >= 0 ? Math.max(0, low - spare) : low - spare
  const to = high < 0 ? Math.min(0, high + spare) : high + spare
  const base = unit === 'bytes' ? 1024 : 10
  const digits = unit === 'bytes' ? binaryDigits : decimalDigits
  const margin = spare / 4
  const first = base ** Math.floor(Math.log((to - from) / 2) / Math.log(base) + 1e-9)
  for (let power = first; Number.isFinite(power) && power > 0; power *= base) {
    for (const digit of digits) {
      const step = digit * power
      const min = Math.floor(from / step + 1e-9) * step
      if (min <= low && min + 2 * step >= high + margin) return { min, max: min + 2 * step }
    }
  }
  return { min: low, max: high }
}
