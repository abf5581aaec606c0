import type { Drawable, FrameScheduler } from './scheduler.ts'
import type { TimeWindow } from './timeWindow.ts'

/** A frame that comes later than this moves a playback on no further: after a nap of the page it goes on where it was. */
const longestFrameSeconds = 0.25

/** Moves a played window on, once a frame while the page is seen. The result ends it. */
export function drivePlayback(window: TimeWindow, scheduler: FrameScheduler): () => void {
  let last = Number.NaN
  const hand: Drawable = {
    draw(nowMs) {
      const seconds = Math.min(longestFrameSeconds, (nowMs - last) / 1000)
      last = nowMs
      if (!(window.mode === 'playing' && !window.paused)) return
      window.advance(seconds)
      scheduler.mark(hand)
    },
  }
  const begin = () => {
    if (window.mode !== 'playing' || window.paused) return
    last = Number.NaN
    scheduler.mark(hand)
  }
  const stop = window.subscribe(begin)
  begin()
  return () => {
    stop()
    scheduler.remove(hand)
  }
}
