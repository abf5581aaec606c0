import type { ChartTheme } from './theme.ts'

/** Wide enough for the dots, CSS pixels. */
const width = 9
const dotRadius = 3

/** Where the crosshair meets the lines of a chart; arrays are reused from call to call. */
export interface CrosshairMarks {
  count: number
  /** CSS pixels from the top of the canvas. */
  y: number[]
  color: string[]
}

/**
 * The crosshair of one chart: a narrow canvas that lies over it and is moved by a transform. Moving the mouse never
 * repaints the lines. The canvas is made when the crosshair is first shown.
 */
export class CrosshairLine {
  readonly #under: HTMLCanvasElement
  readonly #theme: ChartTheme
  readonly #token: string
  #canvas: HTMLCanvasElement | undefined
  #shown = false

  constructor(under: HTMLCanvasElement, theme: ChartTheme, token = '--axis') {
    this.#under = under
    this.#theme = theme
    this.#token = token
  }

  /** Shows the line at x, from top to bottom, in CSS pixels within the canvas under it. */
  show(x: number, top: number, bottom: number, ratio: number, marks?: CrosshairMarks): void {
    const canvas = (this.#canvas ??= this.#make())
    const height = bottom - top + width
    const context = canvas.getContext('2d')
    if (context === null) return
    this.#size(canvas, height, ratio)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    this.#paintLine(context, height - width, ratio)
    if (marks !== undefined) this.#paintDots(context, marks, top)
    const left = Math.round(x * ratio) / ratio - width / 2 + 0.5 / ratio
    const { offsetLeft, offsetTop } = this.#under
    canvas.style.transform = `translate(${offsetLeft + left}px, ${offsetTop + top - width / 2}px)`
    if (this.#shown) return
    canvas.style.visibility = 'visible'
    this.#shown = true
  }

  hide(): void {
    if (!this.#shown) return
    this.#shown = false
    if (this.#canvas !== undefined) this.#canvas.style.visibility = 'hidden'
  }

  destroy(): void {
    this.#canvas?.remove()
    this.#canvas = undefined
    this.#shown = false
  }

  #make(): HTMLCanvasElement {
    const canvas = this.#under.ownerDocument.createElement('canvas')
    canvas.setAttribute('aria-hidden', 'true')
    Object.assign(canvas.style, { position: 'absolute', left: '0', top: '0', pointerEvents: 'none' })
    const parent = this.#under.parentElement
    if (parent !== null && getComputedStyle(parent).position === 'static') parent.style.position = 'relative'
    this.#under.after(canvas)
    return canvas
  }

  #size(canvas: HTMLCanvasElement, height: number, ratio: number): void {
    const deviceWidth = Math.round(width * ratio)
    const deviceHeight = Math.round(height * ratio)
    if (canvas.width === deviceWidth && canvas.height === deviceHeight) return
    canvas.width = deviceWidth
    canvas.height = deviceHeight
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }

  #paintLine(context: CanvasRenderingContext2D, length: number, ratio: number): void {
    const x = Math.floor((width / 2) * ratio) / ratio
    context.fillStyle = this.#theme.color(this.#token)
    context.globalAlpha = 0.8
    for (let y = 0; y < length; y += 5) context.fillRect(x, y + width / 2, 1, Math.min(2, length - y))
    context.globalAlpha = 1
  }

  #paintDots(context: CanvasRenderingContext2D, marks: CrosshairMarks, top: number): void {
    context.strokeStyle = this.#theme.color('--bg')
    context.lineWidth = 1.5
    for (let index = 0; index < marks.count; index++) {
      context.fillStyle = marks.color[index]!
      context.beginPath()
      context.arc(width / 2, marks.y[index]! - top + width / 2, dotRadius, 0, 2 * Math.PI)
      context.fill()
      context.stroke()
    }
  }
}
