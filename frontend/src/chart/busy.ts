import type { Drawable, FrameScheduler } from './scheduler.ts'

/** Tells assistive technology whether a picture waits for something of the past. */
export function sayBusy(element: Element, busy: boolean): void {
  const text = String(busy)
  if (element.getAttribute('aria-busy') !== text) element.setAttribute('aria-busy', text)
}

/**
 * Has a picture drawn anew of which something came in. Out of sight it is not drawn, so it would never learn that what it
 * waited for is there: it is not busy.
 */
export function markNews(drawable: Drawable, scheduler: FrameScheduler): void {
  if (drawable.element !== undefined && !scheduler.isVisible(drawable)) sayBusy(drawable.element, false)
  scheduler.mark(drawable)
}
