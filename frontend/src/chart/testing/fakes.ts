/** What charts live on, without a page: frames by hand, a theme from a map, a host from rows. */
import { HostSeries } from '../../series/hostSeries.ts'
import type { Past } from '../../series/past.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { Crosshair } from '../crosshair.ts'
import { FrameScheduler, type FrameEnvironment } from '../scheduler.ts'
import type { ChartServices } from '../services.ts'
import { ChartTheme } from '../theme.ts'
import { TimeWindow } from '../timeWindow.ts'

/** A page whose frames, visibility and intersections are moved by hand. */
export class FakePage implements FrameEnvironment {
  visible = true
  /** What its clock shows. */
  timeMs = 0
  readonly errors: unknown[] = []
  readonly watched = new Set<Element>()
  requested = 0
  #callback: ((nowMs: number) => void) | undefined
  #visibilityListener: (() => void) | undefined
  #elementListener: ((element: Element, visible: boolean) => void) | undefined

  requestFrame(callback: (nowMs: number) => void): number {
    this.requested++
    this.#callback = callback
    return this.requested
  }

  cancelFrame(): void {
    this.#callback = undefined
  }

  now(): number {
    return this.timeMs
  }

  pageVisible(): boolean {
    return this.visible
  }

  onPageVisibility(listener: () => void): () => void {
    this.#visibilityListener = listener
    return () => (this.#visibilityListener = undefined)
  }

  watchElements = (listener: (element: Element, visible: boolean) => void) => {
    this.#elementListener = listener
    return {
      observe: (element: Element) => void this.watched.add(element),
      unobserve: (element: Element) => void this.watched.delete(element),
      disconnect: () => this.watched.clear(),
    }
  }

  reportError(error: unknown): void {
    this.errors.push(error)
  }

  get framePending(): boolean {
    return this.#callback !== undefined
  }

  get listening(): boolean {
    return this.#visibilityListener !== undefined
  }

  /** Runs the requested frame, if there is one. */
  frame(nowMs = 0): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.(nowMs)
  }

  setVisible(visible: boolean): void {
    this.visible = visible
    this.#visibilityListener?.()
  }

  scroll(element: Element, intoView: boolean): void {
    this.#elementListener?.(element, intoView)
  }
}

/** Rows of a host one second apart from `start`; each row has a value for each of the metrics, null for none. */
export function hostWith(
  metrics: readonly string[],
  rows: readonly (readonly (number | null)[])[],
  start = 1000,
  every: Readonly<Record<string, number>> = {},
): HostSeries {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  const series = metrics.map((metric) => ({
    metric,
    family: metric,
    unit: 'percent',
    kind: 'gauge',
    ...(every[metric] === undefined ? {} : { every: every[metric] }),
  }))
  host.applyCatalog({ type: 'catalog', host: 'web-1', series })
  appendRows(host, rows, start)
  return host
}

export function appendRows(
  host: HostSeries,
  rows: readonly (readonly (number | null)[])[],
  start: number,
): void {
  rows.forEach((values, index) => {
    const seq = (host.position?.seq ?? 0) + 1
    const update = {
      type: 'update' as const,
      host: 'web-1',
      seq,
      timestamp: start + index,
      values: [...values],
    }
    host.applyUpdate(update, 'epoch')
  })
}

export function fakeTheme(colors: Record<string, string> = {}, reducedMotion = true): ChartTheme {
  return new ChartTheme({ token: (name) => colors[name] ?? name, reducedMotion: () => reducedMotion })
}

export function fakeServices(
  host: HostSeries,
  page: FakePage,
  span = 10,
  past: Past = noPast,
): ChartServices {
  return {
    host,
    past,
    window: new TimeWindow(span),
    crosshair: new Crosshair(),
    theme: fakeTheme(),
    scheduler: new FrameScheduler(page),
  }
}
