import type { ConnectionStatus } from '../../transport/session.ts'

/**
 * How far the page can be trusted. waiting: no sample yet. live: samples come as they should. late: the connection
 * stands, but the newest sample is old. gone: so old that nobody waits for the next one. The others are states of the
 * connection.
 */
export type Freshness = 'waiting' | 'live' | 'late' | 'gone' | 'reconnecting' | 'offline' | 'refused'

/** Missing this many samples in a row, and this many seconds more, makes the data late. */
const lateAfterIntervals = 3
const lateAfterSeconds = 1
/** Missing this many, and for this many seconds at least, a host counts as gone. */
const goneAfterIntervals = 10
const goneAfterSeconds = 60

/**
 * The seconds between two samples that a host may be judged by: its interval, or, for a host that only gets pushed values, a
 * third of the time after which the liveliest of its series counts as silent.
 */
export function usualInterval(host: {
  readonly interval: number
  readonly columns: readonly unknown[]
  readonly custom: readonly { readonly gapSeconds: number }[]
}): number {
  if (host.columns.length > 0 || host.custom.length === 0) return host.interval
  return Math.min(...host.custom.map((series) => series.gapSeconds)) / lateAfterIntervals
}

/** How old the newest sample is, in seconds by the server's clock. NaN without a sample. */
export function ageSeconds(newestTime: number, nowMs: number, clockOffsetMs = 0): number {
  return Math.max(0, (nowMs + clockOffsetMs) / 1000 - newestTime)
}

/**
 * Judges by the state of the connection, the age of the newest sample, and for how long the state holds: right after
 * the start the past comes in, and its samples are old without being late.
 */
export function judge(
  state: ConnectionStatus['state'],
  age: number,
  intervalSeconds: number,
  stateSeconds = Infinity,
): Freshness {
  switch (state) {
    case 'reconnecting':
    case 'offline':
    case 'refused':
      return state
    case 'connecting':
      return 'waiting'
    case 'live':
      if (Number.isNaN(age)) return 'waiting'
      if (!isOld(Math.min(age, stateSeconds), intervalSeconds)) return 'live'
      return age > Math.max(goneAfterSeconds, goneAfterIntervals * intervalSeconds) ? 'gone' : 'late'
  }
}

/** What is on the page is not what is: it has to be greyed and dated. */
export function isStale(freshness: Freshness, age: number, intervalSeconds: number): boolean {
  if (freshness === 'live' || freshness === 'waiting') return false
  // Right after a cut the newest values are still true.
  return isOld(age, intervalSeconds)
}

function isOld(age: number, intervalSeconds: number): boolean {
  return age > lateAfterIntervals * intervalSeconds + lateAfterSeconds
}
