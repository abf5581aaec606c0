/**
 * The painted lines of a chart, kept from frame to frame. Time is counted in columns of device pixels, numbered from
 * time zero, so that a column shows the same stretch of time for as long as it is on screen. While scale and size stay
 * the same a frame paints only the columns that are new and copies the rest: moving on costs as much for an hour of
 * samples as for a minute.
 *
 * The layer is a little wider than the plot and fills up to the right; only when it is full is the picture moved.
 */

/** What the layer must show. A change of anything but `end` paints everything anew. */
export interface LayerView {
  /** The column after the last one shown. */
  end: number
  /** Columns shown. */
  columns: number
  /** Device pixels. */
  height: number
  /** Seconds of a column. */
  pixel: number
  /** The values at the lower and upper edge of the plot. */
  min: number
  max: number
  /** Goes up when lines or their look change. */
  version: number
}

/** Columns that fit beside the plot before the picture has to be moved. */
const slack = 256

export class PlotLayer {
  readonly canvas: HTMLCanvasElement
  readonly context: CanvasRenderingContext2D
  readonly #shown: LayerView = { end: 0, columns: 0, height: 0, pixel: 0, min: 0, max: 0, version: -1 }
  /** The column at the left edge of the canvas. */
  #origin = 0

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    this.context = canvas.getContext('2d')!
  }

  /** The column at the left edge of the canvas: where a painter has to count from. */
  get origin(): number {
    return this.#origin
  }

  /**
   * Makes room for the view and clears what has to be painted; returns the first column of that. `changedFrom` is the
   * first column that differs from what was painted last time, if the rest of the view is the same.
   */
  begin(view: Readonly<LayerView>, changedFrom: number): number {
    const start = view.end - view.columns
    const first = this.#continues(view) ? Math.max(start, changedFrom) : start
    if (first === start) this.#startAnew(view)
    else this.#makeRoom(view)
    Object.assign(this.#shown, view)
    const x = first - this.#origin
    this.context.setTransform(1, 0, 0, 1, 0, 0)
    this.context.clearRect(x, 0, this.canvas.width - x, view.height)
    this.context.save()
    this.context.beginPath()
    this.context.rect(x, 0, view.end - first, view.height)
    this.context.clip()
    return first
  }

  /** Ends the painting and copies the view onto another canvas; x and y in device pixels of that. */
  end(onto: CanvasRenderingContext2D, x: number, y: number): void {
    this.context.restore()
    const { end, columns, height } = this.#shown
    onto.save()
    onto.setTransform(1, 0, 0, 1, 0, 0)
    onto.drawImage(this.canvas, end - columns - this.#origin, 0, columns, height, x, y, columns, height)
    onto.restore()
  }

  #continues(view: Readonly<LayerView>): boolean {
    const shown = this.#shown
    return (
      view.version === shown.version &&
      view.pixel === shown.pixel &&
      view.min === shown.min &&
      view.max === shown.max &&
      view.columns === shown.columns &&
      view.height === shown.height &&
      view.end >= shown.end
    )
  }

  #startAnew(view: Readonly<LayerView>): void {
    const width = view.columns + slack
    if (this.canvas.width !== width) this.canvas.width = width
    if (this.canvas.height !== view.height) this.canvas.height = view.height
    this.#origin = view.end - view.columns
  }

  #makeRoom(view: Readonly<LayerView>): void {
    if (view.end - this.#origin <= this.canvas.width) return
    const origin = view.end - view.columns
    this.context.setTransform(1, 0, 0, 1, 0, 0)
    this.context.globalCompositeOperation = 'copy'
    this.context.drawImage(this.canvas, this.#origin - origin, 0)
    this.context.globalCompositeOperation = 'source-over'
    this.#origin = origin
  }
}
