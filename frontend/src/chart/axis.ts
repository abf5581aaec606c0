/**
 * Steady axes. A ceiling is a round number above the largest value shown. It grows as soon as it must, and shrinks only
 * when everything shown has stayed well below for a while, so that the picture does not breathe with the data.
 */
import type { Unit } from './format.ts'

/** Seconds that the window must stay well below the ceiling before it shrinks. */
const shrinkAfterSeconds = 10
/** Room above the largest value when a new ceiling is chosen. */
const headroom = 1.06
/** A smaller ceiling is only considered when the values would still leave this much room under it. */
const shrinkRoom = 1.2
/** How long an axis takes to reach a new ceiling. */
const glideMs = 240

const decimalSteps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
const binarySteps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/** The smallest round number that is not below `value`: few digits of tens, or a power of two for bytes. */
export function niceCeiling(value: number, unit: Unit): number {
  if (!(value > 0) || !Number.isFinite(value)) return smallestCeiling(unit)
  const least = Math.max(value, smallestCeiling(unit))
  const base = unit === 'bytes' ? 1024 : 10
  const steps = unit === 'bytes' ? binarySteps : decimalSteps
  // The logarithm of an exact power may come out a hair low or high; the steps include the base to allow for it.
  const power = base ** Math.floor(Math.log(least) / Math.log(base) + 1e-9)
  const step = steps.find((candidate) => candidate * power >= least * (1 - 1e-9))
  return (step ?? base) * power
}

/** A ceiling with room above the peak; but a share, which never passes 100 %, needs none above that. */
function ceilingAbove(peak: number, room: number, unit: Unit): number {
  const ceiling = niceCeiling(peak * room, unit)
  return unit === 'percent' && peak <= 100 ? Math.min(100, ceiling) : ceiling
}

/** Below this an idle machine's noise would fill the chart. */
function smallestCeiling(unit: Unit): number {
  switch (unit) {
    case 'percent':
      return 1
    case 'bytes':
      return 1024
    case 'bytes/s':
      return 1000
    case 'seconds':
      return 1e-4
    default:
      return 1
  }
}

/** The ceiling of one axis over time. */
export class SteadyCeiling {
  readonly #unit: Unit
  #ceiling: number | undefined
  #belowSinceMs: number | undefined

  constructor(unit: Unit) {
    this.#unit = unit
  }

  /** Values have told where it is. */
  get known(): boolean {
    return this.#ceiling !== undefined
  }

  /** The ceiling to use now for a window whose largest value is `peak`. A NaN peak (no values) changes nothing. */
  next(peak: number, nowMs: number): number {
    if (Number.isNaN(peak)) return this.#ceiling ?? niceCeiling(0, this.#unit)
    if (this.#ceiling === undefined || peak > this.#ceiling)
      return this.#take(ceilingAbove(peak, headroom, this.#unit))
    const smaller = ceilingAbove(peak, shrinkRoom, this.#unit)
    if (smaller >= this.#ceiling) {
      this.#belowSinceMs = undefined
      return this.#ceiling
    }
    this.#belowSinceMs ??= nowMs
    if (nowMs - this.#belowSinceMs < shrinkAfterSeconds * 1000) return this.#ceiling
    return this.#take(smaller)
  }

  /** Forgets the past, as when the window changes: the next ceiling fits at once. */
  reset(): void {
    this.#ceiling = undefined
    this.#belowSinceMs = undefined
  }

  #take(ceiling: number): number {
    this.#ceiling = ceiling
    this.#belowSinceMs = undefined
    return ceiling
  }
}

/** A number that moves to its target in a short glide, or at once with reduced motion. */
export class Glide {
  #from = Number.NaN
  #target = Number.NaN
  #startMs = 0

  get target(): number {
    return this.#target
  }

  /** The value to draw with now. The first target is taken without moving. */
  toward(target: number, nowMs: number, reducedMotion: boolean): number {
    if (Number.isNaN(this.#target) || reducedMotion) {
      this.#from = target
      this.#target = target
    } else if (target !== this.#target) {
      this.#from = this.#at(nowMs)
      this.#target = target
      this.#startMs = nowMs
    }
    return this.#at(nowMs)
  }

  moving(nowMs: number): boolean {
    return this.#from !== this.#target && nowMs - this.#startMs < glideMs
  }

  /** The next target is taken without moving. */
  reset(): void {
    this.#target = Number.NaN
  }

  #at(nowMs: number): number {
    if (!this.moving(nowMs)) return this.#target
    const left = 1 - (nowMs - this.#startMs) / glideMs
    return this.#target + (this.#from - this.#target) * left * left * left
  }
}

/** The span of a chart's value axis over time: steady, gliding when it must change. */
export class SteadyRange {
  readonly #ceiling: SteadyCeiling
  readonly #glide = new Glide()
  /** Now. */
  min = 0
  max = 1
  /** Where min and max are going. */
  targetMin = 0
  targetMax = 1
  /** Something says where it ends: values, a firm end, or what the host has. */
  known = false

  constructor(unit: Unit) {
    this.#ceiling = new SteadyCeiling(unit)
  }

  /** `least` is where the axis ends at least, NaN for anywhere. A mirrored axis is as deep as it is high. */
  fit(peak: number, least: number, limits: AxisLimits, nowMs: number, reducedMotion: boolean): void {
    const target = limits.max ?? (peak > least || !(least > 0) ? this.#ceiling.next(peak, nowMs) : least)
    this.known = limits.max !== undefined || least > 0 || this.#ceiling.known
    this.max = this.#glide.toward(target, nowMs, reducedMotion)
    // What stands there without values is no place to glide from: the first picture of values is right at once.
    if (Number.isNaN(peak)) this.#glide.reset()
    this.targetMax = target
    this.min = limits.mirrored ? -this.max : (limits.min ?? 0)
    this.targetMin = limits.mirrored ? -target : this.min
  }

  gliding(nowMs: number): boolean {
    return this.#glide.moving(nowMs)
  }

  /** The next ceiling fits, as when the visible lines change; it is glided to. */
  reset(): void {
    this.#ceiling.reset()
  }

  /** The next ceiling is there at once: the values of another time have no scale in common with these. */
  jump(): void {
    this.reset()
    this.#glide.reset()
  }
}

export interface AxisLimits {
  min: number | undefined
  max: number | undefined
  mirrored: boolean
}

const day = 86_400
/** On average: steps of months and years are counted in these, and lie at the first of a month. */
const month = 30.436_875 * day

const timeSteps = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10_800,
  21_600,
  43_200,
  ...[1, 2, 3, 5, 7, 14].map((days) => days * day),
  ...[1, 2, 3, 6, 12, 24, 60].map((months) => months * month),
]

/** CSS pixels from one time label to the next, for `14:30` and for `14:30:15`. */
const minuteLabelRoom = 64
const secondLabelRoom = 96

/** The seconds between time labels: the smallest round step at which they do not crowd. Whole minutes where three fit. */
export function timeStep(span: number, widthPx: number): number {
  const pixel = span / Math.max(1, widthPx)
  const seconds = timeSteps.find((step) => step >= pixel * secondLabelRoom) ?? timeSteps.at(-1)!
  if (seconds < 60 && span < 180) return seconds
  return timeSteps.find((step) => step >= 60 && step >= pixel * minuteLabelRoom) ?? timeSteps.at(-1)!
}

/** How many months a step of the time axis is long; 0 for a shorter one. */
export function monthsIn(step: number): number {
  return step < month ? 0 : Math.round(step / month)
}

/** The first multiple of `step` not before `from`, counted from midnight in the viewer's zone. */
export function firstTimeTick(from: number, step: number): number {
  if (step >= month) return firstMonthTick(from, monthsIn(step))
  // Zones differ by whole quarters of an hour: steps that divide a quarter need no zone.
  if (step < 600) return Math.ceil(from / step) * step
  const offset = offsetAt(from)
  const tick = Math.ceil((from + offset) / step) * step - offset
  // A day begins at midnight also where the clocks were changed on the way there.
  return step < day ? tick : tick + offset - offsetAt(tick)
}

function firstMonthTick(from: number, months: number): number {
  const date = new Date(from * 1000)
  const begun = date.getFullYear() * 12 + date.getMonth()
  const beginOf = (count: number) => new Date(Math.floor(count / 12), count % 12).getTime() / 1000
  const tick = Math.ceil(begun / months) * months
  return beginOf(beginOf(tick) < from ? tick + months : tick)
}

/** Seconds by which the clocks of the viewer are ahead of UTC. */
function offsetAt(time: number): number {
  return -new Date(time * 1000).getTimezoneOffset() * 60
}
