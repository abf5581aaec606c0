import type { HostSeries } from '../series/hostSeries.ts'
import type { Side } from '../series/rowWalk.ts'
import type { Crosshair } from './crosshair.ts'
import type { ChartServices } from './services.ts'
import type { TimeRange } from './timeWindow.ts'

/** What pointer and keys need to know of a chart. */
export interface Plot {
  readonly host: HostSeries
  /** The stretch that is shown: what lies beyond its end is not known yet, or not to be shown. */
  readonly range: Readonly<TimeRange>
  /** Where time and values are drawn, in CSS pixels within the canvas; below it is the time axis. */
  readonly area: Readonly<PlotArea>
  /** Unix seconds: nothing is known of what is older. */
  readonly oldest: number
  /** The time under a horizontal position within the canvas, in CSS pixels; undefined beside the plot. */
  timeAt(pixel: number): number | undefined
  /** The first row before or after an instant; NaN when what is shown has none there. */
  rowBeyond(time: number, side: Side): number
}

export interface PlotArea {
  left: number
  right: number
  top: number
  bottom: number
}

/** Rows that a key goes with Shift, and that the Page keys go. */
const tenfold = 10

/** The time of the row within a range that is nearest to an instant of it; the instant itself when there is none near. */
export function nearestRowTime(host: HostSeries, time: number, { from, to }: Readonly<TimeRange>): number {
  const reach = host.interval * 2
  const times = host.times(host.rows(Math.max(from, time - reach), Math.min(to, time + reach)))
  let nearest = Number.NaN
  for (const candidate of times) {
    if (!(Math.abs(candidate - time) >= Math.abs(nearest - time))) nearest = candidate
  }
  return Number.isNaN(nearest) ? time : nearest
}

/**
 * Moves the crosshair from a chart. Mouse: it follows, a click pins it, another click frees it. Touch: a finger put
 * down or moved sideways sets and pins it, a tap beside the plot frees it; up and down scrolls the page. Keys, with the
 * chart focused: arrows move to the sample before or after, over holes too, with Shift and as Page Up and Page Down by
 * ten; Home and End to the ends, Escape removes it.
 */
export class CrosshairControl {
  readonly #crosshair: Crosshair
  readonly #window: ChartServices['window']
  readonly #shown: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly #plot: Plot
  readonly #abort = new AbortController()
  /** Where the mouse rests over this chart. */
  #hoverPixel: number | undefined

  constructor(
    canvas: HTMLCanvasElement,
    { crosshair, window }: Pick<ChartServices, 'crosshair' | 'window'>,
    plot: Plot,
  ) {
    this.#crosshair = crosshair
    this.#window = window
    this.#plot = plot
    canvas.tabIndex = 0
    const { signal } = this.#abort
    canvas.addEventListener('pointermove', this.#moved, { signal })
    canvas.addEventListener('pointerdown', this.#pressed, { signal })
    canvas.addEventListener('click', this.#clicked, { signal })
    canvas.addEventListener('pointerleave', this.#left, { signal })
    canvas.addEventListener('keydown', this.#keyPressed, { signal })
  }

  /**
   * After the picture has moved on: a pin that has left what the page shows is gone, and a resting mouse points at
   * another instant. Charts begin at a pixel of their own each, so an end of one may lie beside another.
   */
  refresh(): void {
    const { time, pinned } = this.#crosshair
    const { from, to } = this.#window.range(this.#plot.host, this.#shown)
    if (pinned && time !== undefined && (time < from || time > to)) this.#crosshair.unpin()
    if (this.#hoverPixel !== undefined && !this.#crosshair.pinned) this.#pointAt(this.#hoverPixel)
  }

  destroy(): void {
    this.#abort.abort()
    if (this.#hoverPixel !== undefined) this.#crosshair.clear()
  }

  readonly #moved = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse') {
      if (event.buttons !== 0) this.#pin(event.offsetX)
      return
    }
    this.#hoverPixel = event.offsetX
    if (!this.#crosshair.pinned) this.#pointAt(event.offsetX)
  }

  readonly #pressed = (event: PointerEvent): void => {
    if (event.button === 0 && event.pointerType !== 'mouse') this.#pin(event.offsetX)
  }

  readonly #clicked = (event: MouseEvent): void => {
    // Fingers have pinned it when they were put down.
    if ('pointerType' in event && event.pointerType !== 'mouse') return
    if (this.#crosshair.pinned) {
      this.#crosshair.unpin()
      this.#pointAt(event.offsetX)
    } else this.#pin(event.offsetX)
  }

  readonly #left = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse') return
    this.#hoverPixel = undefined
    this.#crosshair.clear()
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const time = this.#timeForKey(event.key, event.shiftKey ? tenfold : 1)
    if (time !== undefined) this.#crosshair.pin(time)
    else if (event.key === 'Escape' && this.#crosshair.time !== undefined) this.#crosshair.unpin()
    else return
    event.preventDefault()
  }

  #timeForKey(key: string, rows: number): number | undefined {
    switch (key) {
      case 'ArrowLeft':
        return this.#walk(-1, rows)
      case 'ArrowRight':
        return this.#walk(1, rows)
      case 'PageDown':
        return this.#walk(-1, tenfold)
      case 'PageUp':
        return this.#walk(1, tenfold)
      case 'Home':
        return this.#within(this.#plot.range.from)
      case 'End':
        return this.#within(this.#plot.range.to)
      default:
        return undefined
    }
  }

  /** So many rows from where the crosshair stands, or as far as there are any. Where there are none it goes by the clock. */
  #walk(side: Side, rows: number): number {
    const began = this.#crosshair.time ?? this.#plot.range.to
    let at = began
    for (let row = 0; row < rows; row++) {
      const next = this.#plot.rowBeyond(at, side)
      if (Number.isNaN(next)) break
      at = next
    }
    if (at !== began) return at
    const isLast = !Number.isNaN(this.#plot.rowBeyond(began, side > 0 ? -1 : 1))
    return this.#within(isLast ? began : began + side * rows * this.#plot.host.interval)
  }

  #pointAt(pixel: number): void {
    const time = this.#plot.timeAt(pixel)
    if (time === undefined) this.#crosshair.clear()
    else this.#crosshair.set(this.#within(time))
  }

  #pin(pixel: number): void {
    const time = this.#plot.timeAt(pixel)
    if (time === undefined) this.#crosshair.unpin()
    else this.#crosshair.pin(this.#within(time))
  }

  #within(time: number): number {
    const { host, range } = this.#plot
    const { from, to } = this.#window.range(host, this.#shown)
    const oldest = Math.max(range.from, from, this.#plot.oldest)
    return nearestRowTime(host, Math.max(oldest, Math.min(range.to, to, time)), range)
  }
}
