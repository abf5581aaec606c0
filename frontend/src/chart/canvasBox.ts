/** The place of a canvas on the page: as wide as its parent, of a fixed height, with the pixels of the screen. */

const boxes = new WeakMap<HTMLCanvasElement, CanvasBox>()

/**
 * Works with a canvas while that is painted with so many device pixels in a CSS pixel, or more. It is as before when the
 * browser shows it next.
 */
export function paintedFiner<Result>(canvas: HTMLCanvasElement, ratio: number, work: () => Result): Result {
  const box = boxes.get(canvas)
  return box === undefined ? work() : box.finer(ratio, work)
}

/** The height is in CSS pixels. */
export class CanvasBox {
  readonly canvas: HTMLCanvasElement
  readonly #changed: () => void
  readonly #resizes: ResizeObserver | undefined
  #height: number
  #width = 0
  #ratio = 1
  #resolution: MediaQueryList | undefined

  /** `changed` is called when width, height or pixel ratio are others than before; not for the first size. */
  constructor(canvas: HTMLCanvasElement, height: number, changed: () => void) {
    this.canvas = canvas
    boxes.set(canvas, this)
    this.#height = height
    this.#changed = changed
    this.fit()
    this.#width = canvas.clientWidth
    this.#watchRatio()
    if (typeof ResizeObserver === 'undefined') return
    this.#resizes = new ResizeObserver(this.#measure)
    this.#resizes.observe(canvas)
  }

  get width(): number {
    return this.#width
  }

  get height(): number {
    return this.#height
  }

  /** Device pixels in a CSS pixel. */
  get ratio(): number {
    return this.#ratio
  }

  setHeight(height: number): void {
    if (height === this.#height) return
    this.#height = height
    this.fit()
    this.#changed()
  }

  /** Sets the style that makes the canvas follow its parent; needed again after Chart.js has fixed the size in pixels. */
  fit(): void {
    const { style } = this.canvas
    style.display = 'block'
    style.width = '100%'
    style.height = `${this.#height}px`
  }

  finer<Result>(ratio: number, work: () => Result): Result {
    const usual = this.#ratio
    if (usual >= ratio) return work()
    this.#ratio = ratio
    this.#changed()
    try {
      return work()
    } finally {
      this.#ratio = usual
      this.#changed()
    }
  }

  destroy(): void {
    boxes.delete(this.canvas)
    this.#resizes?.disconnect()
    this.#resolution?.removeEventListener('change', this.#ratioChanged)
  }

  readonly #measure = (): void => {
    const width = this.canvas.clientWidth
    if (width === this.#width) return
    this.#width = width
    // The observer reports before the browser paints: drawing now shows no empty frame.
    this.#changed()
  }

  readonly #ratioChanged = (): void => {
    this.#resolution?.removeEventListener('change', this.#ratioChanged)
    this.#watchRatio()
    this.#changed()
  }

  #watchRatio(): void {
    this.#ratio = globalThis.devicePixelRatio || 1
    if (typeof matchMedia === 'undefined') return
    this.#resolution = matchMedia(`(resolution: ${this.#ratio}dppx)`)
    this.#resolution.addEventListener('change', this.#ratioChanged)
  }
}
