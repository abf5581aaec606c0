import type { Crosshair } from './crosshair.ts'
import type { Plot } from './crosshairControl.ts'
import { formatDuration } from './format.ts'
import { Pinch } from './pinch.ts'
import { SelectionBox } from './selectionBox.ts'
import type { ChartServices } from './services.ts'
import type { TimeWindow } from './timeWindow.ts'

/** CSS pixels that a pointer may move and still click. */
const clickPixels = 5
/** The closest turn of a wheel that belongs to the next gesture. */
const wheelRestMs = 600
/** A wheel tells of steps of so many pixels at most; those of trackpads are much smaller. */
const wheelPixels = 60
const zoomPerPixel = 0.005
const keyZoom = 1.5

interface Drag {
  kind: 'select' | 'pan'
  pointer: number
  /** CSS pixels. */
  from: number
  at: number
  moved: boolean
}

/**
 * Moves the time window from a chart; all charts follow. A drag over the plot selects a stretch and zooms to it, Escape
 * lets go of it; a drag on the time axis pans; two fingers zoom and pan; a double click goes back. The wheel zooms with
 * Ctrl or Cmd and pans with Shift; over the past it also pans sideways. By itself it scrolls the page, as one finger
 * does up and down. With the chart focused: + and - zoom, Backspace goes back.
 */
export class GestureControl {
  readonly #canvas: HTMLCanvasElement
  readonly #window: TimeWindow
  readonly #crosshair: Crosshair
  readonly #plot: Plot
  readonly #selection: SelectionBox
  readonly #pinch: Pinch
  readonly #abort = new AbortController()
  #drag: Drag | undefined
  /** The click that ends a drag is none. */
  #dragged = false
  #wheelRest: ReturnType<typeof setTimeout> | undefined

  /** To be made before other listeners for the same canvas: it keeps from them what belongs to a gesture. */
  constructor(
    canvas: HTMLCanvasElement,
    { window, crosshair, theme }: Pick<ChartServices, 'window' | 'crosshair' | 'theme'>,
    plot: Plot,
  ) {
    this.#canvas = canvas
    this.#window = window
    this.#crosshair = crosshair
    this.#plot = plot
    this.#selection = new SelectionBox(canvas, theme)
    this.#pinch = new Pinch(window, plot)
    canvas.style.touchAction = 'pan-y'
    const { signal } = this.#abort
    canvas.addEventListener('pointerdown', this.#pressed, { signal })
    canvas.addEventListener('pointermove', this.#moved, { signal })
    canvas.addEventListener('pointerup', this.#released, { signal })
    canvas.addEventListener('pointercancel', this.#cancelled, { signal })
    canvas.addEventListener('click', this.#clicked, { signal })
    canvas.addEventListener('dblclick', this.#doubleClicked, { signal })
    canvas.addEventListener('wheel', this.#wheeled, { signal, passive: false })
    canvas.addEventListener('keydown', this.#keyPressed, { signal })
  }

  destroy(): void {
    this.#abort.abort()
    this.#letGo()
    this.#pinch.end()
    this.#selection.destroy()
    if (this.#wheelRest !== undefined) this.#restWheel()
  }

  readonly #pressed = (event: PointerEvent): void => {
    this.#dragged = false
    if (event.pointerType === 'touch' && this.#pinch.press(event)) {
      this.#letGo()
      this.#crosshair.unpin()
      event.stopImmediatePropagation()
      return
    }
    if (event.button !== 0 || this.#drag !== undefined) return
    const { offsetX: from, pointerId: pointer } = event
    const { bottom } = this.#plot.area
    const onAxis = event.offsetY > bottom
    // One finger moves the crosshair.
    if (!onAxis && (event.pointerType === 'touch' || this.#plot.timeAt(from) === undefined)) return
    this.#drag = { kind: onAxis ? 'pan' : 'select', pointer, from, at: from, moved: false }
    if (!onAxis) return
    this.#window.beginGesture()
    event.stopImmediatePropagation()
  }

  readonly #moved = (event: PointerEvent): void => {
    if (this.#pinch.move(event)) return event.stopImmediatePropagation()
    const drag = this.#drag
    if (drag === undefined) {
      this.#canvas.style.cursor = event.offsetY > this.#plot.area.bottom ? 'ew-resize' : ''
      return
    }
    if (event.pointerId !== drag.pointer) return
    if (!drag.moved && Math.abs(event.offsetX - drag.from) < clickPixels) return
    if (!drag.moved) this.#canvas.setPointerCapture(drag.pointer)
    drag.moved = true
    if (drag.kind === 'pan') this.#window.pan((drag.at - event.offsetX) * this.#secondsPerPixel)
    drag.at = event.offsetX
    if (drag.kind === 'pan') event.stopImmediatePropagation()
    else this.#showSelection(drag)
  }

  readonly #released = (event: PointerEvent): void => {
    this.#pinch.release(event)
    const drag = this.#drag
    if (drag?.pointer !== event.pointerId) return
    this.#dragged = drag.moved || drag.kind === 'pan'
    const [from, to] = this.#selected(drag)
    this.#letGo()
    if (drag.kind === 'select' && drag.moved && Math.abs(drag.at - drag.from) >= clickPixels)
      this.#window.show(from, to)
  }

  readonly #cancelled = (event: PointerEvent): void => {
    this.#pinch.release(event)
    if (this.#drag?.pointer === event.pointerId) this.#letGo()
  }

  readonly #clicked = (event: MouseEvent): void => {
    if (this.#dragged) event.stopImmediatePropagation()
    this.#dragged = false
  }

  readonly #doubleClicked = (event: MouseEvent): void => {
    if (event.offsetY > this.#plot.area.bottom || this.#window.back()) event.preventDefault()
  }

  readonly #wheeled = (event: WheelEvent): void => {
    const zooms = event.ctrlKey || event.metaKey
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (!zooms && !event.shiftKey && !(sideways && this.#window.mode !== 'live')) return
    event.preventDefault()
    if (this.#wheelRest === undefined) this.#window.beginGesture()
    clearTimeout(this.#wheelRest)
    this.#wheelRest = setTimeout(this.#restWheel, wheelRestMs)
    const unit = event.deltaMode === 0 ? 1 : 16
    if (zooms) {
      const pixels = Math.max(-wheelPixels, Math.min(wheelPixels, event.deltaY * unit))
      this.#window.zoom(Math.exp(pixels * zoomPerPixel), this.#plot.timeAt(event.offsetX))
    } else this.#window.pan((sideways ? event.deltaX : event.deltaY) * unit * this.#secondsPerPixel)
  }

  readonly #restWheel = (): void => {
    clearTimeout(this.#wheelRest)
    this.#wheelRest = undefined
    this.#window.endGesture()
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.#answers(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }

  #answers({ key }: KeyboardEvent): boolean {
    switch (key) {
      case '+':
      case '=':
        this.#window.zoom(1 / keyZoom, this.#crosshair.time)
        return true
      case '-':
      case '_':
        this.#window.zoom(keyZoom, this.#crosshair.time)
        return true
      case 'Backspace':
        return this.#window.back()
      case 'Escape':
        if (this.#drag?.kind !== 'select' || !this.#drag.moved) return false
        this.#letGo()
        this.#dragged = true
        return true
      default:
        return false
    }
  }

  get #secondsPerPixel(): number {
    const { left, right } = this.#plot.area
    return (this.#timeAt(right) - this.#timeAt(left)) / Math.max(1, right - left)
  }

  /** Both ends of a selection in unix seconds, within the plot. */
  #selected({ from, at }: Drag): [from: number, to: number] {
    return [this.#timeAt(Math.min(from, at)), this.#timeAt(Math.max(from, at))]
  }

  /** The time under a position, or under the edge of the plot that is nearest to it. */
  #timeAt(pixel: number): number {
    return this.#plot.timeAt(this.#within(pixel)) ?? Number.NaN
  }

  #within(pixel: number): number {
    const { left, right } = this.#plot.area
    return Math.max(left, Math.min(right, pixel))
  }

  #showSelection(drag: Drag): void {
    const { top, bottom } = this.#plot.area
    const [from, to] = this.#selected(drag)
    const [first, last] = [Math.min(drag.from, drag.at), Math.max(drag.from, drag.at)]
    const words = to - from < 10 ? `${(to - from).toFixed(1)} s` : formatDuration(Math.round(to - from))
    this.#selection.show(this.#within(first), this.#within(last), top, bottom, words)
  }

  #letGo(): void {
    if (this.#drag === undefined) return
    if (this.#drag.kind === 'pan') this.#window.endGesture()
    this.#drag = undefined
    this.#selection.hide()
  }
}
