/** The stretch of time that the scrub bar covers. */

const minute = 60
const hour = 3600
const day = 86_400
const ladder = [
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  4 * day,
  7 * day,
  14 * day,
  30 * day,
  90 * day,
]

export interface Stretch {
  from: number
  to: number
}

/**
 * From some time before what is shown up to the present, in steps, so that it does not move with every scrub; never far
 * beyond the oldest that is recorded.
 */
export function overviewOf(shown: Stretch, now: number, oldest: number): Stretch {
  const needed = Math.max(now - shown.from, 0) * 1.15
  const length = ladder.find((step) => step >= needed) ?? needed
  const from = now - length
  const least = Math.min(shown.from, Number.isNaN(oldest) ? from : oldest)
  return { from: Math.max(from, least), to: now }
}

/** 0 at the beginning of a stretch, 1 at its end, and within these. */
export function placeIn({ from, to }: Stretch, time: number): number {
  return Math.min(1, Math.max(0, (time - from) / (to - from)))
}

export function timeAt({ from, to }: Stretch, place: number): number {
  return from + Math.min(1, Math.max(0, place)) * (to - from)
}
