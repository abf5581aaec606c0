import type { Plot } from './crosshairControl.ts'
import type { TimeWindow } from './timeWindow.ts'

interface Finger {
  id: number
  x: number
  y: number
}

/** The least distance between two fingers that means something, CSS pixels. */
const leastDistance = 12

/** Two fingers on a chart: drawn apart they zoom in, moved together they pan. What lies under them stays under them. */
export class Pinch {
  readonly #window: TimeWindow
  readonly #plot: Plot
  readonly #fingers: Finger[] = []

  constructor(window: TimeWindow, plot: Plot) {
    this.#window = window
    this.#plot = plot
  }

  /** True when this is the second finger: a pinch has begun. */
  press({ pointerId: id, offsetX: x, offsetY: y }: PointerEvent): boolean {
    if (this.#fingers.length === 2) return true
    this.#fingers.push({ id, x, y })
    if (this.#fingers.length < 2) return false
    this.#window.beginGesture()
    return true
  }

  /** True while two fingers are down. */
  move({ pointerId, offsetX, offsetY }: PointerEvent): boolean {
    const finger = this.#fingers.find(({ id }) => id === pointerId)
    if (this.#fingers.length < 2) return false
    if (finger === undefined) return true
    const [before, middle] = [this.#distance, this.#middle]
    finger.x = offsetX
    finger.y = offsetY
    const { left, right } = this.#plot.area
    const { from, to } = this.#plot.range
    const perPixel = (to - from) / Math.max(1, right - left)
    this.#window.zoom(before / this.#distance, from + (middle - left) * perPixel)
    // What the fingers moved on, they moved on the picture as it is now.
    this.#window.pan(((middle - this.#middle) * perPixel * before) / this.#distance)
    return true
  }

  release({ pointerId }: PointerEvent): void {
    const place = this.#fingers.findIndex(({ id }) => id === pointerId)
    if (place < 0) return
    if (this.#fingers.length === 2) this.#window.endGesture()
    this.#fingers.splice(place, 1)
  }

  end(): void {
    if (this.#fingers.length === 2) this.#window.endGesture()
    this.#fingers.length = 0
  }

  get #middle(): number {
    const [one, other] = this.#fingers as [Finger, Finger]
    return (one.x + other.x) / 2
  }

  get #distance(): number {
    const [one, other] = this.#fingers as [Finger, Finger]
    return Math.max(leastDistance, Math.hypot(one.x - other.x, one.y - other.y))
  }
}
