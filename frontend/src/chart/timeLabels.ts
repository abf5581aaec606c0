import { firstTimeTick, timeStep } from './axis.ts'
import { formatClock } from './format.ts'
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

/** Labels at round times of the viewer's clock; their texts are kept from frame to frame. */
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
    for (let time = firstTimeTick(min, this.#step); time <= max; time += this.#step) {
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
    this.#textWidth = context.measureText(step < 60 ? '00:00:00' : '00:00').width
  }

  #text(time: number): string {
    const known = this.#texts.get(time)
    if (known !== undefined) return known
    if (this.#texts.size > 64) this.#texts.clear()
    const text = formatClock(time, this.#step < 60)
    this.#texts.set(time, text)
    return text
  }
}
