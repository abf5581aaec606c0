/**
 * One animation frame for the whole page.
 *
 * Whatever has changed is marked; once a frame everything marked AND visible is drawn, in the order it was marked.
 * What is off screen or in a hidden page stays marked, costs nothing, and is drawn when it comes into view. Drawing may
 * mark again (an axis that glides): that is the next frame. A frame that has drawn for long enough leaves the rest to the
 * next one, where it comes first, and sooner in a gesture: one over a whole day goes on while the charts follow by turns.
 * One drawable that throws does not keep the others from being drawn; the error is reported to the page.
 */

/**
 * After so many ms of drawing a frame begins with no other drawable. A tick takes a fraction of it, a whole page painted
 * anew more: a hand that moves it wants many frames, else the last one is to come soon.
 */
const drawingMs = 40
const gestureDrawingMs = 24

/** Something that paints itself. Without an element it counts as always on screen. */
export interface Drawable {
  readonly element?: Element
  draw(nowMs: number): void
}

/** What the scheduler needs from the page; tests pass their own. */
export interface FrameEnvironment {
  requestFrame(callback: (nowMs: number) => void): number
  cancelFrame(handle: number): void
  /** Milliseconds from any begin. */
  now(): number
  pageVisible(): boolean
  onPageVisibility(listener: () => void): () => void
  /** Tells for each watched element when it comes into view or leaves it. Undefined: everything counts as in view. */
  watchElements?(listener: (element: Element, visible: boolean) => void): ElementWatch
  reportError(error: unknown): void
}

export interface ElementWatch {
  observe(element: Element): void
  unobserve(element: Element): void
  disconnect(): void
}

export class FrameScheduler {
  readonly #environment: FrameEnvironment
  readonly #inGesture: () => boolean
  readonly #dirty = new Set<Drawable>()
  readonly #hidden = new WeakSet<Element>()
  readonly #byElement = new Map<Element, Set<Drawable>>()
  readonly #watch: ElementWatch | undefined
  readonly #stopWatchingPage: () => void
  #batch: Drawable[] = []
  #frame: number | undefined
  #disposed = false

  /** `inGesture` says whether a hand moves what is drawn. */
  constructor(environment: FrameEnvironment = pageEnvironment(), inGesture: () => boolean = () => false) {
    this.#environment = environment
    this.#inGesture = inGesture
    this.#watch = environment.watchElements?.((element, visible) => this.#elementChanged(element, visible))
    this.#stopWatchingPage = environment.onPageVisibility(() => this.#requestFrame())
  }

  /** Starts to watch whether the drawable is on screen, and marks it. */
  add(drawable: Drawable): void {
    const element = drawable.element
    if (element !== undefined) {
      const others = this.#byElement.get(element)
      if (others === undefined) {
        this.#byElement.set(element, new Set([drawable]))
        this.#watch?.observe(element)
      } else others.add(drawable)
    }
    this.mark(drawable)
  }

  /** Forgets the drawable; it is not drawn again unless marked again. */
  remove(drawable: Drawable): void {
    this.#dirty.delete(drawable)
    const element = drawable.element
    const others = element && this.#byElement.get(element)
    if (element === undefined || others === undefined) return
    others.delete(drawable)
    if (others.size > 0) return
    this.#byElement.delete(element)
    this.#hidden.delete(element)
    this.#watch?.unobserve(element)
  }

  /** Has the drawable drawn in the next frame in which it is visible. Cheap; may be called any number of times. */
  mark(drawable: Drawable): void {
    if (this.#disposed) return
    this.#dirty.add(drawable)
    if (this.#frame === undefined && this.isVisible(drawable)) this.#requestFrame()
  }

  isVisible(drawable: Drawable): boolean {
    return drawable.element === undefined || !this.#hidden.has(drawable.element)
  }

  dispose(): void {
    this.#disposed = true
    if (this.#frame !== undefined) this.#environment.cancelFrame(this.#frame)
    this.#frame = undefined
    this.#dirty.clear()
    this.#byElement.clear()
    this.#watch?.disconnect()
    this.#stopWatchingPage()
  }

  #elementChanged(element: Element, visible: boolean): void {
    if (!visible) {
      this.#hidden.add(element)
      return
    }
    this.#hidden.delete(element)
    this.#requestFrame()
  }

  #requestFrame(): void {
    if (this.#frame !== undefined || this.#disposed || this.#dirty.size === 0) return
    if (!this.#environment.pageVisible()) return
    this.#frame = this.#environment.requestFrame(this.#drawFrame)
  }

  readonly #drawFrame = (nowMs: number): void => {
    this.#frame = undefined
    if (!this.#environment.pageVisible()) return
    // Collected first: what is marked while drawing belongs to the next frame.
    const batch = this.#batch
    batch.length = 0
    for (const drawable of this.#dirty) if (this.isVisible(drawable)) batch.push(drawable)
    const endMs = this.#environment.now() + (this.#inGesture() ? gestureDrawingMs : drawingMs)
    let tried = 0
    while (tried < batch.length && (tried === 0 || this.#environment.now() < endMs)) {
      const drawable = batch[tried++]!
      // One that was drawn before it may have removed it.
      if (this.#dirty.delete(drawable)) this.#drawOne(drawable, nowMs)
    }
    if (tried < batch.length) this.#requestFrame()
    batch.length = 0
  }

  #drawOne(drawable: Drawable, nowMs: number): void {
    try {
      drawable.draw(nowMs)
    } catch (error) {
      this.#environment.reportError(error)
    }
  }
}

/**
 * A beat for readouts outside the canvas (React's `useSyncExternalStore`): however often its source changes, it
 * tells at most once a frame, after the charts marked before it were drawn, and not at all while the page is hidden.
 */
export class Pulse implements Drawable {
  readonly #scheduler: FrameScheduler
  readonly #source: (listener: () => void) => () => void
  readonly #listeners = new Set<() => void>()
  #stopSource: (() => void) | undefined

  constructor(scheduler: FrameScheduler, source: (listener: () => void) => () => void) {
    this.#scheduler = scheduler
    this.#source = source
  }

  /** Starts listening to the source with the first listener and stops with the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#stopSource ??= this.#source(() => this.#scheduler.mark(this))
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stopSource?.()
      this.#stopSource = undefined
      this.#scheduler.remove(this)
    }
  }

  draw(): void {
    for (const listener of this.#listeners) listener()
  }
}

function pageEnvironment(): FrameEnvironment {
  const environment: FrameEnvironment = {
    requestFrame: (callback) => requestAnimationFrame(callback),
    cancelFrame: (handle) => cancelAnimationFrame(handle),
    now: () => performance.now(),
    pageVisible: () => document.visibilityState !== 'hidden',
    onPageVisibility: (listener) => {
      document.addEventListener('visibilitychange', listener)
      return () => document.removeEventListener('visibilitychange', listener)
    },
    reportError: (error) => reportError(error),
  }
  if (typeof IntersectionObserver === 'undefined') return environment
  return { ...environment, watchElements: watchIntersections }
}

function watchIntersections(listener: (element: Element, visible: boolean) => void): ElementWatch {
  // The margin has a chart painted before it scrolls into view.
  return new IntersectionObserver(
    (entries) => {
      for (const entry of entries) listener(entry.target, entry.isIntersecting)
    },
    { rootMargin: '64px' },
  )
}
