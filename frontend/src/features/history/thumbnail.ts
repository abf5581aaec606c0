import type { Drawable, FrameScheduler } from '../../chart/scheduler.ts'
import type { ChartTheme } from '../../chart/theme.ts'
import type { Past, PastViewer } from '../../series/past.ts'
import type { Stretch } from './overview.ts'

export interface ThumbnailOptions {
  host: string
  metric: string
  /** What it covers, unix seconds. */
  stretch: Stretch
}

/** CSS pixels. */
const lineHeight = 1.5

/** The little curve of the scrub bar: the highest value of each pixel, over what lies below it. For the eye only. */
export class Thumbnail implements Drawable {
  readonly element: HTMLCanvasElement
  readonly #past: Past
  readonly #viewer: PastViewer
  readonly #theme: ChartTheme
  readonly #scheduler: FrameScheduler
  readonly #observer: ResizeObserver
  readonly #stops: (() => void)[]
  #options: ThumbnailOptions

  constructor(
    canvas: HTMLCanvasElement,
    services: { past: Past; chartTheme: ChartTheme; scheduler: FrameScheduler },
    options: ThumbnailOptions,
  ) {
    this.element = canvas
    this.#options = options
    this.#past = services.past
    this.#theme = services.chartTheme
    this.#scheduler = services.scheduler
    const mark = () => this.#scheduler.mark(this)
    this.#viewer = services.past.viewer(mark)
    this.#stops = [this.#theme.subscribe(mark)]
    this.#observer = new ResizeObserver(mark)
    this.#observer.observe(canvas)
    this.#scheduler.add(this)
  }

  /** Another stretch or metric of the same host. */
  update(options: ThumbnailOptions): void {
    this.#options = options
    this.#scheduler.mark(this)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#observer.disconnect()
    this.#viewer.end()
    this.#scheduler.remove(this)
  }

  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.element
    if (width === 0) return
    const ratio = window.devicePixelRatio || 1
    this.#fit(Math.round(width * ratio), Math.round(height * ratio))
    const context = this.element.getContext('2d')
    if (!context) return
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    const peaks = this.#peaks(Math.max(1, Math.round(width)))
    const top = Math.max(...peaks.filter(Number.isFinite)) * 1.1
    if (!(top > 0)) return
    context.fillStyle = this.#theme.color('--c1')
    for (let x = 0; x < peaks.length; x++) {
      const value = peaks[x] ?? Number.NaN
      if (Number.isNaN(value)) continue
      const tall = Math.max(lineHeight, Math.min(1, value / top) * (height - 1))
      const above = peaks[x - 1] ?? value
      const before = Number.isNaN(above) ? value : above
      const step = Math.max(0, (value - before) / top) * (height - 1)
      context.globalAlpha = 0.3
      context.fillRect(x, height - tall, 1, tall)
      context.globalAlpha = 0.8
      context.fillRect(x, height - tall, 1, Math.max(lineHeight, Math.min(tall, step)))
    }
    context.globalAlpha = 1
  }

  #fit(width: number, height: number): void {
    if (this.element.width !== width) this.element.width = width
    if (this.element.height !== height) this.element.height = height
  }

  /** The highest value of every pixel; a bucket that is wider than one fills them all. */
  #peaks(columns: number): Float64Array {
    const { host, metric, stretch } = this.#options
    const perPixel = (stretch.to - stretch.from) / columns
    this.#viewer.want(host, [metric], stretch.from, stretch.to, perPixel)
    const peaks = new Float64Array(columns).fill(Number.NaN)
    for (const { times, max, step } of this.#past.stretches(
      host,
      metric,
      stretch.from,
      stretch.to,
      perPixel,
    )) {
      for (let i = 0; i < times.length; i++) {
        const begin = ((times[i] ?? 0) - stretch.from) / perPixel
        const end = begin + step / perPixel
        raise(peaks, Math.floor(begin), Math.max(Math.floor(begin), Math.ceil(end) - 1), max[i] ?? Number.NaN)
      }
    }
    return peaks
  }
}

function raise(peaks: Float64Array, first: number, last: number, value: number): void {
  if (Number.isNaN(value)) return
  for (let x = Math.max(0, first); x <= Math.min(last, peaks.length - 1); x++) {
    const held = peaks[x] ?? Number.NaN
    if (!(held >= value)) peaks[x] = value
  }
}
