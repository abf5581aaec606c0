import type { Journal } from './journal.ts'

/** Milliseconds from a measurement to its arrival, in the middle of all; undefined before the first. */
export function medianDelay({ arrivals }: Pick<Journal, 'arrivals'>): number | undefined {
  const delays = arrivals.map((arrival) => arrival.delayMs).sort((a, b) => a - b)
  return delays[Math.floor(delays.length / 2)]
}
