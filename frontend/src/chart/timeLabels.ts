import { firstTimeTick, monthsIn, timeStep } from './axis.ts'
import { formatClock, formatDay } from './format.ts'
import type { ChartTheme } from './theme.ts'

/** CSS pixels, before the theme's scale, as the next. */
export const labelSize = 11
/** The room above a plot. */
export const plotTop = 6
/** The height of a row of time labels below a plot. */
export const timeLabelsHeight = 18

/** A plot's place and time, CSS pixels and unix seconds. */
export interface TimeSpan {
  readonly min: number
  readonly max: number
  readonly left: number
  readonly right: number
  /** Where the plot ends and the labels begin. */
  readonly top: number
}

/** Steps of hours reach from day to day: midnight is then told by the day that begins. */
const hour = 3600

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'short' })

/**
 * Labels at round times of the viewer's clock: `14:30`, `14:30:15` where seconds count, on long stretches `21 Nov` where
 * a day begins, and on very long ones `Dec` and `2027` where a month and a year do. Their texts are kept from frame to frame.
 */
export class TimeLabels {
  readonly #texts = new Map<number, string>()
  #step = 0
  #textWidth = 0

  draw(context: CanvasRenderingContext2D, theme: ChartTheme, span: TimeSpan): void {
    const { min, max, left, right, top } = span
    if (!(max > min) || right <= left) return
    context.font = theme.font(labelSize)
    context.fillStyle = theme.color('--axis')
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    this.#chooseStep(context, max - min, (right - left) / theme.scale)
    const perSecond = (right - left) / (max - min)
    const half = this.#textWidth / 2
    const middle = top + (timeLabelsHeight - labelSize / 2) * theme.scale
    const step = this.#step
    // Each is looked for anew: where the clocks are changed, round times are not a step apart.
    for (let time = firstTimeTick(min, step); time <= max; time = firstTimeTick(time + step / 2, step)) {
      const x = left + (time - min) * perSecond
      // A label that the edge would cut waits until it has room.
      if (x + half > right || x - half < 0) continue
      context.fillText(this.#text(time), x, middle)
    }
  }

  /** Measures anew, as after a font has loaded. */
  remeasure(): void {
    this.#step = 0
  }

  #chooseStep(context: CanvasRenderingContext2D, seconds: number, width: number): void {
    const step = timeStep(seconds, width)
    if (step === this.#step) return
    this.#step = step
    this.#texts.clear()
    this.#textWidth = context.measureText(widest(step)).width
  }

  #text(time: number): string {
    const known = this.#texts.get(time)
    if (known !== undefined) return known
    if (this.#texts.size > 64) this.#texts.clear()
    const text = labelOf(time, this.#step)
    this.#texts.set(time, text)
    return text
  }
}

function labelOf(time: number, step: number): string {
  if (monthsIn(step) > 0) return monthLabel(new Date(time * 1000), monthsIn(step))
  const isDay = step >= hour && formatClock(time) === '00:00:00'
  return isDay ? formatDay(time) : formatClock(time, step < 60)
}

function monthLabel(date: Date, months: number): string {
  return months >= 12 || date.getMonth() === 0 ? String(date.getFullYear()) : monthName.format(date)
}

function widest(step: number): string {
  if (step < 60) return '00:00:00'
  return step < hour ? '00:00' : '30 Nov'
}
