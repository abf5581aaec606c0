/** Ways through time that the bar, the player and the keys share. */
import { ghosts } from '../../chart/ghost.ts'
import type { TimeRange, TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'

/** The speeds at which the past is played. */
export const speeds = [1, 2, 5, 10, 30, 60] as const

/** One window back. */
export function goEarlier(window: TimeWindow, host: HostSeries): void {
  const { from, to } = window.range(host)
  if (to > from) window.pan(from - to)
}

/** What that would show. */
export function rangeBefore(window: TimeWindow, host: HostSeries): TimeRange {
  const { from, to } = window.range(host)
  return { from: from - (to - from), to: from }
}

/** One window on; at the present the page is live again. */
export function goLater(window: TimeWindow, host: HostSeries, nowSeconds: number): void {
  if (window.mode === 'live') return
  const { from, to } = window.range(host)
  const length = to - from
  if (to + length >= latest(host, nowSeconds)) window.live()
  else window.pan(length)
}

/** Off, yesterday, last week, and round again. */
export function nextGhost(window: TimeWindow): void {
  const at = ghosts.findIndex(({ seconds }) => seconds === window.ghost)
  window.setGhost(ghosts[(at + 1) % ghosts.length]?.seconds ?? 0)
}

/** Plays what is shown, or holds it; a live picture is held and let go. */
export function togglePlay(window: TimeWindow): void {
  if (window.mode === 'fixed') window.play()
  else if (window.paused) window.resume()
  else window.pause()
}

/** One sample on or back: what is shown becomes a playback that stands. */
export function stepSamples(window: TimeWindow, host: HostSeries, samples: number): void {
  if (window.mode === 'live') return
  if (window.mode === 'fixed') window.play(1, window.range(host).to)
  window.step(samples)
}

/** Moves the end of what is shown to an instant; live at the present. */
export function goTo(window: TimeWindow, host: HostSeries, end: number, nowSeconds: number): void {
  if (end >= latest(host, nowSeconds)) return window.live()
  if (window.mode === 'playing') return window.seek(end)
  const { from, to } = window.range(host)
  if (to > from) window.show(end - (to - from), end)
}

/** The newest that can be shown: a host that is gone has no present. */
function latest(host: HostSeries, nowSeconds: number): number {
  return Number.isNaN(host.newestTime) ? nowSeconds : host.newestTime
}

/** Plays slower or faster. */
export function changeSpeed(window: TimeWindow, step: 1 | -1): void {
  if (window.mode === 'live') return
  const at = speeds.findIndex((speed) => speed === window.speed)
  const next = speeds[Math.max(0, Math.min(speeds.length - 1, at + step))]
  if (next !== undefined && next !== window.speed) window.play(next)
}
