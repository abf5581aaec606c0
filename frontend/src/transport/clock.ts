/** Time, as the transport uses it; tests bring their own. */
export interface Clock {
  /** What the user's clock shows, in ms since the unix epoch. It may jump. */
  wallMs(): number
  /** Milliseconds that only grow; for durations. */
  monotonicMs(): number
  /** Calls once, after so many ms or later. The result takes it back. */
  after(delayMs: number, run: () => void): () => void
}

export const browserClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
